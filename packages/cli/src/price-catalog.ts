import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { PriceLayer, PriceRow } from '@tokenmeter/pricing';
import { CommandError, type Io } from './io.ts';
import { makeFolder } from './make-folder.ts';

/** A price that a refresh brought and that waits for a person to agree. */
export interface HeldPrice {
  readonly id: string;
  /** Class, such as `input`. */
  readonly what: string;
  readonly beforeUsd?: number;
  readonly afterUsd?: number;
}

/** What is known of the kept catalogue besides its prices. Times are ISO 8601. */
export interface CatalogHeader {
  /** URL or file that it came from. */
  readonly source: string;
  readonly etag?: string;
  /** Of the fetched bytes, in hex. */
  readonly sha256: string;
  /** When this content came. */
  readonly fetched: string;
  /** When the source was last asked. */
  readonly checked: string;
  readonly held: readonly HeldPrice[];
}

/** The last good copy of a refreshed catalogue. */
export interface Catalog {
  readonly header: CatalogHeader;
  readonly rows: readonly PriceRow[];
}

/**
 * The file of refreshed prices: `$XDG_CACHE_HOME/tokenmeter/prices/catalog.ndjson`, else the same below `~/.cache`. It
 * need not exist.
 */
export function catalogFile(env: Io['env']): string {
  const configured = env.XDG_CACHE_HOME ?? '';
  const cache = isAbsolute(configured) ? configured : join(env.HOME || homedir(), '.cache');
  return join(cache, 'tokenmeter', 'prices', 'catalog.ndjson');
}

/** The catalogue as a layer of a price book. */
export function catalogLayer({ header, rows }: Catalog): PriceLayer {
  return {
    name: 'catalog',
    source: 'catalog',
    mode: 'overlay',
    version: `catalog-${header.fetched.slice(0, 10)}-${header.sha256.slice(0, 8)}`,
    date: header.checked,
    rows,
  };
}

/**
 * The kept catalogue, or undefined when there is none. A file that is not what was written (cut, edited, of another
 * version) is not used, and that is said.
 */
export async function readCatalog(io: Pick<Io, 'env' | 'stderr'>): Promise<Catalog | undefined> {
  const path = catalogFile(io.env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  const catalog = decodeCatalog(text);
  if (catalog === undefined) {
    io.stderr(
      `the refreshed prices in ${path} are damaged and not used; renew them with: tokenmeter prices update\n`,
    );
  }
  return catalog;
}

/** Keeps a catalogue in place of the last one; a crash leaves one or the other, whole. Returns its path. */
export async function writeCatalog(catalog: Catalog, env: Io['env']): Promise<string> {
  const path = catalogFile(env);
  const folder = dirname(path);
  const rows = JSON.stringify(catalog.rows);
  const first = JSON.stringify({ format: 1, rows: hashOf(rows), ...catalog.header });
  const draft = `${path}.${process.pid}`;
  try {
    await makeFolder(folder);
    await writeFile(draft, `${first}\n${rows}\n`);
    await rename(draft, path);
  } catch (error) {
    throw new CommandError(`the prices cannot be kept in ${folder}`, {
      hint: 'set XDG_CACHE_HOME to a folder that can be written',
      cause: error,
    });
  }
  return path;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function decodeCatalog(text: string): Catalog | undefined {
  const [first = '', second = ''] = text.split('\n', 2);
  try {
    const header: unknown = JSON.parse(first);
    if (!isHeader(header) || header.rows !== hashOf(second)) return undefined;
    const rows: unknown = JSON.parse(second);
    const { format: _format, rows: _rows, ...own } = header;
    return isRows(rows) ? { header: own, rows } : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHeader(
  value: unknown,
): value is CatalogHeader & { readonly format: 1; readonly rows: string } {
  if (!isObject(value) || value.format !== 1 || !Array.isArray(value.held)) return false;
  return ['source', 'sha256', 'fetched', 'checked', 'rows'].every(
    (key) => typeof value[key] === 'string',
  );
}

/** Their hash says that they are as written; this says that they were prices. */
function isRows(value: unknown): value is readonly PriceRow[] {
  return (
    Array.isArray(value) &&
    value.every((row) => isObject(row) && typeof row.id === 'string' && Array.isArray(row.periods))
  );
}
