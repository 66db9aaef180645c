import type { UsagePass } from '@tokenmeter/core';
import {
  addUp,
  type CostSum,
  type Counts,
  countsProblem,
  freeSum,
  promptTokens,
  withTime,
} from './add-up.ts';
import { COST_CLASSES } from './cost-classes.ts';
import { periodAt } from './period-at.ts';
import type { FoundRow, PriceBook } from './price-book.ts';
import type { CostClass, PriceableCall, UnpricedReason } from './priced-call.ts';
import type { ReadyCard, ReadyPeriod } from './ready-row.ts';

/** Our own figure for a call, or why there is none. */
export type Computed =
  | {
      readonly ok: true;
      readonly sum: CostSum;
      readonly found: FoundRow;
      readonly tier: string | undefined;
    }
  | { readonly ok: false; readonly reason: UnpricedReason };

const NO_COUNTS: Counts = {};

/** Computes the cost of a call from its counts, whatever the provider itself reported. Never throws. */
export function computeCost(call: PriceableCall, book: PriceBook): Computed {
  const { usage } = call;
  if (usage.kind === 'inconsistent') return failed('inconsistent_usage');
  if (usage.kind === 'missing') return priceCounts(call, book, MISSING);
  return usage.passes === undefined || usage.passes.length < 2
    ? priceCounts(call, book, usage)
    : pricePasses(call, book, usage);
}

interface CountedUsage {
  readonly tokens: Counts;
  readonly requests: Counts;
}

const MISSING: CountedUsage = { tokens: NO_COUNTS, requests: NO_COUNTS };

/** Each pass has a prompt, and maybe a model, of its own; the fees are the call's. One pass without a price is enough. */
function pricePasses(
  call: PriceableCall,
  book: PriceBook,
  usage: CountedUsage & { readonly passes?: readonly UsagePass[] },
): Computed {
  const first = usage.passes?.[0]?.tokens ?? NO_COUNTS;
  let whole = priceCounts(call, book, { tokens: NO_COUNTS, requests: usage.requests });
  if (!whole.ok && whole.reason === 'no_usage') whole = priceCounts(call, book, zeroOf(first));
  if (!whole.ok) return whole;
  const picoUsd: Partial<Record<CostClass, number>> = { ...whole.sum.picoUsd };
  let { tier } = whole;
  let totalPicoUsd = whole.sum.totalPicoUsd;
  for (const pass of usage.passes ?? []) {
    const model = pass.model ?? call.responseModel;
    const own = model === undefined ? call : { ...call, responseModel: model };
    const priced = priceCounts(own, book, { tokens: pass.tokens, requests: NO_COUNTS });
    if (!priced.ok) return priced;
    for (const [name, cost] of entriesOf(priced.sum.picoUsd))
      picoUsd[name] = (picoUsd[name] ?? 0) + cost;
    totalPicoUsd += priced.sum.totalPicoUsd;
    tier ??= priced.tier;
  }
  return { ok: true, sum: { picoUsd, totalPicoUsd }, found: whole.found, tier };
}

/** Counts of 0 find the row of a call without pricing anything. */
function zeroOf(tokens: Counts): CountedUsage {
  const names = Object.keys(tokens);
  return { tokens: Object.fromEntries(names.map((name) => [name, 0])), requests: NO_COUNTS };
}

function entriesOf(picoUsd: CostSum['picoUsd']): readonly (readonly [CostClass, number])[] {
  return COST_CLASSES.flatMap((name) => {
    const cost = picoUsd[name];
    return cost === undefined ? [] : [[name, cost] as const];
  });
}

function priceCounts(
  call: PriceableCall,
  book: PriceBook,
  { tokens, requests }: CountedUsage,
): Computed {
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
