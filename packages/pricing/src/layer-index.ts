import { matchesGlob } from './glob.ts';
import { isReleaseSuffix, modelNames, withoutReleases } from './model-name.ts';
import type { PriceRow, RowConditions } from './rate-card.ts';

/** What a call says about its price row. `provider` is a price-table provider; conditions are lower-case. */
export interface RowQuery extends RowConditions {
  readonly provider: string;
  readonly model: string;
}

/** Finds rows of one layer. */
export interface LayerIndex {
  /** Rows that fit, the most exact first: deployment, exact name, pattern of the user, release of a known name. */
  findAll(query: RowQuery): readonly PriceRow[];
}

interface ProviderRows {
  readonly exact: Map<string, PriceRow[]>;
  readonly patterns: PriceRow[];
  readonly globs: PriceRow[];
}

/**
 * Builds the index of a layer. Among rows that fit equally well the earlier one comes first. `isLatestSame` lets a row for
 * `x` price `x-latest` too, as people mean it in files of their own.
 */
export function createLayerIndex(
  rows: readonly PriceRow[],
  isLatestSame: boolean = false,
): LayerIndex {
  const providers = new Map<string, ProviderRows>();
  for (const row of rows) {
    const entry = providers.get(row.provider) ?? {
      exact: new Map(),
      patterns: [],
      globs: [],
    };
    providers.set(row.provider, entry);
    addRow(entry, row);
  }
  return {
    findAll(query) {
      const found = new Set<PriceRow>();
      for (const entry of [providers.get(query.provider), providers.get('*')]) {
        if (entry !== undefined) collect(entry, query, { found, isLatestSame });
      }
      return [...found].sort((a, b) => conditionRank(b) - conditionRank(a));
    },
  };
}

function addRow(entry: ProviderRows, row: PriceRow): void {
  for (const name of [row.model.toLowerCase(), ...(row.aliases ?? [])]) {
    const rows = entry.exact.get(name) ?? [];
    rows.push(row);
    entry.exact.set(name, rows);
  }
  if ((row.prefixes?.length ?? 0) > 0 || (row.infixes?.length ?? 0) > 0) entry.patterns.push(row);
  if ((row.globs?.length ?? 0) > 0) entry.globs.push(row);
}

function collect(
  entry: ProviderRows,
  query: RowQuery,
  { found, isLatestSame }: { readonly found: Set<PriceRow>; readonly isLatestSame: boolean },
): void {
  const names = modelNames(query.provider, query.model);
  const add = (rows: readonly PriceRow[] | undefined): void => {
    for (const row of rows ?? []) if (holds(row.when, query)) found.add(row);
  };
  for (const name of names) add(entry.exact.get(name));
  for (const name of names) add(byGlob(entry.globs, name));
  for (const name of names) {
    add(byPattern(entry.patterns, name));
    for (const base of withoutReleases(name, isLatestSame)) add(entry.exact.get(base));
  }
}

function holds(when: RowConditions | undefined, query: RowQuery): boolean {
  if (when === undefined) return true;
  return (
    (when.deployment === undefined || when.deployment === query.deployment) &&
    (when.region === undefined || when.region === query.region) &&
    (when.serviceTier === undefined || when.serviceTier === query.serviceTier)
  );
}

/** A deployment outranks everything; then the more conditions, the more exact. */
function conditionRank({ when }: PriceRow): number {
  if (when === undefined) return 0;
  const isRegion = when.region === undefined ? 0 : 1;
  const isTier = when.serviceTier === undefined ? 0 : 1;
  return (when.deployment === undefined ? 0 : 4) + isRegion + isTier;
}

function byGlob(rows: readonly PriceRow[], name: string): readonly PriceRow[] {
  const length = (row: PriceRow) =>
    longest(row.globs, (glob) => glob.length <= 512 && matchesGlob(glob, name));
  return byLength(rows, length);
}

/** The longest pattern comes first, so that no family hides a more exact row, whatever the order of rows. */
function byPattern(rows: readonly PriceRow[], name: string): readonly PriceRow[] {
  const length = (row: PriceRow) =>
    Math.max(
      longest(row.prefixes, (text) => hasPrefix(name, text)),
      longest(row.infixes, (text) => hasInfix(name, text)),
    );
  return byLength(rows, length);
}

function byLength(
  rows: readonly PriceRow[],
  lengthOf: (row: PriceRow) => number,
): readonly PriceRow[] {
  return rows
    .map((row) => ({ row, length: lengthOf(row) }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length)
    .map(({ row }) => row);
}

function longest(
  texts: readonly string[] | undefined,
  holdsFor: (text: string) => boolean,
): number {
  let length = 0;
  for (const text of texts ?? []) if (text.length > length && holdsFor(text)) length = text.length;
  return length;
}

function hasPrefix(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  // Azure names its fine-tuned models `<base>.ft-<hash>`.
  return prefix.endsWith('.ft-') || isReleaseSuffix(restOf(name, prefix.length));
}

function hasInfix(name: string, infix: string): boolean {
  const at = name.indexOf(infix);
  if (at < 0 || !isReleaseSuffix(restOf(name, at + infix.length))) return false;
  return at === 0 || /[./:]/.test(name.charAt(at - 1));
}

/** Some patterns end with the separator (`gemma-3-`), which then belongs to the rest. */
function restOf(name: string, from: number): string {
  const endsWithSeparator = from > 0 && /[-@:]/.test(name.charAt(from - 1));
  return name.slice(endsWithSeparator ? from - 1 : from);
}
