import { createServer } from 'node:net';
import { join } from 'node:path';
import { startOtlpSink, takePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder, runTokenmeter } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

test.skipIf(!collector.isThere)(
  'foreign spans become exact counters at any OTLP backend, and SIGTERM delivers what waits',
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
    });
    for (let request = 0; request < 10; request += 1) {
      const calls = Array.from({ length: 7 }, () => ({}));
      expect(await sendTraces(running.url, foreignSpans(calls))).toBe(200);
    }
    expect(await running.stop()).toBe(0);
    expect(sink.spans()).toHaveLength(70);
    expect(sink.sumOf('tokenmeter.calls')).toBe(70);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(70 * CALL_USD, 12);
    expect(sink.sumOf('tokenmeter.tokens', { 'tokenmeter.token.class': 'input' })).toBe(70_000);
    const points = sink.metrics('tokenmeter.cost');
    expect(new Set(points.map((point) => point.temporality))).toEqual(new Set(['cumulative']));
    expect(sink.exports().every(({ contentEncoding }) => contentEncoding === 'gzip')).toBe(true);
  },
);

test.skipIf(!collector.isThere)(
  'a restart is a new process to every reader',
  {
    timeout: 240_000,
  },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const env = { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url };
    for (let start = 0; start < 2; start += 1) {
      await using running = await runCollector({
        binary,
        folder: folder.path,
        backends: ['otlp'],
        env,
      });
      await sendTraces(running.url, foreignSpans([{}, {}]));
      await running.stop();
    }
    const ids = sink
      .metrics('tokenmeter.calls')
      .map((point) => point.resource['service.instance.id']);
    expect(new Set(ids).size).toBe(2);
    expect(sink.sumOf('tokenmeter.calls')).toBe(4);
  },
);

test.skipIf(!collector.isThere)('a second SIGTERM does not wait for backends', async () => {
  await using folder = await makeFolder();
  await using running = await runCollector({
    binary,
    folder: folder.path,
    backends: ['otlp'],
    args: ['--drain', '1000'],
    // Nobody listens there.
    env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: `http://127.0.0.1:${takePort()}` },
  });
  expect(await sendTraces(running.url, foreignSpans([{}]))).toBe(200);
  const again = setInterval(() => void running.stop(), 300);
  expect(await running.stop()).toBe(0);
  clearInterval(again);
  expect(running.output()).toContain('not everything is delivered; it waits in');
});

test.skipIf(!collector.isThere)(
  'a command that is killed outright leaves no Collector',
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const env = { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url };
    const run = { binary, folder: folder.path, backends: ['otlp'], env };
    await using running = await runCollector(run);
    expect(await sendTraces(running.url, foreignSpans([{}, {}]))).toBe(200);
    await running.killCommand();
    await expect.poll(() => isAlive(running.pid)).toBe(false);
    // Its queue is free again, and what it had taken is there.
    await using next = await runCollector(run);
    await next.stop();
    expect(sink.sumOf('tokenmeter.calls')).toBe(2);
  },
);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function samePorts(): Record<string, string> {
  const port = String(takePort());
  return { TOKENMETER_OTLP_PORT: port, TOKENMETER_OTLP_GRPC_PORT: port };
}

/** Counts who connects, and answers nothing. */
async function startListener(): Promise<AsyncDisposable & { port: number; visits(): number }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => {}).destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    visits: () => visits,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test.skipIf(!collector.isThere)(
  'several brokers are several, and asking whether a consumer starts asks none of them',
  { timeout: 60_000 },
  async () => {
    await using folder = await makeFolder();
    await using one = await startListener();
    await using two = await startListener();
    const env = {
      TOKENMETER_BACKEND_KAFKA_BROKERS: `127.0.0.1:${one.port},127.0.0.1:${two.port}`,
      TOKENMETER_OTLP_PORT: String(takePort()),
    };
    const options = ['--backend', 'debug', '--role', 'kafka-consumer', '--binary', binary];
    const finished = await runTokenmeter(['collector', 'validate', ...options], { env });
    expect(finished).toMatchObject({ code: 0 });
    expect([one.visits(), two.visits()]).toEqual([0, 0]);
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['kafka'],
      env,
      args: ['--drain', '0'],
    });
    await sendTraces(running.url, foreignSpans([{}]));
    await expect.poll(() => Math.min(one.visits(), two.visits()), { timeout: 30_000 }).not.toBe(0);
  },
);

test.skipIf(!collector.isThere)('a port that is taken is named with what to do', async () => {
  await using folder = await makeFolder();
  await using sink = await startOtlpSink({ port: takePort() });
  const finished = await runTokenmeter(
    ['collector', 'run', '--backend', 'debug', '--binary', binary],
    { cwd: folder.path, env: { TOKENMETER_OTLP_PORT: String(sink.port) } },
  );
  expect(finished.code).toBe(1);
  expect(finished.stderr).toContain(`port ${sink.port} is in use`);
  expect(finished.stderr).toContain('TOKENMETER_OTLP_PORT');
});

test.skipIf(!collector.isThere)(
  'a queue folder that another Collector uses is named',
  { timeout: 60_000 },
  async () => {
    await using folder = await makeFolder();
    const run = { binary, folder: folder.path, backends: ['tempo'] };
    const env = { TOKENMETER_BACKEND_TEMPO_ENDPOINT: 'http://127.0.0.1:9' };
    await using _running = await runCollector({ ...run, env });
    await expect(runCollector({ ...run, env })).rejects.toThrow(
      `another Collector uses ${join(folder.path, 'queue')}`,
    );
  },
);

test.skipIf(!collector.isThere)('a queue folder that nobody can make is named', async () => {
  const finished = await runTokenmeter(
    ['collector', 'run', '--backend', 'debug', '--binary', binary],
    { env: { TOKENMETER_OTLP_PORT: String(takePort()), TOKENMETER_QUEUE_DIR: '/proc/queue' } },
  );
  expect(finished.code).toBe(1);
  expect(finished.stderr).toContain('queues cannot lie in /proc/queue');
  expect(finished.stderr).toContain('TOKENMETER_QUEUE_DIR');
});

test.for([
  {
    note: 'what a backend needs is named, all of it',
    args: ['--backend', 'dynatrace', '--backend', 'splunk'],
    env: {},
    want: ['DYNATRACE_OTLP_ENDPOINT is not set', 'DYNATRACE_API_TOKEN', 'SPLUNK_ACCESS_TOKEN'],
  },
  {
    note: 'what cannot be a URL or a number is named, and never shown',
    args: ['--backend', 'otlp'],
    env: {
      TOKENMETER_BACKEND_OTLP_ENDPOINT: 'user:secret@host',
      TOKENMETER_QUEUE_BYTES: 'plenty',
    },
    want: [
      'TOKENMETER_BACKEND_OTLP_ENDPOINT must be a URL',
      'TOKENMETER_QUEUE_BYTES must be a whole number above 0',
    ],
  },
  {
    note: 'a host without its scheme, headers that are none and a file that is not there are named',
    args: ['--backend', 'langfuse', '--backend', 'otlp', '--auth', 'bearer'],
    env: {
      LANGFUSE_HOST: 'cloud.langfuse.com',
      LANGFUSE_PUBLIC_KEY: 'pk',
      LANGFUSE_SECRET_KEY: 'sk',
      TOKENMETER_BACKEND_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      TOKENMETER_BACKEND_OTLP_HEADERS: 'Bearer secret',
      TOKENMETER_OTLP_TOKEN_FILE: '/nowhere/token',
    },
    want: [
      'LANGFUSE_HOST must be a URL',
      'TOKENMETER_BACKEND_OTLP_HEADERS must be headers such as',
      'TOKENMETER_OTLP_TOKEN_FILE names /nowhere/token, which cannot be read',
    ],
  },
  {
    note: 'two ports that are one are named',
    args: ['--backend', 'debug', '--binary', binary || process.execPath],
    env: samePorts(),
    want: ['and so is another port of this Collector', 'TOKENMETER_OTLP_GRPC_PORT'],
  },
  {
    note: 'words that nothing knows, and ports that are none, are named',
    args: ['--backend', 'debug'],
    env: {
      TOKENMETER_DOUBLES: 'twice',
      TOKENMETER_REPAIR_TEXT: 'yes',
      TOKENMETER_OTLP_PORT: '65536',
      TOKENMETER_JOURNAL_FLUSH: 'soon',
    },
    want: [
      'TOKENMETER_DOUBLES must be once or all',
      'TOKENMETER_REPAIR_TEXT must be on or off',
      'TOKENMETER_OTLP_PORT must be a port',
      'TOKENMETER_JOURNAL_FLUSH must be a time',
    ],
  },
  {
    note: 'text that would end a statement of the Collector is refused',
    args: ['--backend', 'debug'],
    env: { TOKENMETER_IGNORE_SCOPES: 'a" or true', TOKENMETER_KEEP_ATTRIBUTES: '^app\\.' },
    want: [
      'TOKENMETER_IGNORE_SCOPES must be a text without quotes',
      'TOKENMETER_KEEP_ATTRIBUTES must be a text without quotes and backslashes (a dot is [.])',
    ],
  },
  {
    note: 'a binary that cannot be run says so',
    args: ['--backend', 'debug', '--binary', 'package.json'],
    env: { TOKENMETER_OTLP_PORT: String(takePort()) },
    want: ['the Collector does not start', 'EACCES'],
  },
  {
    note: 'an unknown backend is named with those that there are',
    args: ['--backend', 'promethius'],
    env: {},
    want: ['--backend promethius is unknown; did you mean prometheus?', 'victoriametrics'],
  },
  {
    note: 'an intake that others reach must know its senders',
    args: ['--backend', 'debug'],
    env: { TOKENMETER_OTLP_HOST: '0.0.0.0' },
    want: ['would take spans from anyone', '--auth bearer'],
  },
  {
    note: 'a gateway must know its senders; encryption alone is no name',
    args: ['--backend', 'debug', '--role', 'gateway', '--auth', 'tls'],
    env: {},
    want: ['would take spans from anyone'],
  },
  {
    note: 'components that the lean build lacks are named',
    args: ['--backend', 'clickhouse'],
    env: { PATH: '/nowhere' },
    want: ['clickhouse is in stock otelcol-contrib only', '--binary'],
  },
  {
    note: 'a price file with a mistake refuses with its place',
    args: ['--backend', 'debug', '--prices', 'package.json'],
    env: {},
    want: ['package.json:'],
  },
])('$note', async ({ args, env, want }) => {
  const finished = await runTokenmeter(['collector', 'run', ...args], { env });
  expect(finished.code).not.toBe(0);
  for (const words of want) expect(finished.stderr).toContain(words);
});
