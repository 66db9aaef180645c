import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PRICE_DATA } from './generated/price-data.ts';

interface Line {
  readonly provider: string;
  readonly row: { readonly m: string };
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'provider' in value && 'row' in value;
}

test('the bundled prices are what the archive of all compiles adds up to', () => {
  const rows = new Map<string, unknown>();
  const text = readFileSync(new URL('../archive/prices.ndjson', import.meta.url), 'utf8');
  for (const json of text.split('\n').filter((line) => line !== '')) {
    const line: unknown = JSON.parse(json);
    if (!isLine(line)) throw new TypeError(`expected an archive line, got ${json}`);
    rows.set(`${line.provider}/${line.row.m}`, line.row);
  }
  const bundled = new Map<string, unknown>();
  for (const provider of JSON.parse(PRICE_DATA)) {
    for (const row of provider.rows) bundled.set(`${provider.id}/${row.m}`, row);
  }
  expect(bundled).toEqual(rows);
});
