import { join } from 'node:path';
import { type OtlpSink, startOtlpSink, startReplayProvider } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeExampleFolder } from './example-folder.ts';
import { folderOf } from './folder-of.ts';
import { root, runNode } from './run-process.ts';
import { startServer } from './run-server.ts';

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

function environment(providerUrl: string, sinkUrl: string): Record<string, string> {
  return {
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${providerUrl}/v1`,
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'otlp',
  };
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

test.for(CASES)(
  'examples/$example: $note',
  // A server that is stopped has two seconds to deliver, which a machine at its limits may break once.
  { timeout: 300_000, retry: { count: 4, delay: 2000 } },
  async ({ example, preload, want }, context) => {
    using folder = makeExampleFolder(await folderOf('servers', context), example);
    await using provider = await startReplayProvider();
    await using sink = await startOtlpSink();
    const app = await startServer(['--import', preload, 'app.mjs'], {
      cwd: folder.path,
      env: environment(provider.url, sink.url),
    });
    await app.request('/summaries/7');
    await app.request('/answers/8');
    const stderr = await app.stop();
    expect({ stderr, seen: seen(sink) }).toEqual({ stderr: '', seen: want });
    expect(sink.sumOf('tokenmeter.calls')).toBe(2);
    expect(provider.totals().map(({ responses }) => responses)).toEqual([2]);
  },
);

test.for([
  { note: 'the preload alone', preload: '@tokenmeter/node', route: undefined },
  {
    note: 'inside the application’s own NodeSDK',
    preload: './telemetry.mjs',
    route: '/answers/:id',
  },
])(
  'examples/nestjs: $note',
  { timeout: 300_000, retry: { count: 4, delay: 2000 } },
  async ({ preload, route }, context) => {
    using folder = makeExampleFolder(await folderOf('servers', context), 'nestjs');
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const built = await runNode([compiler, '-p', folder.path], { cwd: folder.path });
    expect({ code: built.code, stdout: built.stdout }).toEqual({ code: 0, stdout: '' });
    await using provider = await startReplayProvider();
    await using sink = await startOtlpSink();
    const app = await startServer(['--import', preload, 'dist/main.mjs'], {
      cwd: folder.path,
      env: environment(provider.url, sink.url),
    });
    await app.request('/summaries/7');
    await app.request('/answers/8');
    const stderr = await app.stop();
    expect({ stderr, seen: seen(sink) }).toEqual({
      stderr: '',
      seen: [{ ...answer, route }, summary],
    });
    expect(sink.sumOf('tokenmeter.calls')).toBe(2);
  },
);

test.for([
  { builder: 'turbopack', flags: [] },
  { builder: 'webpack', flags: ['--webpack'] },
])('examples/nextjs: built with $builder', { timeout: 400_000 }, async ({ flags }, context) => {
  using folder = makeExampleFolder(await folderOf('next', context), 'nextjs');
  const next = join(folder.path, '../../node_modules/next/dist/bin/next');
  const quiet = { NEXT_TELEMETRY_DISABLED: '1' };
  const built = await runNode([next, 'build', ...flags], {
    cwd: folder.path,
    env: quiet,
    timeoutMs: 240_000,
  });
  expect(built.code, built.stdout + built.stderr).toBe(0);
  await using provider = await startReplayProvider();
  await using sink = await startOtlpSink();
  const app = await startServer([next, 'start', '--port', '0'], {
    cwd: folder.path,
    env: { ...quiet, ...environment(provider.url, sink.url), OTEL_METRIC_EXPORT_INTERVAL: '300' },
  });
  await app.request('/api/summaries/7');
  await app.request('/api/answers/8');
  await sink.until(() => sink.sumOf('tokenmeter.calls') === 2 && sink.spans().length > 1);
  const stderr = await app.stop();
  expect({ stderr, seen: seen(sink) }).toEqual({
    stderr: '',
    seen: [
      { ...answer, route: '/api/answers/[id]' },
      { ...summary, route: '/api/summaries/[id]' },
    ],
  });
  expect(sink.sumOf('tokenmeter.calls')).toBe(2);
});
