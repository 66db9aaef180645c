import {
  bundledPriceBook,
  comparePrices,
  createPriceBook,
  implausibleChanges,
  type ListedPrice,
  listPrices,
  type PriceBook,
  type PriceChange,
  type PriceLayer,
  type PriceRow,
  withLayers,
} from '@tokenmeter/pricing';
import { type Catalog, catalogLayer, type HeldPrice } from './price-catalog.ts';
import { continueRows, rowKey } from './price-history.ts';
import { isAsListed, withListedFees } from './price-listed.ts';

/** What a refresh brings. */
export interface RefreshedPrices {
  readonly rows: readonly PriceRow[];
  /** Prices that changed and are taken. */
  readonly changes: readonly PriceChange[];
  /** Prices that are more likely mistakes: their models keep what they had. */
  readonly held: readonly HeldPrice[];
  /** Rows that say nothing but what the bundled prices say. */
  readonly sameCount: number;
}

/** What is in force, and how to judge what comes. */
export interface RefreshOptions {
  readonly known: Catalog | undefined;
  readonly epochMs: number;
  /** Take prices that rose or fell more than five times. */
  readonly acceptJumps: boolean;
}

/**
 * Lays freshly fetched prices over what is known.
 *
 * A model with a rate that moved by more than five times, or from or to 0, is held back whole. A row whose every price is
 * the bundled one is left to the bundled prices, which know more: tiers, fees, modifiers, history. Every other row is
 * taken; its past stays, and so do fees that the fresh prices do not mention.
 */
export function refreshPrices(fresh: PriceLayer, options: RefreshOptions): RefreshedPrices {
  const { known, epochMs } = options;
  const bundled = bundledPriceBook();
  const listed = new Map(listRows(bundled.layers, epochMs).map((price) => [price.id, price]));
  const kept = new Set(known?.rows.map(rowKey));
  const others = fresh.rows.filter((row) => {
    const price = listed.get(rowKey(row));
    return price === undefined || kept.has(rowKey(row)) || !isAsListed(row, price);
  });
  const rows = others.map((row) => withListedFees(row, listed.get(rowKey(row))));
  const changes = changesOf(inForce(bundled, known), { ...fresh, rows }, epochMs);
  const held = options.acceptJumps ? [] : implausibleChanges(changes);
  const heldIds = new Set(held.map(({ id }) => id));
  return {
    rows: continueRows(
      known?.rows ?? [],
      rows.filter((row) => !heldIds.has(rowKey(row))),
      {
        epochMs,
        isBundled: ({ provider, model }) => bundled.find(provider, model) !== undefined,
      },
    ),
    changes: changes.filter(({ id }) => !heldIds.has(id)),
    held,
    sameCount: fresh.rows.length - others.length,
  };
}

function inForce(bundled: PriceBook, known: Catalog | undefined): PriceBook {
  return known === undefined ? bundled : withLayers(bundled, [catalogLayer(known)]);
}

/** Only what the fresh prices name: the rest of the book stays. */
function changesOf(before: PriceBook, fresh: PriceLayer, epochMs: number): readonly PriceChange[] {
  const after = listRows([fresh], epochMs);
  const ids = new Set(after.map(({ id }) => id));
  const old = listRows(before.layers, epochMs).filter(({ id }) => ids.has(id));
  return comparePrices(old, after);
}

/** Rows with conditions are listed under names of their own, so that they are judged too. */
function listRows(layers: readonly PriceLayer[], epochMs: number): readonly ListedPrice[] {
  const plain = layers.map((layer) => ({ ...layer, rows: layer.rows.map(withoutConditions) }));
  return listPrices(createPriceBook(plain), epochMs);
}

function withoutConditions(row: PriceRow): PriceRow {
  if (row.when === undefined) return row;
  const { when: _, ...rest } = row;
  return { ...rest, id: rowKey(row) };
}
