import { startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { createPythonReplay } from '../../examples/demo/src/python-replay.ts';
import { readCaptures } from '../dialects/read-captures.ts';
import { makeFolder, runTokenmeter, startUp } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const CAPTURED = new URL('../dialects/captured/', import.meta.url);

test.skipIf(!collector.isThere)(
  'the embedded server behind a Collector counts what that counts, whatever else the spans say',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using up = await startUp(folder.path);
    const running = await runCollector({
      binary: collector.isThere ? collector.path : '',
      folder: folder.path,
      backends: ['otlp', 'tokenmeter'],
      args: ['--drain', '60'],
      env: {
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: up.url,
        TOKENMETER_IGNORE_SCOPES: 'langfuse*',
      },
    });
    const replay = createPythonReplay(CAPTURED);
    const exports = readCaptures().filter(({ name }) => name.startsWith('py-'));
    for (const _ of exports.flatMap(({ steps }) => steps)) await replay.sendNext(running.url);
    expect(await running.stop()).toBe(0);
    const statement = `SELECT sum(cost_pico_usd)::DOUBLE / 1e12 AS usd, sum(calls)::INTEGER AS calls,
      (SELECT count(*)::INTEGER FROM llm_telemetry) AS listed FROM usage_1m`;
    const { stdout } = await runTokenmeter(['sql', statement, '--json', '--data', folder.path]);
    const calls = sink.sumOf('tokenmeter.calls');
    const usd = expect.closeTo(sink.sumOf('tokenmeter.cost'), 9);
    expect(calls).toBeGreaterThan(0);
    expect(JSON.parse(stdout.trim())).toEqual({ usd, calls, listed: calls });
  },
);
