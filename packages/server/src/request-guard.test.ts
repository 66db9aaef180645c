import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  rawRequest,
  startTestServer,
  type TestServer,
  temporaryFolder,
} from './server.test-kit.ts';

let kit: TestServer;
let page: Awaited<ReturnType<typeof temporaryFolder>>;
let port: number;

beforeAll(async () => {
  page = await temporaryFolder();
  await mkdir(join(page.path, 'dist/assets'), { recursive: true });
  await writeFile(join(page.path, 'dist/index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(page.path, 'dist/assets/index-Bx3kQ9aZ.js'), 'export {}');
  await writeFile(join(page.path, 'dist/icon.svg'), '<svg/>');
  await writeFile(join(page.path, 'secret.json'), '{}');
  await symlink(join(page.path, 'secret.json'), join(page.path, 'dist/link.json'));
  kit = await startTestServer({ staticDir: join(page.path, 'dist') });
  port = kit.server.port;
});
afterAll(async () => {
  await kit[Symbol.asyncDispose]();
  await page.remove();
});

const OWN = (): string => `127.0.0.1:${port}`;

test('the address of a proxy is ours as well, and only that one', async () => {
  await using one = await startTestServer({ publicUrl: 'https://spend.example.com' });
  const { port: own } = new URL(one.server.url);
  const statuses = await Promise.all(
    [
      { host: 'spend.example.com', origin: 'https://spend.example.com' },
      { host: 'SPEND.example.com' },
      { host: `127.0.0.1:${own}` },
      { host: 'evil.example.com' },
      { host: 'spend.example.com:444' },
      { host: 'spend.example.com', origin: 'https://evil.example.com' },
      { host: 'spend.example.com', origin: 'http://spend.example.com' },
    ].map(async (headers) => {
      const request = { path: '/api/v1/overview', headers };
      return (await rawRequest(Number(own), request)).status;
    }),
  );
  expect(statuses).toEqual([200, 200, 200, 403, 403, 403, 403]);
});

test('a link in a mail opens a page, and nothing else from elsewhere is let in', async () => {
  const visit = {
    host: OWN(),
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const statuses = await Promise.all(
    [
      { path: '/', headers: visit },
      { path: '/api/v1/overview', headers: visit },
      { path: '/', headers: { ...visit, 'sec-fetch-dest': 'iframe' } },
      { path: '/', headers: { ...visit, 'sec-fetch-mode': 'no-cors' } },
      { path: '/', headers: visit, method: 'POST' },
    ].map(async (request) => (await rawRequest(port, request)).status),
  );
  expect(statuses).toEqual([200, 403, 403, 403, 403]);
});

test.for([
  { note: 'our own address', headers: {}, status: 200 },
  { note: 'localhost', headers: { host: 'localhost:PORT' }, status: 200 },
  { note: 'IPv6 loopback', headers: { host: '[::1]:PORT' }, status: 200 },
  { note: 'our own page', headers: { origin: 'http://127.0.0.1:PORT' }, status: 200 },
  { note: 'a name that rebinds to loopback', headers: { host: 'evil.example:PORT' }, status: 403 },
  { note: 'a name that begins like ours', headers: { host: 'localhost.evil:PORT' }, status: 403 },
  { note: 'our name, another port', headers: { host: '127.0.0.1:1' }, status: 403 },
  { note: 'our name without a port', headers: { host: '127.0.0.1' }, status: 403 },
  { note: 'any address', headers: { host: '0.0.0.0:PORT' }, status: 403 },
  { note: 'a foreign page', headers: { origin: 'https://evil.example' }, status: 403 },
  { note: 'a page on another port', headers: { origin: 'http://127.0.0.1:1' }, status: 403 },
  { note: 'https of our name', headers: { origin: 'https://127.0.0.1:PORT' }, status: 403 },
  { note: 'an opaque origin', headers: { origin: 'null' }, status: 403 },
  { note: 'a cross-site image', headers: { 'sec-fetch-site': 'cross-site' }, status: 403 },
  { note: 'a click in our page', headers: { 'sec-fetch-site': 'same-origin' }, status: 200 },
])('a browser is let in only from our own page: $note', async ({ headers, status }) => {
  const own = Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, value.replace('PORT', String(port))]),
  );
  for (const path of ['/api/v1/overview', '/healthz', '/']) {
    const answer = await rawRequest(port, { path, headers: { host: OWN(), ...own } });
    expect([path, answer.status]).toEqual([path, status]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test.for([
  { note: 'OTLP', path: '/v1/traces' },
  { note: 'SQL', path: '/api/v1/sql' },
])('a foreign page cannot write: $note', async ({ path }) => {
  const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
  const answer = await rawRequest(port, { method: 'POST', path, headers, body: '{}' });
  expect(answer.status).toBe(403);
  const preflight = await rawRequest(port, { method: 'OPTIONS', path, headers });
  expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([
    403,
    undefined,
  ]);
});

test('an API post needs a content type that no form can send', async () => {
  const headers = { 'content-type': 'text/plain' };
  const body = '{"sql":"SELECT 1"}';
  const answer = await rawRequest(port, { method: 'POST', path: '/api/v1/sql', headers, body });
  expect(answer.status).toBe(415);
});

test.for(['/', '/api/v1/overview', '/v1/traces', '/nothing', '/healthz'])(
  'nothing from outside is loaded, framed or guessed: %s',
  async (path) => {
    const { headers } = await rawRequest(port, { path });
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  },
);

test.for([
  { path: '/', status: 200, type: 'text/html; charset=utf-8', cache: 'no-cache' },
  {
    path: '/assets/index-Bx3kQ9aZ.js',
    status: 200,
    type: 'text/javascript; charset=utf-8',
    cache: 'public, max-age=31536000, immutable',
  },
  { path: '/icon.svg', status: 200, type: 'image/svg+xml', cache: 'no-cache' },
  { path: '/../secret.json', status: 404, type: 'application/json', cache: undefined },
  { path: '/%2e%2e/secret.json', status: 404, type: 'application/json', cache: undefined },
  { path: '/..%2fsecret.json', status: 404, type: 'application/json', cache: undefined },
  { path: '/link.json', status: 404, type: 'application/json', cache: undefined },
  { path: '/%ff', status: 404, type: 'application/json', cache: undefined },
  { path: '/assets', status: 404, type: 'application/json', cache: undefined },
])('files of the page: $path', async ({ path, status, type, cache }) => {
  const answer = await rawRequest(port, { path });
  expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
    status,
    type,
    cache,
  ]);
});

test.for([
  { note: 'two statements', sql: 'SELECT 1; SELECT 2', error: 'one statement' },
  { note: 'writing', sql: 'DELETE FROM calls', error: 'not a SELECT' },
  { note: 'settings', sql: 'SET threads = 9', error: 'not a SELECT' },
  { note: 'attaching', sql: "ATTACH '/tmp/x.db'", error: 'not a SELECT' },
  { note: 'checkpoint', sql: 'SELECT * FROM force_checkpoint()', error: 'not a SELECT' },
  {
    note: 'checkpoint in a text',
    sql: "FROM query('FROM force_checkpoint()')",
    error: 'not a SELECT',
  },
  { note: 'a parameter', sql: 'SELECT $1', error: 'parameters' },
  { note: 'a file', sql: "SELECT * FROM read_text('/etc/passwd')", error: 'disabled' },
  { note: 'a file by name', sql: "SELECT * FROM '/etc/passwd.csv'", error: 'disabled' },
  { note: 'writing a file', sql: "COPY calls TO '/tmp/x.csv'", error: 'disabled' },
  {
    note: 'the network',
    sql: "SELECT * FROM 'https://example.com/a.csv'",
    error: /disabled|exten/,
  },
  { note: 'a mistake', sql: 'SELEC 1', error: 'syntax error' },
])('SQL cannot leave the ledger: $note', async ({ sql, error }) => {
  const answer = await kit.post('/api/v1/sql', { sql });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ error: expect.stringMatching(error) }),
  ]);
});
