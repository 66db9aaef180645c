import {
  addUp,
  type CostSum,
  type Counts,
  countsProblem,
  freeSum,
  promptTokens,
  withTime,
} from './add-up.ts';
import { periodAt } from './period-at.ts';
import type { FoundRow, PriceBook } from './price-book.ts';
import type { PriceableCall, PricedCall, UnpricedReason } from './priced-call.ts';
import type { ReadyCard, ReadyPeriod } from './ready-row.ts';

const PICO_PER_USD = 1e12;

type Computed =
  | {
      readonly ok: true;
      readonly sum: CostSum;
      readonly found: FoundRow;
      readonly tier: string | undefined;
    }
  | { readonly ok: false; readonly reason: UnpricedReason };

/**
 * Prices one call at the rates in force when it started.
 *
 * The served model decides; the requested one only when the response named none. Long-context cards are chosen by the
 * prompt of this one call, cached tokens included. A cost that the provider itself reported wins, with ours beside it.
 * Unknown models, missing or impossible usage, modifiers and classes without a rate give no cost and a reason.
 * Never throws.
 */
export function priceCall(call: PriceableCall, book: PriceBook): PricedCall {
  const computed = computeCost(call, book);
  const reported = call.usage.kind === 'reported' ? call.usage.providerCostUsd : undefined;
  if (reported !== undefined && Number.isFinite(reported) && reported >= 0) {
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

const NO_COUNTS: Counts = {};

function computeCost(call: PriceableCall, book: PriceBook): Computed {
  const { usage } = call;
  if (usage.kind === 'inconsistent') return failed('inconsistent_usage');
  const tokens: Counts = usage.kind === 'missing' ? NO_COUNTS : usage.tokens;
  const requests: Counts = usage.kind === 'missing' ? NO_COUNTS : usage.requests;
  const model = call.responseModel ?? call.requestModel;
  const rows = model === undefined ? [] : book.findAll(call.provider, model, call.modifiers);
  for (const found of rows) {
    const period = periodAt(found.row.periods, call.startEpochMs);
    if (period === undefined) continue;
    const { card, tier } = cardFor(period, tokens);
    const sum = sumOf(call, found.row.isFree, { card, tokens, requests });
    return typeof sum === 'string' ? failed(sum) : { ok: true, sum, found, tier };
  }
  const problem = countsProblem(tokens, requests);
  return failed(problem ?? (rows.length === 0 ? 'unknown_model' : 'missing_rate'));
}

function failed(reason: UnpricedReason): Computed {
  return { ok: false, reason };
}

function cardFor(
  period: ReadyPeriod,
  tokens: Counts,
): { readonly card: ReadyCard; readonly tier: string | undefined } {
  let card = period.card;
  let tier: string | undefined;
  if (period.tiers.length === 0) return { card, tier };
  const prompt = promptTokens(tokens);
  for (const candidate of period.tiers) {
    if (!(prompt > candidate.aboveTokens)) break;
    card = candidate.card;
    tier = candidate.name;
  }
  return { card, tier };
}

/** Free models and machines rented by time have a price even when nothing was counted. */
function sumOf(
  call: PriceableCall,
  isFree: boolean,
  {
    card,
    tokens,
    requests,
  }: { readonly card: ReadyCard; readonly tokens: Counts; readonly requests: Counts },
): CostSum | UnpricedReason {
  if (isFree) {
    return countsProblem(tokens, requests) === 'inconsistent_usage'
      ? 'inconsistent_usage'
      : freeSum(tokens);
  }
  const sum = addUp(card, tokens, requests);
  if (typeof sum === 'string') return sum;
  if (card.secondPicoUsd !== undefined) return withTime(sum, card.secondPicoUsd, call);
  const problem = sum.totalPicoUsd === 0 ? countsProblem(tokens, requests) : undefined;
  return problem ?? sum;
}
