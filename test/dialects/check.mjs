// Sends captures through a real Collector and tells every step that is charged otherwise than its truth:
// `node test/dialects/check.mjs [name …]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOtlpSink } from '@tokenmeter/testkit';
import { TOKEN_CLASSES } from '../../packages/core/src/index.ts';
import { bundledPriceBook } from '../../packages/pricing/src/index.ts';
import { runCollector } from '../collector/run-collector.ts';
import { findComponent } from '../support/components.ts';
import { chargeDifferences, countedClass, namedStep } from './charge-differences.ts';
import { readCaptures } from './read-captures.ts';

const say = (text) => process.stdout.write(`${text}\n`);
const asked = process.argv.slice(2);
const captures = readCaptures().filter(({ name }) => asked.length === 0 || asked.includes(name));
const book = bundledPriceBook();
function chargedOf(sink, service) {
  const filter = { 'service.name': service };
  const tokens = {};
  for (const name of TOKEN_CLASSES) {
    const count = sink.sumOf('tokenmeter.tokens', { ...filter, 'tokenmeter.token.class': name });
    const counted = countedClass(name);
    if (count !== 0) tokens[counted] = (tokens[counted] ?? 0) + count;
  }
  return {
    tokens,
    picoUsd: Math.round(sink.sumOf('tokenmeter.cost', filter) * 1e12),
    calls: sink.sumOf('tokenmeter.calls', filter),
    unpriced: sink
      .metrics('tokenmeter.unpriced')
      .filter((point) => point.resource['service.name'] === service)
      .map((point) => `${point.attributes['tokenmeter.reason']}:${point.value}`),
  };
}

const collector = findComponent('collector');
if (!collector.isThere) throw new Error(collector.why);
const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-dialects-'));
const sink = await startOtlpSink();
const running = await runCollector({
  binary: collector.path,
  folder,
  backends: ['otlp'],
  env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
});
try {
  for (const { name, steps } of captures) {
    for (const [index, step] of steps.entries()) {
      if (step.traces.resourceSpans.length === 0) continue;
      const answer = await fetch(`${running.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: namedStep(step, `${name}#${index}`),
      });
      if (!answer.ok) say(`${name}, ${step.name}: ${answer.status} ${await answer.text()}`);
    }
  }
  await running.stop();
} finally {
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}
let wrong = 0;
let total = 0;
for (const { name, steps } of captures) {
  for (const [index, step] of steps.entries()) {
    total += 1;
    const charged = chargedOf(sink, `${name}#${index}`);
    const differences = chargeDifferences(name, step, { charged, book });
    if (differences.length === 0) continue;
    wrong += 1;
    const models = [...new Set(step.truth.map(({ model }) => model))].join(', ');
    const unpriced = charged.unpriced.length > 0 ? ` [${charged.unpriced.join(' ')}]` : '';
    say(`${name} | ${step.name} | ${models} | ${differences.join('; ')}${unpriced}`);
  }
}
await sink[Symbol.asyncDispose]();
say(`${total - wrong} of ${total} steps as expected`);
