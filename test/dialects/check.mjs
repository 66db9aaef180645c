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
import { expectedCharge } from './expected-charge.ts';
import { readCaptures } from './read-captures.ts';

const say = (text) => process.stdout.write(`${text}\n`);
const asked = process.argv.slice(2);
const captures = readCaptures().filter(({ name }) => asked.length === 0 || asked.includes(name));
const book = bundledPriceBook();
// OpenLIT makes up the tokens of streams that reported none; contrib's AWS SDK reads a stream's opening event only; two
// instrumentations of one client write two spans for an error, and no id joins them.
const ESTIMATES =
  /openlit-openai chat, streamed without usage|js-otel-aws-sdk invoke, streamed|(?:with-openai|beside-native) .*refused/;
// Writes of any lifetime are compared as one: a library may tell their sum only. The cost tells them apart.
const CLASSES = ['input', 'cache_read', 'cache_write', 'output', 'reasoning'];

/** Spans of a step under a service name of its own, by which its counters are told apart. */
function namedStep(traces, service) {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const resourceSpans = traces.resourceSpans.map((each) => ({ ...each, resource: { attributes } }));
  return JSON.stringify({ resourceSpans });
}

function expectedOf(step) {
  const charges = step.truth.map((call) => expectedCharge(call, book));
  const tokens = {};
  for (const charge of charges) {
    for (const [name, count] of Object.entries(charge?.tokens ?? {})) {
      tokens[name] = (tokens[name] ?? 0) + count;
    }
  }
  const pico = charges.reduce((sum, charge) => sum + (charge?.picoUsd ?? 0), 0);
  return { tokens, pico, isOpen: charges.some((charge) => charge?.isModelLost === true) };
}

function chargedOf(sink, service) {
  const filter = { 'service.name': service };
  const tokens = {};
  for (const name of TOKEN_CLASSES) {
    const count = sink.sumOf('tokenmeter.tokens', { ...filter, 'tokenmeter.token.class': name });
    const counted = name.startsWith('cache_write') ? 'cache_write' : name;
    if (count !== 0) tokens[counted] = (tokens[counted] ?? 0) + count;
  }
  return {
    tokens,
    pico: Math.round(sink.sumOf('tokenmeter.cost', filter) * 1e12),
    calls: sink.sumOf('tokenmeter.calls', filter),
    unpriced: sink
      .metrics('tokenmeter.unpriced')
      .filter((point) => point.resource['service.name'] === service)
      .map((point) => `${point.attributes['tokenmeter.reason']}:${point.value}`),
  };
}

function differencesOf(step, charged) {
  const expected = expectedOf(step);
  const differences = CLASSES.filter(
    (name) => (expected.tokens[name] ?? 0) !== (charged.tokens[name] ?? 0),
  ).map((name) => `${name} ${charged.tokens[name] ?? 0}, not ${expected.tokens[name] ?? 0}`);
  if (!expected.isOpen && Math.abs(charged.pico - expected.pico) > 2) {
    differences.push(`cost ${charged.pico} pico, not ${expected.pico}`);
  }
  // A library may say nothing of a call that failed; of one whose tokens it tells it speaks once.
  const least = step.truth.filter((call) => call.spans.length > 0).length;
  const most = step.truth.reduce((sum, { requests }) => sum + requests, 0);
  if (charged.calls < least || charged.calls > most) {
    differences.push(`calls ${charged.calls}, not ${step.truth.length}`);
  }
  return differences;
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
        body: namedStep(step.traces, `${name}#${index}`),
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
    const differences = differencesOf(step, charged);
    if (differences.length === 0 || ESTIMATES.test(`${name} ${step.name}`)) continue;
    wrong += 1;
    const models = [...new Set(step.truth.map(({ model }) => model))].join(', ');
    const unpriced = charged.unpriced.length > 0 ? ` [${charged.unpriced.join(' ')}]` : '';
    say(`${name} | ${step.name} | ${models} | ${differences.join('; ')}${unpriced}`);
  }
}
await sink[Symbol.asyncDispose]();
say(`${total - wrong} of ${total} steps as expected`);
