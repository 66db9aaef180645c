import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readText } from './read-text.ts';

const { signal } = new AbortController();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenmeter-text-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function textOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, 'usage.csv');
  await writeFile(path, bytes);
  let text = '';
  for await (const piece of readText(path, signal)) text += piece;
  return text;
}

// Three bytes a letter, so that a megabyte ends within one.
const LONG = 'é€\n'.repeat(700_000);

test.for([
  { note: 'nothing', bytes: '', want: '' },
  { note: 'one letter', bytes: 'a', want: 'a' },
  { note: 'a long text', bytes: LONG, want: LONG },
  { note: 'a long packed text', bytes: gzipSync(LONG), want: LONG },
  {
    note: 'packed in two members, as two files made one',
    bytes: Buffer.concat([gzipSync('a,b\n'), gzipSync('1,2\n')]),
    want: 'a,b\n1,2\n',
  },
])('$note is read as it is', async ({ bytes, want }) => {
  expect((await textOf(bytes)) === want).toBe(true);
});

test('a packed file that was cut off is an error and no shorter text', async () => {
  const packed = gzipSync('time,service\n2026-10-01T00:00:00Z,shop\n');
  await expect(textOf(packed.subarray(0, -12))).rejects.toThrow('unexpected end of file');
});

test('a file that is not there is an error', async () => {
  const read = async (): Promise<void> => {
    for await (const _ of readText(join(folder, 'none.csv'), signal));
  };
  await expect(read()).rejects.toThrow('ENOENT');
});
