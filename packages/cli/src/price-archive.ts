import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createPriceBook, decodeCompiledPrices, type PriceBook } from '@tokenmeter/pricing';

/** The bundled prices as they were before the last compile that changed any. */
export interface ArchivedPrices {
  /** Days of the snapshots, oldest first. */
  readonly days: readonly string[];
  /** The snapshot before the last one; undefined when there is only one. */
  readonly previous: PriceBook | undefined;
}

interface ArchiveLine {
  readonly compiled: string;
  readonly provider: string;
  readonly row: { readonly m: string };
}

/** The path of a file that comes with the price package. */
export function pricingFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.resolve('@tokenmeter/pricing/package.json')));
}

/** Reads the append-only archive that comes with the prices. Throws when the package is incomplete. */
export async function readArchive(): Promise<ArchivedPrices> {
  const text = await readFile(pricingFile('archive/prices.ndjson'), 'utf8');
  const lines = text.split('\n').flatMap((line) => {
    const value: unknown = line === '' ? undefined : JSON.parse(line);
    return isArchiveLine(value) ? [value] : [];
  });
  const days = [...new Set(lines.map(({ compiled }) => compiled))].sort();
  const day = days.at(-2);
  return { days, previous: day === undefined ? undefined : bookOf(lines, day) };
}

function isArchiveLine(value: unknown): value is ArchiveLine {
  return (
    typeof value === 'object' &&
    value !== null &&
    'compiled' in value &&
    typeof value.compiled === 'string' &&
    'provider' in value &&
    'row' in value
  );
}

/** The last line of a row up to that day holds all its periods. */
function bookOf(lines: readonly ArchiveLine[], day: string): PriceBook {
  const last = new Map<string, ArchiveLine>();
  for (const line of lines) {
    if (line.compiled <= day) last.set(`${line.provider}/${line.row.m}`, line);
  }
  const providers = new Map<string, ArchiveLine['row'][]>();
  for (const { provider, row } of last.values()) {
    providers.set(provider, [...(providers.get(provider) ?? []), row]);
  }
  const compiled = [...providers].map(([id, rows]) => ({ id, rows }));
  const { rows } = decodeCompiledPrices(JSON.stringify(compiled), day);
  return createPriceBook([
    { name: 'archive', source: 'snapshot', mode: 'overlay', version: day, rows },
  ]);
}
