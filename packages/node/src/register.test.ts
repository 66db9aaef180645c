import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { counterTotal, ONE_CALL, REGISTER, runProgram, startBackend } from './process.test-kit.ts';

// gpt-4o: $2.50 in and $10 out per million tokens; the program uses 1,000 and 500.
const CALL_USD = (1000 * 2.5 + 500 * 10) / 1e6;

/** A machine that is busy with something else may break these once. */
const PROMISE_OF_TIME = { retry: 2 };

test.for([
  { note: '--import with an ES module', preload: '--import', esm: true },
  { note: '--require with an ES module', preload: '--require', esm: true },
  { note: '--require with CommonJS', preload: '--require', esm: false },
  { note: '--import with CommonJS', preload: '--import', esm: false },
] as const)('$note meters and flushes at the end', async ({ preload, esm }) => {
  await using backend = await startBackend();
  const source = esm ? ONE_CALL : `(async () => {${ONE_CALL}})();`;
  const bare = await runProgram(source, { backend, preload: 'none', esm });
  const metered = await runProgram(source, { backend, preload, esm });
  expect([metered.code, metered.signal, metered.stdout, metered.stderr]).toEqual([
    0,
    null,
    'ok\n',
    '',
  ]);
  expect(bare.stdout).toBe(metered.stdout);
  expect(backend.providerRequests[0]).toEqual(backend.providerRequests[1]);
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
  expect(counterTotal(backend, 'tokenmeter.tokens')).toBe(1500);
  expect(backend.exports.map(({ path }) => path).toSorted()).toEqual(['/v1/metrics', '/v1/traces']);
});

const ONE_STREAM = `
  const response = await fetch(process.env.BACKEND + '/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-4o', messages: [], stream: true }),
  });
  console.log(await response.text());
`;

test('a stream whose caller asked for no usage is metered, and shows what it showed before', async () => {
  await using backend = await startBackend();
  const hosts = new URL(backend.url).host;
  const bare = await runProgram(ONE_STREAM, { backend, preload: 'none' });
  const off = await runProgram(ONE_STREAM, { backend, env: { TOKENMETER_INJECT_USAGE: 'off' } });
  expect(counterTotal(backend, 'tokenmeter.tokens')).toBe(0);
  const on = await runProgram(ONE_STREAM, { backend, env: { TOKENMETER_INJECT_USAGE: hosts } });
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
  expect([off.stdout, on.stdout]).toEqual([bare.stdout, bare.stdout]);
});

test.for([
  { note: 'process.exit()', ending: 'process.exit(5);', code: 5, stderr: '' },
  {
    note: 'an error that nobody caught',
    ending: "throw new Error('own');",
    code: 1,
    stderr: 'Error: own',
  },
])('$note loses neither money nor span', async ({ ending, code, stderr }) => {
  await using backend = await startBackend();
  const end = await runProgram(`${ONE_CALL} ${ending}`, { backend });
  expect([end.code, end.stdout]).toEqual([code, 'ok\n']);
  expect(end.stderr).toContain(stderr);
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
  expect(counterTotal(backend, 'tokenmeter.tokens')).toBe(1500);
  expect(counterTotal(backend, 'tokenmeter.self.metered')).toBe(1);
  expect(backend.exports.map(({ path }) => path).toSorted()).toEqual(['/v1/metrics', '/v1/traces']);
});

test('process.exit() after flush() sends nothing a second time', async () => {
  await using backend = await startBackend();
  const source = `${ONE_CALL} await (await import(process.env.REGISTER)).flush(); process.exit();`;
  await runProgram(source, { backend });
  const metricExports = backend.exports.filter(({ path }) => path === '/v1/metrics');
  expect(metricExports).toHaveLength(1);
});

test(
  'process.exit() waits for a hanging receiver for less than two seconds',
  PROMISE_OF_TIME,
  async () => {
    await using backend = await startBackend('hang');
    const end = await runProgram(`${ONE_CALL} process.exit(4);`, { backend });
    expect([end.code, end.stdout]).toEqual([4, 'ok\n']);
    expect(end.endingMs).toBeLessThan(2500);
  },
);

test.for([
  { note: 'ends by itself', ending: '' },
  { note: 'calls process.exit()', ending: 'process.exit();' },
])('a worker thread that $note loses no money', async ({ ending }) => {
  await using backend = await startBackend();
  const worker = `(async () => {${ONE_CALL}${ending}})();`;
  const source = `
    import { Worker } from 'node:worker_threads';
    new Worker(${JSON.stringify(worker)}, { eval: true });
  `;
  const end = await runProgram(source, { backend });
  expect([end.code, end.stdout, end.stderr]).toEqual([0, 'ok\n', '']);
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
});

const CALL_IN_FLIGHT = `
  const response = await fetch(process.env.BACKEND + '/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-4o', messages: [], stream: true, user: 'hang' }),
  });
  await response.body.getReader().read();
`;

test.for([
  { note: 'process.exit()', ending: 'process.exit(3);', end: [3, null] },
  { note: 'an error that nobody caught', ending: "throw new Error('own');", end: [1, null] },
  {
    note: 'a signal',
    ending: "process.kill(process.pid, 'SIGTERM'); await new Promise(() => {});",
    end: [null, 'SIGTERM'],
  },
])(
  '$note with a call in flight counts it, and is over in two seconds',
  PROMISE_OF_TIME,
  async (row) => {
    await using backend = await startBackend();
    const source = `${CALL_IN_FLIGHT} console.log('reading'); ${row.ending}`;
    const end = await runProgram(source, { backend });
    expect([end.code, end.signal, end.stdout]).toEqual([...row.end, 'reading\n']);
    expect(end.endingMs).toBeLessThan(2500);
    expect(counterTotal(backend, 'tokenmeter.calls')).toBe(1);
    expect(counterTotal(backend, 'tokenmeter.unpriced')).toBe(1);
  },
);

test('child processes are metered through NODE_OPTIONS, each as an instance of its own', async () => {
  await using backend = await startBackend();
  const source = `
    import { spawnSync } from 'node:child_process';
    const source = ${JSON.stringify(ONE_CALL)};
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', source]);
    process.stdout.write(child.stdout);
    ${ONE_CALL}
  `;
  const end = await runProgram(source, {
    backend,
    preload: 'none',
    env: { NODE_OPTIONS: `--import ${REGISTER}` },
  });
  expect([end.code, end.stdout, end.stderr]).toEqual([0, 'ok\nok\n', '']);
  const bodies = backend.exports.filter(({ path }) => path === '/v1/metrics');
  const instances = bodies.map(
    ({ body }) =>
      /"service.instance.id","value":\{"stringValue":"([^"]+)"/.exec(JSON.stringify(body))?.[1],
  );
  expect(new Set(instances).size).toBe(2);
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
});

test('totals are the same when no span is sampled, and no span is sent', async () => {
  await using backend = await startBackend();
  await runProgram(ONE_CALL, { backend, env: { OTEL_TRACES_SAMPLER: 'always_off' } });
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
  expect(backend.exports.map(({ path }) => path)).toEqual(['/v1/metrics']);
});

test.for([
  { note: 'refuses', mode: 'refuse' },
  { note: 'hangs', mode: 'hang' },
] as const)(
  'a receiver that $note holds the end for at most two seconds',
  PROMISE_OF_TIME,
  async ({ mode }) => {
    await using backend = await startBackend(mode);
    const metered = await runProgram(`${ONE_CALL} process.exitCode = 3;`, { backend });
    expect(metered.code).toBe(3);
    expect(metered.stderr).toBe('');
    expect(metered.stdout).toBe('ok\n');
    expect(metered.endingMs).toBeLessThan(2500);
  },
);

test(
  'Prometheus beside a receiver that refuses holds the end no longer',
  PROMISE_OF_TIME,
  async () => {
    await using backend = await startBackend('refuse');
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
    const end = await runProgram(ONE_CALL, { backend, env });
    expect([end.code, end.stdout, end.stderr]).toEqual([0, 'ok\n', '']);
    expect(end.endingMs).toBeLessThan(2500);
  },
);

test('a program without calls ends at once and sends nothing', PROMISE_OF_TIME, async () => {
  await using backend = await startBackend('hang');
  const end = await runProgram('console.log(1)', { backend });
  expect([end.code, end.stdout, end.stderr]).toEqual([0, '1\n', '']);
  expect(end.endingMs).toBeLessThan(1500);
});

test.for([
  { note: 'a signal still kills, after the flush', handler: '', signal: 'SIGTERM', code: null },
  {
    note: "the program's own signal handler is the only one",
    handler:
      "process.on('SIGTERM', () => { console.log(process.listenerCount('SIGTERM')); process.exit(7); });",
    signal: null,
    code: 7,
  },
])('$note', async ({ handler, signal, code }) => {
  await using backend = await startBackend();
  const source = `${handler}${ONE_CALL} setInterval(() => {}, 1000);`;
  const end = await runProgram(source, {
    backend,
    onOutput: (child, text) => {
      if (text === 'ok\n') child.kill('SIGTERM');
    },
  });
  expect([end.signal, end.code]).toEqual([signal, code]);
  if (code === 7) expect(end.stdout).toBe('ok\n1\n');
  else expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
});

test.for([{ name: 'TOKENMETER_DISABLED' }, { name: 'OTEL_SDK_DISABLED' }])(
  '$name=true switches everything off',
  async ({ name }) => {
    await using backend = await startBackend();
    const end = await runProgram(ONE_CALL, { backend, env: { [name]: 'true' } });
    expect([end.code, end.stdout]).toEqual([0, 'ok\n']);
    expect(backend.exports).toEqual([]);
  },
);

test('wrong settings are told on stderr, and metering goes on with defaults', async () => {
  await using backend = await startBackend();
  const end = await runProgram(ONE_CALL, {
    backend,
    env: { TOKENMETER_SEMCONV: 'newest', TOKENMETER_PRICES: '/no/such/file.json' },
  });
  expect(end.code).toBe(0);
  expect(end.stderr).toContain('TOKENMETER_SEMCONV must be one of latest, legacy, both, off');
  expect(end.stderr).toContain('/no/such/file.json: cannot be read');
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
});

test('a program outlives exports that its settings make impossible', async () => {
  await using backend = await startBackend();
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%0Ax',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/ca.pem',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://127.0.0.1:9/v1/metrics',
    OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: REGISTER,
    OTEL_METRIC_EXPORT_INTERVAL: '1',
    OTEL_BSP_SCHEDULE_DELAY: '1',
  };
  const source = `const warned = new Promise((done) => process.on('warning', ({ message }) => {
    if (message.startsWith('telemetry cannot be sent')) done();
  }));
  ${ONE_CALL} await warned; { ${ONE_CALL} }`;
  const end = await runProgram(source, { backend, env });
  expect([end.code, end.stdout]).toEqual([0, 'ok\nok\n']);
  expect(end.stderr.match(/TokenmeterWarning: [^:;]+/g)).toEqual([
    'TokenmeterWarning: OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs that HTTP allows',
    'TokenmeterWarning: OTEL_EXPORTER_OTLP_CERTIFICATE names a file that cannot be read',
    'TokenmeterWarning: telemetry cannot be sent',
  ]);
});

test('a configuration file of OpenTelemetry says where telemetry goes, and what it is from', async () => {
  await using backend = await startBackend();
  const exporter = (path: string): object => ({
    otlp_http: { endpoint: `${backend.url}/v1/${path}`, encoding: 'json' },
  });
  const config = {
    file_format: '1.0',
    resource: { attributes: [{ name: 'service.name', value: 'from-file' }] },
    tracer_provider: { processors: [{ batch: { exporter: exporter('traces') } }] },
    meter_provider: { readers: [{ periodic: { exporter: exporter('metrics') } }] },
  };
  using folder = mkdtempDisposableSync(join(tmpdir(), 'tokenmeter-config-'));
  const file = join(folder.path, 'otel.json');
  writeFileSync(file, JSON.stringify(config));
  const end = await runProgram(ONE_CALL, { backend, env: { OTEL_CONFIG_FILE: file } });
  expect([end.code, end.stdout, end.stderr]).toEqual([0, 'ok\n', '']);
  expect(counterTotal(backend, 'tokenmeter.cost')).toBeCloseTo(CALL_USD, 12);
  const said = backend.exports.map(({ body }) => JSON.stringify(body).includes('from-file'));
  expect(said).toEqual([true, true]);
});
