import { type PriceBook, type PricedCall, priceCall } from '@tokenmeter/pricing';
import { type CallRow, callText, isUnbilled, MAX_USD, withCallTexts } from './describe-call.ts';
import { type PricedTotals, toPriceableCall } from './price-basis.ts';

const MAX_PICO_USD = MAX_USD * 1e12;

/**
 * Prices a call of another instrumentation from the inclusive totals that its span carries, at the rates in force when it
 * started. Calls that were metered at the wire, and those that came with a cost or a reason for having none, stay as
 * they are. Never throws.
 */
export function priceForeignCall(call: CallRow, book: PriceBook): CallRow {
  if (call.isMetered || isUnbilled(call)) return call;
  const reason = callText(call, 'unpriced_reason');
  if (call.costPicoUsd !== undefined || reason !== '') return withVersion(call, reason, book);
  const priced = priceCall(toPriceableCall(totalsOf(call), call.priceBasis), book);
  if (priced.kind === 'unpriced') return unpriced(call, priced.reason, priced.bookVersion);
  if (priced.totalPicoUsd > MAX_PICO_USD) {
    return unpriced(call, 'inconsistent_usage', priced.bookVersion);
  }
  return {
    ...withCallTexts(call, { cost_source: priced.source, price_version: priced.bookVersion }),
    costPicoUsd: BigInt(priced.totalPicoUsd),
    costParts: partsOf(priced),
  };
}

/** What was decided while reading the span was decided beside this book; what came decided has its own version, or none. */
function withVersion(call: CallRow, reason: string, book: PriceBook): CallRow {
  const isOurs = reason === 'inconsistent_usage' || callText(call, 'cost_source') === 'provider';
  if (!isOurs || callText(call, 'price_version') !== '') return call;
  return withCallTexts(call, { price_version: book.version });
}

function unpriced(call: CallRow, reason: string, bookVersion: string): CallRow {
  return withCallTexts(call, { unpriced_reason: reason, price_version: bookVersion });
}

function partsOf({
  picoUsd,
}: Extract<PricedCall, { kind: 'priced' }>): readonly (readonly [string, bigint])[] {
  return Object.entries(picoUsd).flatMap(([costClass, amount]) =>
    amount === 0 ? [] : [[costClass, BigInt(amount)] as const],
  );
}

/** The names, times and totals of a call. */
export function totalsOf(call: CallRow): PricedTotals {
  return {
    provider: callText(call, 'provider'),
    requestModel: callText(call, 'request_model'),
    responseModel: callText(call, 'response_model'),
    startEpochMs: call.startEpochMs,
    endEpochMs: call.endEpochMs,
    inputTokens: call.inputTokens,
    outputTokens: call.outputTokens,
    cacheReadTokens: call.cacheReadTokens,
    cacheWriteTokens: call.cacheWriteTokens,
    reasoningTokens: call.reasoningTokens,
  };
}
