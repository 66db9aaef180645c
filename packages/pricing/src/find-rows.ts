import { deriveRow } from './derive-row.ts';
import type { LayerIndex, RowQuery } from './layer-index.ts';
import { modelNames } from './model-name.ts';
import type { PriceLayer, PriceQuery } from './price-book.ts';
import { priceProvider } from './provider-ids.ts';
import type { PriceRow } from './rate-card.ts';

/** A layer with its index. */
export interface IndexedLayer {
  readonly layer: PriceLayer;
  readonly index: LayerIndex;
}

/** A row with the source of its layer. */
export interface SourcedRow {
  readonly source: PriceLayer['source'];
  readonly row: PriceRow;
}

/** Makers' own price lists, in the order in which they are asked when a call names no provider. */
export const MAKERS: readonly string[] = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'x-ai',
  'deepseek',
  'cohere',
  'moonshotai',
  'zai',
  'minimax',
  'perplexity',
  'voyageai',
  'groq',
];

const DEEPEST_BASE = 8;
/** References followed for one call; files that refer to themselves in many ways end here. */
const MOST_REFERENCES = 200;

/**
 * Rows for a call, the first in force prices it. The list ends with the first row that is always in force. Rows that
 * refer to others come with those prices filled in; a row whose base is unknown is left out.
 */
export function findRows(
  layers: readonly IndexedLayer[],
  query: PriceQuery,
): { readonly provider: string; readonly rows: readonly SourcedRow[] } {
  const { modifiers } = query;
  const rowQuery = {
    model: query.model,
    ...lowered('deployment', modifiers.deployment),
    ...lowered('region', modifiers.region),
    ...lowered('serviceTier', modifiers.serviceTier),
  };
  const budget: Budget = { references: MOST_REFERENCES };
  const named = priceProvider(query.provider);
  for (const provider of named === '' ? MAKERS : [named]) {
    const rows = search(layers, { ...rowQuery, provider }, { isFull: false, depth: 0, budget });
    if (rows.length > 0) return { provider, rows };
  }
  return { provider: named, rows: [] };
}

function lowered<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  const part: Partial<Record<K, string>> = {};
  if (value !== undefined) part[key] = value.toLowerCase();
  return part;
}

interface Budget {
  references: number;
}

/** `isFull` also looks behind a layer that replaces, as a base may. */
function search(
  layers: readonly IndexedLayer[],
  query: RowQuery,
  how: { readonly isFull: boolean; readonly depth: number; readonly budget: Budget },
): SourcedRow[] {
  const found: SourcedRow[] = [];
  for (const [at, { layer, index }] of layers.entries()) {
    for (const row of layerRows(layer, index, query)) {
      const resolved = resolve(row, { layers, at, query, depth: how.depth, budget: how.budget });
      found.push(...resolved.map((each) => ({ source: layer.source, row: each })));
      if (resolved.some(isAlwaysInForce)) return found;
    }
    if (layer.mode === 'replace' && !how.isFull) break;
  }
  return found;
}

function layerRows(layer: PriceLayer, index: LayerIndex, query: RowQuery): readonly PriceRow[] {
  const own = index.findAll(query);
  if (own.length > 0) return own;
  const fallbacks = layer.fallbackProviders ?? {};
  if (!Object.hasOwn(fallbacks, query.provider)) return [];
  // The maker knows the model without what the seller puts in front: `azure/gpt-4o`.
  const names = new Set([query.model, modelNames(query.provider, query.model).at(-1) ?? '']);
  for (const provider of fallbacks[query.provider] ?? []) {
    for (const model of names) {
      const rows = index.findAll({ ...query, provider, model });
      if (rows.length > 0) return rows;
    }
  }
  return [];
}

function resolve(
  row: PriceRow,
  place: {
    readonly layers: readonly IndexedLayer[];
    readonly at: number;
    readonly query: RowQuery;
    readonly depth: number;
    readonly budget: Budget;
  },
): readonly PriceRow[] {
  if (row.base === undefined) return [row];
  if (place.depth >= DEEPEST_BASE || place.budget.references <= 0) return [];
  place.budget.references -= 1;
  const how = { isFull: true, depth: place.depth + 1, budget: place.budget };
  if (row.base === 'below') {
    const below = search(place.layers.slice(place.at + 1), place.query, how);
    return below.map((base) => deriveRow(row, base.row));
  }
  const slash = row.base.indexOf('/');
  const provider = priceProvider(row.base.slice(0, slash));
  const model = row.base.slice(slash + 1);
  const bases = search(place.layers.slice(place.at), { provider, model }, how);
  return bases.filter((base) => base.row !== row).map((base) => deriveRow(row, base.row));
}

function isAlwaysInForce(row: PriceRow): boolean {
  return (
    row.isFree === true ||
    row.periods.some(
      (period) =>
        !Number.isFinite(period.fromEpochMs ?? Number.NaN) &&
        !Number.isFinite(period.untilEpochMs ?? Number.NaN) &&
        period.window === undefined,
    )
  );
}
