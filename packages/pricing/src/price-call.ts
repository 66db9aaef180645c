import type { RequestClass, RequestCounts, TokenClass, TokenCounts, Usage } from '@tokenmeter/core';
import type { FoundRow, PriceBook } from './price-book.ts';
import type { CostClass, PriceableCall, PricedCall, UnpricedReason } from './priced-call.ts';
import type { TimeWindow } from './rate-card.ts';
import type { ReadyCard, ReadyPeriod, ReadyRow } from './ready-row.ts';

const PICO_PER_USD = 1e12;
const NO_MODIFIERS: readonly string[] = [];
const FREE: readonly string[] = ['free'];

type ReportedUsage = Extract<Usage, { kind: 'reported' }>;
type Computed =
  | {
      readonly ok: true;
      readonly picoUsd: Partial<Record<CostClass, number>>;
      readonly totalPicoUsd: number;
      readonly found: FoundRow;
      readonly tier: string | undefined;
    }
  | { readonly ok: false; readonly reason: UnpricedReason };

/**
 * Prices one call at the rates in force when it started.
 *
 * The served model decides; the requested one only when the response named none. Long-context cards are chosen by the
 * prompt of this one call, cached tokens included. A cost that the provider itself reported wins, with ours beside it.
 * Unknown models, missing or impossible usage and classes without a rate give no cost and a reason. Never throws.
 */
export function priceCall(call: PriceableCall, book: PriceBook): PricedCall {
  const { usage } = call;
  if (usage.kind === 'missing') return unpriced('no_usage', book);
  if (usage.kind === 'inconsistent') return unpriced('inconsistent_usage', book);
  const computed = computeCost(call, usage, book);
  const reported = usage.providerCostUsd;
  if (reported !== undefined && Number.isFinite(reported) && reported >= 0) {
    return pricedByProvider(reported, computed, book);
  }
  if (!computed.ok) return unpriced(computed.reason, book);
  const { found, tier } = computed;
  const priced = {
    kind: 'priced',
    costUsd: computed.totalPicoUsd / PICO_PER_USD,
    totalPicoUsd: computed.totalPicoUsd,
    picoUsd: computed.picoUsd,
    source: found.source,
    bookVersion: book.version,
    row: found.row.id,
    modifiers: found.row.isFree ? FREE : NO_MODIFIERS,
  } as const;
  return tier === undefined ? priced : { ...priced, tier };
}

function unpriced(reason: UnpricedReason, book: PriceBook): PricedCall {
  return { kind: 'unpriced', reason, bookVersion: book.version };
}

function pricedByProvider(costUsd: number, computed: Computed, book: PriceBook): PricedCall {
  const priced = {
    kind: 'priced',
    costUsd,
    totalPicoUsd: Math.round(costUsd * PICO_PER_USD),
    source: 'provider',
    bookVersion: book.version,
    modifiers: NO_MODIFIERS,
  } as const;
  if (!computed.ok) return { ...priced, picoUsd: {} };
  return {
    ...priced,
    picoUsd: computed.picoUsd,
    row: computed.found.row.id,
    ...(computed.tier === undefined ? {} : { tier: computed.tier }),
    computedUsd: computed.totalPicoUsd / PICO_PER_USD,
  };
}

function computeCost(call: PriceableCall, usage: ReportedUsage, book: PriceBook): Computed {
  const prompt = promptTokens(usage);
  if (prompt === undefined) return { ok: false, reason: 'inconsistent_usage' };
  if (prompt === 'none') return { ok: false, reason: 'no_usage' };
  const model = call.responseModel ?? call.requestModel;
  const found = model === undefined ? undefined : book.find(call.provider, model);
  if (found === undefined) return { ok: false, reason: 'unknown_model' };
  const period = periodAt(found.row, call.startEpochMs);
  if (found.row.isFree) return freeOf(usage, found);
  if (period === undefined) return { ok: false, reason: 'missing_rate' };
  let card = period.card;
  let tier: string | undefined;
  for (const candidate of period.tiers) {
    if (prompt <= candidate.aboveTokens) break;
    card = candidate.card;
    tier = candidate.name;
  }
  return addUp(usage, card, { found, tier });
}

/** Tokens of the prompt, cached included; undefined when a count is impossible, `none` when nothing was counted. */
function promptTokens(usage: ReportedUsage): number | 'none' | undefined {
  let prompt = 0;
  let isCounted = false;
  for (const name in usage.tokens) {
    const count = countOf(usage.tokens, name);
    if (count === undefined) continue;
    if (!isCount(count)) return undefined;
    isCounted = true;
    if (!isOutput(name)) prompt += count;
  }
  for (const count of Object.values(usage.requests)) {
    if (!isCount(count)) return undefined;
    isCounted = true;
  }
  return isCounted ? prompt : 'none';
}

function isCount(count: unknown): boolean {
  return Number.isSafeInteger(count) && Number(count) >= 0;
}

function isOutput(name: string): boolean {
  return name === 'reasoning' || name.startsWith('output');
}

function countOf(tokens: TokenCounts, name: string): number | undefined {
  return isTokenKey(tokens, name) ? tokens[name] : undefined;
}

function isTokenKey(tokens: TokenCounts, name: string): name is TokenClass {
  return Object.hasOwn(tokens, name);
}

function periodAt(row: ReadyRow, epochMs: number): ReadyPeriod | undefined {
  for (let at = row.periods.length - 1; at >= 0; at -= 1) {
    const period = row.periods[at];
    if (period === undefined || epochMs < period.fromEpochMs || epochMs >= period.untilEpochMs) {
      continue;
    }
    if (period.window === undefined || isInside(period.window, epochMs)) return period;
  }
  return undefined;
}

const DAY_SECONDS = 86_400;

function isInside(window: TimeWindow, epochMs: number): boolean {
  const seconds = Math.floor(epochMs / 1000);
  const second = ((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  const wraps = window.toSecond < window.fromSecond;
  const isAfterStart = second >= window.fromSecond;
  const holds = wraps
    ? isAfterStart || second < window.toSecond
    : isAfterStart && second < window.toSecond;
  if (!holds || window.weekdays === undefined) return holds;
  // 1970-01-01 was a Thursday; after midnight a wrapping window still belongs to the day before.
  const day = Math.floor(seconds / DAY_SECONDS) + 4 - (wraps && !isAfterStart ? 1 : 0);
  return window.weekdays.includes(((day % 7) + 7) % 7);
}

function freeOf(usage: ReportedUsage, found: FoundRow): Computed {
  const picoUsd: Partial<Record<CostClass, number>> = {};
  for (const name in usage.tokens) if (isTokenKey(usage.tokens, name)) picoUsd[name] = 0;
  return { ok: true, picoUsd, totalPicoUsd: 0, found, tier: undefined };
}

function addUp(
  usage: ReportedUsage,
  card: ReadyCard,
  chosen: { readonly found: FoundRow; readonly tier: string | undefined },
): Computed {
  const picoUsd: Partial<Record<CostClass, number>> = {};
  const tokens = addTokens(usage.tokens, card, picoUsd);
  const requests = addRequests(usage.requests, card, picoUsd);
  if (tokens === undefined || requests === undefined) return { ok: false, reason: 'missing_rate' };
  return {
    ok: true,
    picoUsd,
    totalPicoUsd: tokens + requests,
    found: chosen.found,
    tier: chosen.tier,
  };
}

/** Sum of the token classes, or undefined when one of them has no rate. */
function addTokens(
  tokens: TokenCounts,
  card: ReadyCard,
  picoUsd: Partial<Record<CostClass, number>>,
): number | undefined {
  let total = 0;
  for (const name in tokens) {
    if (!isTokenKey(tokens, name)) continue;
    const count = tokens[name] ?? 0;
    if (count === 0) continue;
    const rate = card.tokens[name];
    if (rate === undefined) return undefined;
    picoUsd[name] = rate * count;
    total += rate * count;
  }
  return total;
}

/** Sum of the fees, or undefined when a counted request has no price. */
function addRequests(
  requests: RequestCounts,
  card: ReadyCard,
  picoUsd: Partial<Record<CostClass, number>>,
): number | undefined {
  let total = 0;
  const { callFee } = card;
  if (callFee !== undefined) {
    picoUsd[callFee.requestClass] = callFee.picoUsd;
    total = callFee.picoUsd;
  }
  for (const name in requests) {
    if (!isRequestKey(requests, name)) continue;
    const count = requests[name] ?? 0;
    if (count === 0) continue;
    const fee = card.requests[name];
    if (fee === undefined) return undefined;
    picoUsd[name] = (picoUsd[name] ?? 0) + fee * count;
    total += fee * count;
  }
  return total;
}

function isRequestKey(requests: RequestCounts, name: string): name is RequestClass {
  return Object.hasOwn(requests, name);
}
