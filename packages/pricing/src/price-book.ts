import type { PriceModifiers } from '@tokenmeter/core';
import { findRows, type IndexedLayer } from './find-rows.ts';
import { createLayerIndex } from './layer-index.ts';
import type { PriceSource } from './priced-call.ts';
import type { PriceRow } from './rate-card.ts';
import { type ReadyRow, readyRow } from './ready-row.ts';

/** One source of prices: a user's file, a refreshed catalogue or the bundled snapshot. */
export interface PriceLayer {
  readonly name: string;
  readonly source: Exclude<PriceSource, 'provider'>;
  /** `replace` hides every layer below: a model that this layer lacks is then unknown. */
  readonly mode: 'overlay' | 'replace';
  /** Name or date, and content hash. */
  readonly version: string;
  /** When a table was last known to be right, as ISO date or time; undefined for files whose rows have dates of their own. */
  readonly date?: string;
  /** Price-table providers to ask next when a provider has no row of its own, such as `azure` → `openai`. */
  readonly fallbackProviders?: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly PriceRow[];
}

/** What a call says about its price. */
export interface PriceQuery {
  readonly provider: string;
  readonly model: string;
  readonly modifiers: PriceModifiers;
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
  /**
   * Rows for a call, the first that is in force at its start prices it; none for an unknown model. Answers are
   * remembered up to a fixed number of names, so that a warm call costs one look-up.
   */
  findAll(provider: string, model: string, modifiers: PriceModifiers): readonly FoundRow[];
  /** The first row for a model without modifiers, or undefined for an unknown model. */
  find(provider: string, model: string): FoundRow | undefined;
}

/** Names remembered per book; hostile input with ever new names must not grow memory. */
const REMEMBERED_NAMES = 20_000;
/** Longer names are nobody's, and are not remembered. */
const LONGEST_NAME = 512;
const NO_MODIFIERS: PriceModifiers = {};
/** Modifier combinations remembered per model. */
const REMEMBERED_MODIFIERS = 32;

/** Makes a book of layers, the first of which has the first word. */
export function createPriceBook(layers: readonly PriceLayer[]): PriceBook {
  const indexed: readonly IndexedLayer[] = layers.map((layer) => ({
    layer,
    index: createLayerIndex(layer.rows, layer.source === 'user'),
  }));
  const remembered = new Map<string, Map<string, ModelPrices>>();
  let count = 0;
  const remember = (provider: string, model: string): ModelPrices => {
    if (count >= REMEMBERED_NAMES) {
      remembered.clear();
      count = 0;
    }
    count += 1;
    const prices = new ModelPrices(indexed, provider, model);
    const models = remembered.get(provider) ?? new Map<string, ModelPrices>();
    models.set(model, prices);
    remembered.set(provider, models);
    return prices;
  };
  const findAll = (
    provider: string,
    model: string,
    modifiers: PriceModifiers,
  ): readonly FoundRow[] => {
    if (model.length > LONGEST_NAME || provider.length > LONGEST_NAME) return [];
    const known = remembered.get(provider)?.get(model) ?? remember(provider, model);
    return known.find(modifiers);
  };
  return {
    version: versionOf(layers),
    layers,
    findAll,
    find(provider, model) {
      return findAll(provider, model, NO_MODIFIERS)[0];
    },
  };
}

/** The book with further layers before its own; the first of `layers` has the first word. */
export function withLayers(book: PriceBook, layers: readonly PriceLayer[]): PriceBook {
  return layers.length === 0 ? book : createPriceBook([...layers, ...book.layers]);
}

/** Layers hidden by `replace` still take part when a row above refers to their prices. */
function versionOf(layers: readonly PriceLayer[]): string {
  const visible = visibleLayers(layers);
  const isReferring = visible.some((layer) => layer.rows.some((row) => row.base !== undefined));
  return [...(isReferring ? layers : visible)]
    .reverse()
    .map((layer) => layer.version)
    .join('+');
}

/** The layers that may answer: down to the first one that replaces those below it. */
export function visibleLayers(layers: readonly PriceLayer[]): readonly PriceLayer[] {
  const end = layers.findIndex((layer) => layer.mode === 'replace');
  return end < 0 ? layers : layers.slice(0, end + 1);
}

interface ModifiedPrices {
  readonly modifiers: PriceModifiers;
  readonly found: readonly FoundRow[];
}

/** Prices of one model by modifiers. Calls mostly repeat a few combinations, so they are compared in turn. */
class ModelPrices {
  readonly #layers: readonly IndexedLayer[];
  readonly #provider: string;
  readonly #model: string;
  #known: readonly ModifiedPrices[] = [];

  constructor(layers: readonly IndexedLayer[], provider: string, model: string) {
    this.#layers = layers;
    this.#provider = provider;
    this.#model = model;
  }

  find(modifiers: PriceModifiers): readonly FoundRow[] {
    for (const known of this.#known) {
      if (isSame(known.modifiers, modifiers)) return known.found;
    }
    const query = { provider: this.#provider, model: this.#model, modifiers };
    const { provider, rows } = findRows(this.#layers, query);
    const found = rows.map(({ source, row }) => ({
      source,
      row: readyRow(row, provider, modifiers),
    }));
    const kept = this.#known.length < REMEMBERED_MODIFIERS ? this.#known : [];
    this.#known = [...kept, { modifiers, found }];
    return found;
  }
}

function isSame(a: PriceModifiers, b: PriceModifiers): boolean {
  return (
    a === b ||
    (a.serviceTier === b.serviceTier &&
      a.speed === b.speed &&
      a.inferenceGeo === b.inferenceGeo &&
      a.region === b.region &&
      a.deployment === b.deployment)
  );
}
