import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { priceCall } from '@tokenmeter/pricing';
import { listen } from '@tokenmeter/testkit';
import { describe, expect, test } from 'vitest';
import { createTestIo } from './io.test-kit.ts';
import { parsePriceRefresh, startPriceRefresh } from './price-refresh-schedule.ts';
import { type WatchedPriceBook, watchPriceBook } from './watch-price-book.ts';

const EVERY_MS = 40;
const FAST = { quietMs: 10, pollMs: 30 };

async function makeKit() {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-refresh-'));
  let output = '';
  const io = createTestIo({
    stderr: (text) => {
      output += text;
    },
    cwd: folder,
    env: { XDG_CACHE_HOME: join(folder, 'cache') },
  });
  return {
    folder,
    io,
    output: () => output,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function until(holds: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited for too long: ${what()}`);
    await sleep(10);
  }
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** A price server whose answers a test sets; it counts what it answered. */
async function startPriceServer() {
  let body = '';
  let status = 200;
  const answered: number[] = [];
  const server = createServer((request, response) => {
    const etag = `"${body.length}-${body.slice(-40).replaceAll(/\W/g, '')}"`;
    const code = status === 200 && request.headers['if-none-match'] === etag ? 304 : status;
    answered.push(code);
    response.writeHead(code, { etag }).end(code === 304 ? undefined : body);
  });
  let listening = await listen(server);
  const { port } = listening;
  const stop = (): Promise<void> => listening.stop();
  return {
    url: `http://127.0.0.1:${port}/prices.json`,
    answer(text: string, code = 200): void {
      body = text;
      status = code;
    },
    /** Waits until this many more requests were answered with a status. */
    async answers(code: number, count: number): Promise<void> {
      const before = answered.filter((each) => each === code).length;
      const isEnough = () => answered.filter((each) => each === code).length >= before + count;
      await until(isEnough, () => `${code} in ${answered.join(' ')}`);
    },
    async restart(): Promise<void> {
      listening = await listen(server, { port });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const prices = (input: number): string =>
  JSON.stringify({
    prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input, output: 10 } }],
  });

/** Cost of a million input tokens now: the rate. Bundled: USD 2.50 (openai.com/api/pricing, 2026-11-20). */
function rateOf(book: WatchedPriceBook): number | undefined {
  const priced = priceCall(
    {
      provider: 'openai',
      requestModel: 'gpt-4o',
      startEpochMs: Date.now(),
      modifiers: {},
      usage: { kind: 'reported', tokens: { input: 1_000_000 }, requests: {}, raw: undefined },
    },
    book.current(),
  );
  return priced.kind === 'priced' ? priced.costUsd : undefined;
}

describe('renewed prices', () => {
  test('take force when they change, and nothing else moves them', async () => {
    await using kit = await makeKit();
    await using server = await startPriceServer();
    const said = (text: string, count = 1) =>
      until(() => countOf(kit.output(), text) >= count, kit.output);
    await using book = await watchPriceBook({}, kit.io, FAST);
    expect(rateOf(book)).toBe(2.5);
    server.answer(prices(2));
    await using _refresh = startPriceRefresh(
      { from: server.url, everyMs: EVERY_MS, pin: undefined },
      kit.io,
    );
    await said('new prices in force: ');
    expect(book.current().version).toMatch(/\+catalog-\d{4}-\d\d-\d\d-[0-9a-f]{8}$/);
    expect(kit.output()).toContain(book.current().version);
    expect(rateOf(book)).toBe(2);
    // Not modified: not said again.
    await server.answers(304, 3);
    expect(countOf(kit.output(), 'new prices in force: ')).toBe(1);
    server.answer(prices(3));
    await said('new prices in force: ', 2);
    expect(rateOf(book)).toBe(3);
    // An error is said once, however often it comes.
    server.answer('no', 500);
    await server.answers(500, 4);
    expect(countOf(kit.output(), 'answered 500')).toBe(1);
    expect(kit.output()).toMatch(/the copy of \d{4}-\d\d-\d\d stays in force/);
    expect(rateOf(book)).toBe(3);
    server.answer(prices(3));
    await said('prices can be renewed again');
    // Hostile: a price below zero under a name that would steer a terminal.
    server.answer(
      '{"prices":[{"provider":"openai","model":"\\u001b[2Jgpt-4o","rates":{"input":-1}}]}',
    );
    await said('prices could not be renewed', 2);
    await server.answers(200, 3);
    expect(countOf(kit.output(), 'prices could not be renewed')).toBe(2);
    expect(kit.output()).not.toContain('\u001b');
    expect(rateOf(book)).toBe(3);
    // A jump of more than five times waits for a person.
    server.answer(prices(30));
    await said('moved by more than 5 times and are held back');
    await server.answers(304, 3);
    expect(countOf(kit.output(), 'held back')).toBe(1);
    expect(rateOf(book)).toBe(3);
    // Away: said once, and the last good copy prices.
    await server.stop();
    await said('cannot be reached (ECONNREFUSED)');
    await sleep(EVERY_MS * 4);
    expect(countOf(kit.output(), 'cannot be reached')).toBe(1);
    expect(rateOf(book)).toBe(3);
    await server.restart();
    await said('prices can be renewed again', 3);
  }, 60_000);

  test('come from a file too, which is read again only to no effect while it stays the same', async () => {
    await using kit = await makeKit();
    await using book = await watchPriceBook({}, kit.io, FAST);
    await writeFile(join(kit.folder, 'mine.json'), prices(2));
    await using _refresh = startPriceRefresh(
      { from: 'mine.json', everyMs: EVERY_MS, pin: undefined },
      kit.io,
    );
    await until(() => rateOf(book) === 2, kit.output);
    await sleep(EVERY_MS * 4);
    await writeFile(join(kit.folder, 'mine.json'), prices(4));
    await until(() => rateOf(book) === 4, kit.output);
    expect(countOf(kit.output(), 'new prices in force: ')).toBe(2);
  });

  test('with another hash than the pinned one are refused', async () => {
    await using kit = await makeKit();
    await using server = await startPriceServer();
    await using book = await watchPriceBook({}, kit.io, FAST);
    server.answer(prices(2));
    await using _refresh = startPriceRefresh(
      { from: server.url, everyMs: EVERY_MS, pin: '0'.repeat(64) },
      kit.io,
    );
    await until(() => kit.output().includes('expected content with SHA-256 0000'), kit.output);
    expect(kit.output()).toContain('the bundled prices stay in force');
    await server.answers(200, 2);
    expect(rateOf(book)).toBe(2.5);
  });

  test('that never come do not hold up the end', async () => {
    await using kit = await makeKit();
    const silent = createServer(() => undefined);
    await using listening = await listen(silent);
    const from = `http://127.0.0.1:${listening.port}/`;
    const refresh = startPriceRefresh({ from, everyMs: EVERY_MS, pin: undefined }, kit.io);
    await once(silent, 'request');
    await refresh[Symbol.asyncDispose]();
    expect(kit.output()).toBe('');
  });
});

describe('options', () => {
  const env = { TOKENMETER_REFRESH_PRICES: 'https://a.example/p.json' };
  const HASH = 'A'.repeat(64);

  test.for([
    { note: 'nothing asks for nothing', options: {}, env: {}, want: undefined },
    {
      note: 'an empty variable is none',
      options: {},
      env: { TOKENMETER_REFRESH_PRICES: '' },
      want: undefined,
    },
    {
      note: 'a variable alone means once a day',
      options: {},
      env,
      want: { from: 'https://a.example/p.json', everyMs: 86_400_000, pin: undefined },
    },
    {
      note: 'options outrank variables',
      options: { refreshPrices: 'p.json', refreshEvery: '90m', refreshSha256: HASH },
      env: { ...env, TOKENMETER_REFRESH_EVERY: '1h', TOKENMETER_REFRESH_SHA256: 'x' },
      want: { from: 'p.json', everyMs: 5_400_000, pin: 'a'.repeat(64) },
    },
  ])('$note', ({ options, env: given, want }) => {
    expect(parsePriceRefresh(options, given)).toEqual(want);
  });

  test.for([
    { note: 'no time', options: { refreshEvery: 'often' }, want: '--refresh-every must be' },
    { note: 'too often', options: { refreshEvery: '0s' }, want: '--refresh-every must be' },
    { note: 'too seldom', options: { refreshEvery: '30d' }, want: '--refresh-every must be' },
    { note: 'no hash', options: { refreshSha256: 'abc' }, want: '64 hexadecimal digits' },
    { note: 'another scheme', options: { refreshPrices: 'ftp://x' }, want: 'http or https' },
    { note: 'plain http', options: { refreshPrices: 'http://a.example/' }, want: 'plain http' },
    { note: 'replace', options: { replace: true }, want: '--replace' },
    { note: 'no source', options: { refreshPrices: '', refreshEvery: '1h' }, want: 'no source' },
  ])('$note is wrong usage', ({ options, want }) => {
    expect(() => parsePriceRefresh(options, env)).toThrow(want);
  });
});
