import { type Computed, computeCost } from './compute-cost.ts';
import type { PriceBook } from './price-book.ts';
import type { PriceableCall, PricedCall } from './priced-call.ts';

const PICO_PER_USD = 1e12;

/** A larger cost of one call, in USD, is a mistake of whoever reported it. */
const MOST_REPORTED_USD = 1_000_000;

/**
 * Prices one call at the rates in force when it started.
 *
 * The served model decides; the requested one only when the response named none. Long-context cards are chosen by the
 * prompt of this one call, or of each pass inside it, cached tokens included. A cost that the provider itself reported wins, with ours beside it, unless it is none or over $1,000,000.
 * Unknown models, missing or impossible usage, modifiers and classes without a rate give no cost and a reason.
 * Never throws.
 */
export function priceCall(call: PriceableCall, book: PriceBook): PricedCall {
  const computed = computeCost(call, book);
  const reported = call.usage.kind === 'reported' ? call.usage.providerCostUsd : undefined;
  if (reported !== undefined && reported >= 0 && reported <= MOST_REPORTED_USD) {
    return pricedByProvider(reported, computed, book);
  }
  if (!computed.ok) return { kind: 'unpriced', reason: computed.reason, bookVersion: book.version };
  const { found, tier } = computed;
  const priced = {
    kind: 'priced',
    costUsd: computed.sum.totalPicoUsd / PICO_PER_USD,
    totalPicoUsd: computed.sum.totalPicoUsd,
    picoUsd: computed.sum.picoUsd,
    source: found.source,
    bookVersion: book.version,
    row: found.row.id,
    modifiers: found.row.modifiers,
  } as const;
  return tier === undefined ? priced : { ...priced, tier };
}

function pricedByProvider(costUsd: number, computed: Computed, book: PriceBook): PricedCall {
  const priced = {
    kind: 'priced',
    costUsd,
    totalPicoUsd: Math.round(costUsd * PICO_PER_USD),
    source: 'provider',
    bookVersion: book.version,
  } as const;
  if (!computed.ok) return { ...priced, picoUsd: {}, modifiers: [] };
  return {
    ...priced,
    picoUsd: computed.sum.picoUsd,
    row: computed.found.row.id,
    ...(computed.tier === undefined ? {} : { tier: computed.tier }),
    modifiers: computed.found.row.modifiers,
    computedUsd: computed.sum.totalPicoUsd / PICO_PER_USD,
  };
}
