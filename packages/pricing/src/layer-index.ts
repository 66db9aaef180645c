import { isReleaseSuffix, modelNames, withoutRelease } from './model-name.ts';
import type { PriceRow } from './rate-card.ts';

/** Finds rows of one layer by provider and model name. */
export interface LayerIndex {
  /** The row of this very provider for the model, or undefined. `provider` is a price-table provider. */
  find(provider: string, model: string): PriceRow | undefined;
}

interface ProviderRows {
  readonly exact: Map<string, PriceRow>;
  readonly patterns: PriceRow[];
}

/** Builds the index of a layer. When two rows claim one name exactly, the first wins. */
export function createLayerIndex(rows: readonly PriceRow[]): LayerIndex {
  const providers = new Map<string, ProviderRows>();
  for (const row of rows) {
    let entry = providers.get(row.provider);
    if (entry === undefined) {
      entry = { exact: new Map(), patterns: [] };
      providers.set(row.provider, entry);
    }
    addRow(entry, row);
  }
  return {
    find(provider, model) {
      for (const name of candidateNames(provider, model)) {
        const row = findNamed(providers.get(provider), name) ?? findNamed(providers.get('*'), name);
        if (row !== undefined) return row;
      }
      return undefined;
    },
  };
}

function addRow(entry: ProviderRows, row: PriceRow): void {
  for (const name of [row.model.toLowerCase(), ...(row.aliases ?? [])]) {
    if (!entry.exact.has(name)) entry.exact.set(name, row);
  }
  if ((row.prefixes?.length ?? 0) > 0 || (row.infixes?.length ?? 0) > 0) entry.patterns.push(row);
}

function candidateNames(provider: string, model: string): readonly string[] {
  const names = modelNames(model);
  const own = `${provider}/`;
  const stripped = names
    .filter((name) => name.startsWith(own))
    .map((name) => name.slice(own.length));
  return stripped.length === 0 ? names : [...names, ...stripped];
}

function findNamed(entry: ProviderRows | undefined, name: string): PriceRow | undefined {
  if (entry === undefined) return undefined;
  const exact = entry.exact.get(name);
  if (exact !== undefined) return exact;
  const pattern = findPattern(entry.patterns, name);
  if (pattern !== undefined) return pattern;
  const base = withoutRelease(name);
  return base === undefined ? undefined : entry.exact.get(base);
}

/** The longest pattern wins, so that no family row hides a more exact one, whatever the order of rows. */
function findPattern(rows: readonly PriceRow[], name: string): PriceRow | undefined {
  let best: PriceRow | undefined;
  let bestLength = 0;
  for (const row of rows) {
    const length = Math.max(
      longest(row.prefixes, (text) => hasPrefix(name, text)),
      longest(row.infixes, (text) => hasInfix(name, text)),
    );
    if (length > bestLength) {
      best = row;
      bestLength = length;
    }
  }
  return best;
}

function longest(texts: readonly string[] | undefined, holds: (text: string) => boolean): number {
  let length = 0;
  for (const text of texts ?? []) if (text.length > length && holds(text)) length = text.length;
  return length;
}

function hasPrefix(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && isReleaseSuffix(rest(name, prefix.length));
}

function hasInfix(name: string, infix: string): boolean {
  const at = name.indexOf(infix);
  if (at < 0 || !isReleaseSuffix(rest(name, at + infix.length))) return false;
  return at === 0 || /[./:]/.test(name.charAt(at - 1));
}

/** Some prefixes end with the separator (`gemma-3-`), which then belongs to the rest. */
function rest(name: string, from: number): string {
  const start = from > 0 && /[-@:]/.test(name.charAt(from - 1)) ? from - 1 : from;
  return name.slice(start) === name.charAt(start) ? '' : name.slice(start);
}
