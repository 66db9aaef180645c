import { readFileSync } from 'node:fs';
import { bundledPriceBook, parsePriceFile, withLayers } from '@tokenmeter/pricing';
import { expect, test } from 'vitest';
import { CONFIG_FOLDER } from './config-folder.ts';
import { renderCollectorData } from './render-collector-data.ts';

function textOf(path: string): string {
  return readFileSync(new URL(path, CONFIG_FOLDER), 'utf8');
}

test('generated/ is what the price book and the dialect tables say; else run `node scripts/render-collector-data.mjs`', () => {
  const { files, leftOut } = renderCollectorData(bundledPriceBook());
  const stale = files.filter(({ path, text }) => textOf(path) !== text).map(({ path }) => path);
  expect(stale).toEqual([]);
  expect(leftOut).toEqual([]);
  expect(textOf('generated/index.yaml')).toContain(bundledPriceBook().version);
});

test('no text is so long that OTTL takes long to read it', () => {
  const { files } = renderCollectorData(bundledPriceBook());
  const longest = files
    .filter(({ path }) => path.endsWith('.ottl'))
    .flatMap(({ text }) => text.match(/"(?:\\.|[^\\"])*"/g) ?? [])
    .map((text) => text.length);
  expect(Math.max(...longest)).toBeLessThan(8000);
});

test('prices of a file come first, and say whose they are', () => {
  const parsed = parsePriceFile(
    JSON.stringify({
      prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input: 1, output: 2 } }],
    }),
    { name: 'mine', mode: 'overlay' },
  );
  if (!parsed.ok) throw new Error('expected prices');
  const { files } = renderCollectorData(withLayers(bundledPriceBook(), [parsed.layer]));
  const text = (name: string): string =>
    files.find(({ path }) => path === `generated/${name}`)?.text.trim() ?? '';
  // As the Collector takes it: texts of a list stand where its first numbers say.
  const listed = (name: string, at: number): string => {
    const list = Buffer.from(text(name));
    const number = (from: number): number => Number(list.subarray(from, from + 7).toString());
    return list.subarray(number(at * 14), number(at * 14) + number(at * 14 + 7)).toString();
  };
  const place = Number(/"openai":(\d+)/.exec(text('price-places.ottl'))?.[1]);
  const names = listed('price-names.txt', place + 'gpt-4o'.length);
  const number = Number(/<gpt-4o>(\d{5})/.exec(names)?.[1]);
  const row = text('price-heads.txt').slice(number * 66, number * 66 + 66);
  expect(row).toMatch(/^00001000000,00002000000,/);
  expect(JSON.parse(listed('price-rests.txt', Number(row.slice(61))))).toMatchObject({
    s: 'user',
  });
});
