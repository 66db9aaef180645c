import { createLayerIndex, type LayerIndex } from './layer-index.ts';
import type { PriceSource } from './priced-call.ts';
import { priceProvider } from './provider-ids.ts';
import type { PriceRow } from './rate-card.ts';
import { completeRow, type ReadyRow } from './ready-row.ts';

/** One source of prices: a user's file, a refreshed catalogue or the bundled snapshot. */
export interface PriceLayer {
  readonly name: string;
  readonly source: Exclude<PriceSource, 'provider'>;
  /** `replace` hides every layer below: a model that this layer lacks is then unknown. */
  readonly mode: 'overlay' | 'replace';
  /** Name or date, and content hash. */
  readonly version: string;
  /** Price-table providers to ask next when a provider has no row of its own, such as `azure` → `openai`. */
  readonly fallbackProviders?: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly PriceRow[];
}

/** A row found for a call, ready to price with. */
export interface FoundRow {
  readonly source: Exclude<PriceSource, 'provider'>;
  readonly row: ReadyRow;
}

/** Prices in layers; the first layer that knows a model answers. */
export interface PriceBook {
  /** Versions of the layers in force, first layer last, such as `2026-09-23+1a2b3c4d`. */
  readonly version: string;
  readonly layers: readonly PriceLayer[];
  /** Finds the row of a model. Answers are remembered per provider and model, up to a fixed number of names. */
  find(provider: string, model: string): FoundRow | undefined;
}

/** Names remembered per book; hostile input with ever new names must not grow memory. */
const REMEMBERED_NAMES = 20_000;

/** Makes a book of layers, the first of which has the first word. */
export function createPriceBook(layers: readonly PriceLayer[]): PriceBook {
  const end = layers.findIndex((layer) => layer.mode === 'replace');
  const active = end < 0 ? layers : layers.slice(0, end + 1);
  const indexed = active.map((layer) => ({ layer, index: createLayerIndex(layer.rows) }));
  const remembered = new Map<string, Map<string, FoundRow | null>>();
  let count = 0;
  return {
    version: [...active]
      .reverse()
      .map((layer) => layer.version)
      .join('+'),
    layers: active,
    find(provider, model) {
      const known = remembered.get(provider)?.get(model);
      if (known !== undefined) return known ?? undefined;
      if (count >= REMEMBERED_NAMES) {
        remembered.clear();
        count = 0;
      }
      const found = findInLayers(indexed, priceProvider(provider), model);
      const models = remembered.get(provider) ?? new Map<string, FoundRow | null>();
      models.set(model, found ?? null);
      remembered.set(provider, models);
      count += 1;
      return found;
    },
  };
}

/** The book with further layers before its own; the first of `layers` has the first word. */
export function withLayers(book: PriceBook, layers: readonly PriceLayer[]): PriceBook {
  return createPriceBook([...layers, ...book.layers]);
}

function findInLayers(
  layers: readonly { readonly layer: PriceLayer; readonly index: LayerIndex }[],
  provider: string,
  model: string,
): FoundRow | undefined {
  for (const { layer, index } of layers) {
    const providers = [provider, ...(layer.fallbackProviders?.[provider] ?? [])];
    for (const candidate of providers) {
      const row = index.find(candidate, model);
      if (row !== undefined) return { source: layer.source, row: completeRow(row) };
    }
  }
  return undefined;
}
