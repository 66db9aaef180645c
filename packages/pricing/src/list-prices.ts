import type { RequestClass, TokenClass } from '@tokenmeter/core';
import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import { periodAt } from './period-at.ts';
import type { PriceBook } from './price-book.ts';
import type { PriceRow } from './rate-card.ts';
import { type ReadyCard, readyRow } from './ready-row.ts';

/** USD per million tokens by class. */
export type UsdRates = Readonly<Partial<Record<TokenClass, number>>>;

/** A row of a book with the prices in force at one time, in USD. */
export interface ListedPrice {
  /** `provider/model`. */
  readonly id: string;
  /** Price-table provider, such as `google`. */
  readonly provider: string;
  readonly model: string;
  /** Further exact names. */
  readonly aliases: readonly string[];
  readonly isFree: boolean;
  readonly usdPerMillionTokens: UsdRates;
  /** Rates for longer prompts, by rising threshold; each prices the whole call. */
  readonly longContext: readonly {
    readonly aboveTokens: number;
    readonly usdPerMillionTokens: UsdRates;
  }[];
  readonly usdPerRequest: Readonly<Partial<Record<RequestClass, number>>>;
  readonly contextTokens?: number;
  readonly source?: string;
  /** Day on which the price was read, `YYYY-MM-DD`. */
  readonly refreshed?: string;
}

/**
 * The prices of a book in force at a time, sorted by id. A row above hides the row of the same id below. Rows that refer
 * to others are left out: their prices depend on the call.
 */
export function listPrices(book: PriceBook, epochMs: number): readonly ListedPrice[] {
  const listed = new Map<string, ListedPrice>();
  for (const layer of book.layers) {
    for (const row of layer.rows) {
      if (row.base !== undefined || row.when !== undefined || listed.has(row.id)) continue;
      const price = listRow(row, epochMs);
      if (price !== undefined) listed.set(row.id, price);
    }
    if (layer.mode === 'replace') break;
  }
  return [...listed.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function listRow(row: PriceRow, epochMs: number): ListedPrice | undefined {
  const ready = readyRow(row, row.provider, {});
  const period = periodAt(ready.periods, epochMs);
  if (period === undefined) return undefined;
  return {
    id: row.id,
    provider: row.provider,
    model: row.model,
    aliases: row.aliases ?? [],
    isFree: ready.isFree,
    usdPerMillionTokens: usdRates(period.card),
    longContext: period.tiers.map(({ aboveTokens, card }) => ({
      aboveTokens,
      usdPerMillionTokens: usdRates(card),
    })),
    usdPerRequest: usdFees(period.card),
    ...(row.contextTokens === undefined ? {} : { contextTokens: row.contextTokens }),
    ...(row.source === undefined ? {} : { source: row.source }),
    ...(row.refreshed === undefined ? {} : { refreshed: row.refreshed }),
  };
}

function usdRates(card: ReadyCard): UsdRates {
  const rates: Partial<Record<TokenClass, number>> = {};
  for (const name of TOKEN_CLASS_NAMES) {
    const rate = card.tokens.get(name);
    if (rate !== undefined) rates[name] = rate / 1e6;
  }
  return rates;
}

function usdFees(card: ReadyCard): Partial<Record<RequestClass, number>> {
  const fees: Partial<Record<RequestClass, number>> = {};
  for (const name of REQUEST_CLASS_NAMES) {
    const fee = card.requests.get(name);
    if (fee !== undefined) fees[name] = fee / 1e12;
  }
  if (card.callFee !== undefined) fees[card.callFee.requestClass] = card.callFee.picoUsd / 1e12;
  return fees;
}

/** A price that differs between two lists; absent means that the list has none. */
export interface PriceChange {
  readonly id: string;
  /** Token class, request class, or a class above a threshold, such as `input above 200000`. */
  readonly what: string;
  readonly beforeUsd?: number;
  readonly afterUsd?: number;
}

/** What changed between two lists of prices, by id. */
export function comparePrices(
  before: readonly ListedPrice[],
  after: readonly ListedPrice[],
): readonly PriceChange[] {
  const old = new Map(before.map((price) => [price.id, flatten(price)]));
  const fresh = new Map(after.map((price) => [price.id, flatten(price)]));
  const ids = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return ids.flatMap((id) => compareOne(id, old.get(id) ?? new Map(), fresh.get(id) ?? new Map()));
}

function compareOne(
  id: string,
  old: ReadonlyMap<string, number>,
  fresh: ReadonlyMap<string, number>,
): readonly PriceChange[] {
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((what) => {
    const beforeUsd = old.get(what);
    const afterUsd = fresh.get(what);
    if (beforeUsd === afterUsd) return [];
    return [
      {
        id,
        what,
        ...(beforeUsd === undefined ? {} : { beforeUsd }),
        ...(afterUsd === undefined ? {} : { afterUsd }),
      },
    ];
  });
}

function flatten(price: ListedPrice): ReadonlyMap<string, number> {
  return new Map([
    ...Object.entries(price.usdPerMillionTokens),
    ...price.longContext.flatMap(({ aboveTokens, usdPerMillionTokens }) =>
      Object.entries(usdPerMillionTokens).map(
        ([name, usd]) => [`${name} above ${aboveTokens}`, usd] as const,
      ),
    ),
    ...Object.entries(price.usdPerRequest),
  ]);
}

/**
 * Changes that are more likely mistakes than prices: a price that rises or falls by more than `factor`, or that appears
 * from or drops to 0. A refresh holds them back until a person agrees.
 */
export function implausibleChanges(
  changes: readonly PriceChange[],
  factor: number = 5,
): readonly PriceChange[] {
  return changes.filter(({ beforeUsd, afterUsd }) => {
    if (beforeUsd === undefined || afterUsd === undefined) return false;
    const [low, high] = [Math.min(beforeUsd, afterUsd), Math.max(beforeUsd, afterUsd)];
    return low === 0 || high / low > factor;
  });
}
