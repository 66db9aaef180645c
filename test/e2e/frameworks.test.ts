import { type OtlpSink, startOtlpSink, startReplayProvider } from '@tokenmeter/testkit';
import { expect, type TestContext, test } from 'vitest';
import { makeExampleFolder } from './example-folder.ts';
import { installPackages } from './install-packages.ts';
import type { PackageSetName } from './package-sets.ts';
import { startServer } from './run-server.ts';

/** The folder of a set; where npm cannot bring it, the test says why it skips, and in CI it fails. */
async function folderOf(name: PackageSetName, { skip }: TestContext): Promise<string> {
  const installed = await installPackages(name);
  if (installed.ok) return installed.folder;
  if (process.env.CI === 'true') throw new Error(installed.reason);
  return skip(installed.reason);
}

/** One line per metered call, and how often it is in the counters. */
function seen(sink: OtlpSink): unknown {
  const spans = sink.spans().filter(({ attributes }) => attributes['tokenmeter.metered'] === true);
  const told = spans.map(({ attributes }) => ({
    feature: attributes['tokenmeter.feature'],
    team: attributes['tokenmeter.team'],
    route: attributes['http.route'],
    calls: sink.sumOf('tokenmeter.calls', {
      'tokenmeter.feature': String(attributes['tokenmeter.feature']),
    }),
  }));
  return told.sort((a, b) => (String(a.feature) < String(b.feature) ? -1 : 1));
}

const answer = { feature: 'answer', team: 'support', calls: 1 };
const summary = { feature: 'summary', team: 'reading', route: '/summaries/:id', calls: 1 };

/** Hono is told every route by one middleware; the others only by tracing, or where the handler says it. */
const CASES = ['express', 'fastify', 'hono'].flatMap((example) => [
  {
    example,
    note: 'the preload alone',
    preload: '@tokenmeter/node',
    want: [{ ...answer, route: example === 'hono' ? '/answers/:id' : undefined }, summary],
  },
  {
    example,
    note: 'inside the application’s own NodeSDK',
    preload: './telemetry.mjs',
    want: [{ ...answer, route: '/answers/:id' }, summary],
  },
]);

test.for(CASES)('examples/$example: $note', { timeout: 300_000 }, async ({ example, preload, want }, context) => {
  using folder = makeExampleFolder(await folderOf('servers', context), example);
  await using provider = await startReplayProvider();
  await using sink = await startOtlpSink();
  const app = await startServer(['--import', preload, 'app.mjs'], {
    cwd: folder.path,
    env: {
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'otlp',
    },
  });
  await app.request('/summaries/7');
  await app.request('/answers/8');
  const stderr = await app.stop();
  expect({ stderr, seen: seen(sink) }).toEqual({ stderr: '', seen: want });
  expect(sink.sumOf('tokenmeter.calls')).toBe(2);
  expect(provider.totals().map(({ responses }) => responses)).toEqual([2]);
});
