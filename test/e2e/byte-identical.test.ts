import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startOtlpSink, startReplayProvider } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { root, runNode } from './run-process.ts';

const app = join(root, 'test/e2e/apps/mixed-calls.mjs');
const register = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;

test('an application prints the same bytes with and without metering', async () => {
  await using provider = await startReplayProvider({ idSeed: 'same' });
  await using sink = await startOtlpSink();
  const env = { PROVIDER_URL: provider.url, CALLS: '200' };
  const bare = await runNode([app], { env });
  await using second = await startReplayProvider({ idSeed: 'same' });
  const metered = await runNode(['--import', register, app], {
    env: { ...env, PROVIDER_URL: second.url, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  expect(bare.code).toBe(0);
  expect(metered.stdout).toBe(bare.stdout);
  expect(metered.stderr).toBe(bare.stderr);
  expect(metered.code).toBe(0);
  const metrics = sink.metrics();
  expect(metrics.length).toBeGreaterThan(0);
}, 60_000);
