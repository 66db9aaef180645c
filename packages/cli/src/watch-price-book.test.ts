import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { priceCall } from '@tokenmeter/pricing';
import { expect, test } from 'vitest';
import { createTestIo } from './io.test-kit.ts';
import type { Io } from './io.ts';
import { type WatchedPriceBook, watchPriceBook } from './watch-price-book.ts';

const FAST = { quietMs: 20, pollMs: 50 };

interface Kit extends AsyncDisposable {
  readonly folder: string;
  readonly io: Io;
  said(text: string): Promise<void>;
}

async function makeKit(env: Io['env'] = {}): Promise<Kit> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-prices-'));
  let output = '';
  const io = createTestIo({
    stderr: (text) => {
      output += text;
    },
    cwd: folder,
    env: { ...env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  return {
    folder,
    io,
    said: async (text) => {
      const deadline = Date.now() + 120_000;
      while (!output.includes(text)) {
        if (Date.now() > deadline) throw new Error(`never said ${text}: ${output}`);
        await sleep(10);
      }
      output = '';
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const file = (input: number): string =>
  JSON.stringify({ prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input } }] });

/** Cost of a million input tokens: the rate. */
function rateOf(book: WatchedPriceBook): number | undefined {
  const priced = priceCall(
    {
      provider: 'openai',
      requestModel: 'gpt-4o',
      startEpochMs: Date.parse('2026-11-20'),
      modifiers: {},
      usage: { kind: 'reported', tokens: { input: 1_000_000 }, requests: {}, raw: undefined },
    },
    book.current(),
  );
  return priced.kind === 'priced' ? priced.costUsd : undefined;
}

test('a file that is written, replaced, broken, removed and restored', async () => {
  await using kit = await makeKit({ TOKENMETER_PRICES: 'a.json' });
  const path = join(kit.folder, 'a.json');
  await writeFile(path, file(1));
  await using book = await watchPriceBook({}, kit.io, FAST);
  expect(rateOf(book)).toBe(1);
  await writeFile(path, file(2));
  await kit.said('new prices in force: ');
  expect(rateOf(book)).toBe(2);
  await writeFile(`${path}~`, file(3));
  await rename(`${path}~`, path);
  await kit.said('new prices in force: ');
  expect(rateOf(book)).toBe(3);
  await writeFile(path, file(-1));
  await kit.said('a.json:1:');
  expect(rateOf(book)).toBe(3);
  await rm(path);
  await kit.said('cannot be read');
  expect(rateOf(book)).toBe(3);
  await writeFile(path, file(3));
  await kit.said('new prices in force: ');
  expect(rateOf(book)).toBe(3);
});

test('a change that no folder announces is seen all the same', async () => {
  await using kit = await makeKit();
  for (const [name, input] of [
    ['one', 1],
    ['two', 2],
  ] as const) {
    await mkdir(join(kit.folder, name));
    await writeFile(join(kit.folder, name, 'a.json'), file(input));
  }
  // As a mounted volume does it: the file is reached through a link to a folder, and the link is replaced.
  await symlink('one', join(kit.folder, 'data'));
  await mkdir(join(kit.folder, 'mounted'));
  await symlink('../data/a.json', join(kit.folder, 'mounted', 'a.json'));
  await using book = await watchPriceBook({ prices: ['mounted/a.json'] }, kit.io, FAST);
  expect(rateOf(book)).toBe(1);
  await symlink('two', join(kit.folder, 'data-next'));
  await rename(join(kit.folder, 'data-next'), join(kit.folder, 'data'));
  await kit.said('new prices in force: ');
  expect(rateOf(book)).toBe(2);
});

test('without a file the bundled prices are in force', async () => {
  await using kit = await makeKit();
  await using book = await watchPriceBook({}, kit.io, FAST);
  expect([book.paths, rateOf(book)]).toEqual([[], 2.5]);
});

test('the first prices must be usable', async () => {
  await using kit = await makeKit();
  await expect(watchPriceBook({ prices: ['none.json'] }, kit.io, FAST)).rejects.toMatchObject({
    name: 'CommandError',
    exitCode: 2,
  });
});
