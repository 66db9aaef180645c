import { type PriceableCall, type PriceBook, priceCall } from '@tokenmeter/pricing';
import { MAX_USD } from './describe-call.ts';
import { type PricedTotals, parsePriceBasis, toPriceableCall } from './price-basis.ts';

/** A call as the ledger has it, with its newest cost. Empty texts are absent. */
export interface StoredCall extends PricedTotals {
  readonly traceId: string;
  readonly spanId: string;
  /** As written by `describePriceBasis`; undefined for calls from before it was kept. */
  readonly priceBasis: string | undefined;
  readonly costPicoUsd: bigint | undefined;
  readonly costSource: string;
  readonly unpricedReason: string;
}

/** A cost beside the reported one. */
export interface NewCost {
  /** Undefined when the book has no price for the call; then there is a reason. */
  readonly costPicoUsd: bigint | undefined;
  readonly costSource: string;
  readonly unpricedReason: string;
}

/**
 * Why a call keeps its cost: its provider or another tool reported it, the ledger does not know how its tokens spread over
 * several passes, or it is older than what the ledger keeps for repricing.
 */
type KeptReason = 'reportedCost' | 'severalPasses' | 'notRecorded';

/** What a price book makes of a call. */
export type Repriced =
  | { readonly kind: 'same' }
  | { readonly kind: 'kept'; readonly reason: KeptReason }
  | { readonly kind: 'changed'; readonly cost: NewCost };

const OWN_SOURCES: ReadonlySet<string> = new Set(['user', 'catalog', 'snapshot']);
const MAX_PICO_USD = MAX_USD * 1e12;

/** Prices a stored call again, at the rates that the book has for the time of the call. Never throws. */
export function repriceCall(call: StoredCall, book: PriceBook): Repriced {
  if (call.costPicoUsd !== undefined && !OWN_SOURCES.has(call.costSource)) {
    return { kind: 'kept', reason: 'reportedCost' };
  }
  const basis = parsePriceBasis(call.priceBasis);
  if (!basis.ok) return { kind: 'kept', reason: 'notRecorded' };
  if (basis.value?.passes !== undefined) return { kind: 'kept', reason: 'severalPasses' };
  const priceable = withKnownProblem(call, toPriceableCall(call, basis.value));
  // A refused request was never billed; it has neither usage nor a reason.
  const isUnbilled = call.costPicoUsd === undefined && call.unpricedReason === '';
  if (isUnbilled && priceable.usage.kind === 'missing') return { kind: 'same' };
  const cost = costOf(priceable, book);
  const isSame =
    cost.costPicoUsd === call.costPicoUsd && cost.unpricedReason === call.unpricedReason;
  return isSame ? { kind: 'same' } : { kind: 'changed', cost };
}

/** Counts that contradicted each other where they were read never reached the span. */
function withKnownProblem(call: StoredCall, priceable: PriceableCall): PriceableCall {
  if (call.unpricedReason !== 'inconsistent_usage' || priceable.usage.kind !== 'missing') {
    return priceable;
  }
  return { ...priceable, usage: { kind: 'inconsistent', problem: 'as_reported', raw: undefined } };
}

function costOf(call: PriceableCall, book: PriceBook): NewCost {
  const priced = priceCall(call, book);
  if (priced.kind === 'unpriced') {
    return { costPicoUsd: undefined, costSource: '', unpricedReason: priced.reason };
  }
  if (priced.totalPicoUsd > MAX_PICO_USD) {
    return { costPicoUsd: undefined, costSource: '', unpricedReason: 'inconsistent_usage' };
  }
  return {
    costPicoUsd: BigInt(priced.totalPicoUsd),
    costSource: priced.source,
    unpricedReason: '',
  };
}
