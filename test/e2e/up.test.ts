import { createServer } from 'node:net';
import { expect, test } from 'vitest';
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
