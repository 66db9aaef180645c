import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSpan, sendUntilAcknowledged, traceRequest } from './otlp-client.ts';
import { makeFolder, runTokenmeter, startUp } from './run-process.ts';

async function takePort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test('a busy port is reported with the fix', async () => {
  await using folder = await makeFolder();
  await using taken = await takePort();
  const { code, stderr } = await runTokenmeter(['up', '--port', String(taken.port)], {
    cwd: folder.path,
  });
  expect(stderr).toBe(
    `tokenmeter: port ${taken.port} is in use by another program\n  take another with --port ${taken.port + 1}, or let the system choose with --port 0\n`,
  );
  expect(code).toBe(1);
});

test('a ledger that is served already is named with its page', async () => {
  await using folder = await makeFolder();
  await using up = await startUp(folder.path);
  const { code, stderr } = await runTokenmeter(['up', '--data', folder.path, '--port', '0']);
  expect(stderr).toContain(`this ledger is already served at ${up.url}`);
  expect(code).toBe(1);
});

test('only its owner can look into the folder that it makes', async () => {
  await using folder = await makeFolder();
  const data = join(folder.path, 'new', 'ledger');
  await mkdir(join(folder.path, 'there'), { mode: 0o755 });
  await using up = await startUp(data, { cwd: folder.path });
  void up;
  await using beside = await startUp(join(folder.path, 'there'));
  void beside;
  const modeOf = async (path: string): Promise<string> =>
    ((await stat(join(folder.path, path))).mode & 0o777).toString(8);
  expect(await Promise.all(['new', 'new/ledger', 'there'].map(modeOf))).toEqual([
    '700',
    '700',
    '755',
  ]);
});

test('a folder that cannot be made is said, with what to do', async () => {
  const { code, stderr } = await runTokenmeter(['up', '--data', '/dev/null/ledger', '--port', '0']);
  expect(stderr).toBe(
    'tokenmeter: the folder /dev/null/ledger cannot be made (ENOTDIR)\n  choose another with --data DIR\n',
  );
  expect(code).toBe(1);
});

test('the configuration says how long calls are kept', async () => {
  await using folder = await makeFolder();
  {
    await using up = await startUp(folder.path);
    const spans = [1, 3].map((days) =>
      makeSpan(Date.now() - days * 86_400_000, { 'tokenmeter.feature': `age ${days}` }),
    );
    const body = traceRequest('shop', spans);
    await sendUntilAcknowledged(up.url, '/v1/traces', body, AbortSignal.timeout(60_000));
  }
  await writeFile(join(folder.path, 'tokenmeter.yaml'), 'ledger: { keepCalls: 2d }\n');
  await using again = await startUp(folder.path);
  void again;
  const asked = ['sql', '--data', folder.path, '--json', 'SELECT feature FROM llm_telemetry'];
  const { stdout } = await runTokenmeter(asked);
  expect(stdout).toBe('{"feature":"age 1"}\n');
});

// A machine that is busy with something else may break a promise of time once.
test.for(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it within two seconds, cleanly',
  { retry: 2 },
  async (signal) => {
    await using folder = await makeFolder();
    await using up = await startUp(folder.path);
    const page = await fetch(up.url);
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: expect.stringContaining('text/html'),
    });
    const started = performance.now();
    up.child.kill(signal);
    expect(await up.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
    await expect(fetch(up.url)).rejects.toThrow();
  },
);

test('a page of another origin can neither read nor write', async () => {
  await using folder = await makeFolder();
  await using up = await startUp(folder.path);
  const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
  const read = await fetch(`${up.url}/api/v1/overview`, { headers });
  const write = await fetch(`${up.url}/v1/traces`, { method: 'POST', headers, body: '{}' });
  const sql = await fetch(`${up.url}/api/v1/sql`, {
    method: 'POST',
    headers,
    body: '{"sql":"SELECT 1"}',
  });
  expect([read.status, write.status, sql.status]).toEqual([403, 403, 403]);
});
