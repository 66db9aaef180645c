import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { listen } from '@tokenmeter/testkit';
import { describe, expect, test } from 'vitest';
import { openSource } from './open-source.ts';
import { parseSources } from './parse-source-settings.ts';
import { createPromqlSource } from './promql-source.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);
const signal = new AbortController().signal;
const range = { fromEpochMs: NOW - 5 * MINUTE, toEpochMs: NOW - 3 * MINUTE, signal };

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function startServer(answer: Answer, tls?: { cert: string; key: string }) {
  const seen: { url: string; authorization: string | undefined; body: string }[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      seen.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      answer(request, response, body);
    });
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  const { port, stop } = await listen(server);
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: stop,
  };
}

const NAMES = '{"status":"success","data":["tokenmeter_calls_total"]}';

function matrix(samples: readonly (readonly [number, string])[]): string {
  const metric = { service_name: 'shop', tokenmeter_feature: 'chat', instance: 'a' };
  const values = samples.map(([at, value]) => [at / 1000, value]);
  const result = samples.length === 0 ? [] : [{ metric, values }];
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

/** A store in which one series counts 3, then 5 calls. */
const good: Answer = (request, response, body) => {
  if (request.url?.includes('__name__') === true) {
    response.end(NAMES);
    return;
  }
  const isRaw = !new URLSearchParams(body).get('query')?.includes('last_over_time');
  const samples = [
    [NOW - 4.5 * MINUTE, '3'],
    [NOW - 3.5 * MINUTE, '8'],
  ] as const;
  response.setHeader('content-encoding', 'gzip');
  response.end(gzipSync(matrix(isRaw ? samples : [])));
};

function open(url: string, more: Partial<Parameters<typeof createPromqlSource>[0]> = {}) {
  return createPromqlSource({
    name: 's',
    url,
    lagSeconds: 60,
    clock: () => NOW,
    backOffMs: 5,
    ...more,
  });
}

describe('a store', () => {
  test('is asked with a form and read by minute', async () => {
    await using server = await startServer(good);
    using source = open(`${server.url}/prefix/`);
    const read = await source.read(range);
    expect(read.ok && read.minutes.map((one) => [one.minuteEpochMs, one.calls])).toEqual([
      [NOW - 5 * MINUTE, 3],
      [NOW - 4 * MINUTE, 5],
    ]);
    expect(server.seen.every((one) => one.url.startsWith('/prefix/api/v1/'))).toBe(true);
    expect(server.seen.at(-1)?.body).toContain('nocache=1');
  });

  test.for([
    { note: 'busy', status: 429, retries: true, want: 'the store answered 429: slow down' },
    { note: 'broken', status: 503, retries: true, want: 'the store answered 503: slow down' },
    {
      note: 'closed to us',
      status: 401,
      retries: false,
      want: 'the store answered 401: the credentials are not accepted',
    },
    { note: 'refusing', status: 400, retries: false, want: 'the store answered 400: slow down' },
  ])('that is $note gives a reason', async ({ status, retries, want }) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(status).end('{"status":"error","error":"slow down"}');
    });
    using source = open(server.url);
    expect(await source.read(range)).toEqual({ ok: false, isRetryable: retries, reason: want });
    expect(server.seen).toHaveLength(retries ? 3 : 1);
  });

  test('that fails twice and then answers is read', async () => {
    let count = 0;
    await using server = await startServer((request, response, body) => {
      count += 1;
      if (count > 2) good(request, response, body);
      else response.writeHead(503).end();
    });
    using source = open(server.url);
    expect((await source.read(range)).ok).toBe(true);
  });

  test('that never answers is given up in time', async () => {
    await using server = await startServer(() => undefined);
    using source = open(server.url, { timeoutMs: 100 });
    expect(await source.read(range)).toMatchObject({
      ok: false,
      reason: 'the store did not answer in time',
    });
  });

  test('whose answer is too large is refused before it fills the memory', async () => {
    await using server = await startServer((request, response, body) => {
      if (request.url?.includes('__name__') === true) good(request, response, body);
      else response.end(matrix([[NOW, '1'.repeat(20_000)]]));
    });
    using source = open(server.url, { maxBytes: 10_000 });
    expect(await source.read(range)).toMatchObject({ ok: false, isRetryable: false });
  });

  test.for([
    { note: 'no JSON', body: 'hello' },
    { note: 'no result', body: '{"status":"success","data":7}' },
    { note: 'an error', body: '{"status":"error","error":"parse error"}' },
  ])('that answers $note is no store', async ({ body }) => {
    await using server = await startServer((request, response, text) => {
      if (request.url?.includes('__name__') === true) good(request, response, text);
      else response.end(body);
    });
    using source = open(server.url);
    expect((await source.read(range)).ok).toBe(false);
  });

  test('that is not there is said so without its address', async () => {
    using source = open('http://127.0.0.1:1');
    const read = await source.read(range);
    expect(read).toEqual({
      ok: false,
      isRetryable: true,
      reason: 'the store cannot be reached: ECONNREFUSED',
    });
  });

  test('without our counters has no minutes, and is asked once', async () => {
    await using server = await startServer((_request, response) => {
      response.end('{"status":"success","data":[]}');
    });
    using source = open(server.url);
    expect(await source.read(range)).toMatchObject({ ok: true, minutes: [] });
    await source.read(range);
    expect(server.seen).toHaveLength(1);
  });
});

describe('credentials', () => {
  const secret = (reference: object) =>
    'env' in reference
      ? ({ ok: true, value: 'abc\n' } as const)
      : ({ ok: false, problem: 'no such file' } as const);

  test.for([
    { note: 'bearer', settings: { bearerToken: { env: 'T' } }, want: 'Bearer abc' },
    {
      note: 'basic',
      settings: { basic: { username: 'ann', password: { env: 'T' } } },
      want: `Basic ${Buffer.from('ann:abc').toString('base64')}`,
    },
    { note: 'own header', settings: { headers: { Authorization: { env: 'T' } } }, want: 'abc' },
  ])('$note', async ({ settings, want }) => {
    await using server = await startServer(good);
    const parsed = parseSources([{ url: server.url, ...settings }]);
    if (!parsed.ok || parsed.sources[0] === undefined) throw new Error('expected a source');
    using source = await openSource(parsed.sources[0], { secret, folder: '.', clock: () => NOW });
    await source.read(range);
    expect(server.seen[0]?.authorization).toBe(want);
  });

  test('a secret that is not there is named, not sent', async () => {
    const parsed = parseSources([{ url: 'http://x', bearerToken: { file: 'gone' } }]);
    if (!parsed.ok || parsed.sources[0] === undefined) throw new Error('expected a source');
    await expect(openSource(parsed.sources[0], { secret, folder: '.' })).rejects.toThrow(
      'source x: no such file',
    );
  });

  test('a store behind its own authority is trusted by its certificate only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-tls-'));
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const program = 'openssl';
    execFileSync(
      program,
      [
        ...args,
        '-keyout',
        'k.pem',
        '-out',
        'c.pem',
        '-days',
        '2',
        '-subj',
        '/CN=store',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    const [cert, key] = await Promise.all(
      ['c.pem', 'k.pem'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    await using server = await startServer(good, { cert: cert ?? '', key: key ?? '' });
    using stranger = open(server.url);
    expect((await stranger.read(range)).ok).toBe(false);
    await writeFile(join(folder, 'ca.pem'), cert ?? '');
    const parsed = parseSources([{ url: server.url, lagSeconds: 60, tls: { caFile: 'ca.pem' } }]);
    if (!parsed.ok || parsed.sources[0] === undefined) throw new Error('expected a source');
    using friend = await openSource(parsed.sources[0], { secret, folder, clock: () => NOW });
    expect((await friend.read(range)).ok).toBe(true);
    await writeFile(join(folder, 'ca.pem'), 'a file that was meant to be another');
    await expect(openSource(parsed.sources[0], { secret, folder })).rejects.toThrow(
      'ca.pem holds no PEM certificate',
    );
    await rm(folder, { recursive: true });
  });
});

test('samples that are no count are left out and counted, those of the overlap not again', async () => {
  const samples = [
    [NOW - 9 * MINUTE, 'NaN'],
    [NOW - 4.5 * MINUTE, '3'],
    [NOW - 4 * MINUTE, '+Inf'],
    [NOW - 3.75 * MINUTE, '-1'],
    [NOW - 3.5 * MINUTE, '8'],
  ] as const;
  await using server = await startServer((request, response, body) => {
    if (request.url?.includes('__name__') === true) response.end(NAMES);
    else {
      const isRaw = !new URLSearchParams(body).get('query')?.includes('last_over_time');
      response.end(matrix(isRaw ? samples : []));
    }
  });
  using source = open(server.url);
  const read = await source.read(range);
  expect(read).toMatchObject({ ok: true, refusedSamples: 2 });
  const calls = read.ok ? read.minutes.map((minute) => minute.calls) : [];
  expect(calls).toEqual([3, 5]);
});
