import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PRICE_DATA } from './generated/price-data.ts';

const MODULE = new URL('../scripts/price-archive.mjs', import.meta.url).href;
const ARCHIVE = new URL('../archive/prices.ndjson', import.meta.url);

interface ArchivedRow {
  readonly provider: string;
  readonly row: { readonly m: string; readonly p: readonly unknown[] };
}

interface Archive {
  readArchive(path: string): Map<string, ArchivedRow>;
  archiveRows(
    path: string,
    providers: readonly unknown[],
    how: { readonly date: string; readonly corrected: ReadonlySet<string> },
  ): readonly { readonly change: string }[];
}

function isArchive(value: unknown): value is Archive {
  return typeof value === 'object' && value !== null && 'archiveRows' in value;
}

async function loadArchive(): Promise<Archive> {
  const loaded: unknown = await import(/* @vite-ignore */ MODULE);
  if (!isArchive(loaded)) throw new TypeError('expected the archive script');
  return loaded;
}

test('the bundled prices are what the archive of all compiles adds up to', async () => {
  const { readArchive } = await loadArchive();
  const archived = [...readArchive(ARCHIVE.pathname).entries()].map(([id, { row }]) => [id, row]);
  const bundled = JSON.parse(PRICE_DATA).flatMap(
    (provider: { id: string; rows: { m: string }[] }) =>
      provider.rows.map((row) => [`${provider.id}/${row.m}`, row]),
  );
  expect(new Map(bundled)).toEqual(new Map(archived.map(([id, row]) => [id, row] as const)));
});

test('a price that changes without a date is a new period, and nothing before it is edited', async () => {
  const { archiveRows, readArchive } = await loadArchive();
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  const path = join(folder, 'prices.ndjson');
  const compile = (date: string, input: number, corrected: readonly string[] = []) =>
    archiveRows(path, [{ id: 'x', rows: [{ m: 'm', p: [{ t: { input } }] }] }], {
      date,
      corrected: new Set(corrected),
    }).map(({ change }) => change);
  try {
    expect(compile('2026-01-01', 1)).toEqual(['new']);
    expect(compile('2026-02-01', 1)).toEqual([]);
    const before = readFileSync(path, 'utf8');
    expect(compile('2026-03-01', 2)).toEqual(['changed']);
    expect(compile('2026-03-02', 2)).toEqual([]);
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
    expect(readArchive(path).get('x/m')?.row.p).toEqual([
      { t: { input: 1 } },
      { t: { input: 2 }, f: Date.UTC(2026, 2, 1) },
    ]);
    expect(archiveRows(path, [], { date: '2026-04-01', corrected: new Set() })).toEqual([]);
    expect(readArchive(path).size).toBe(1);
    expect(compile('2026-05-01', 3, ['x/m'])).toEqual(['corrected']);
    expect(readArchive(path).get('x/m')?.row.p).toEqual([{ t: { input: 3 } }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
