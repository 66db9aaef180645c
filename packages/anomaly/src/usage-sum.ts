import type { UsageMinute } from './usage-minute.ts';

/** Sums of usage over some stretch of time; every field is additive. */
export interface UsageSum {
  calls: number;
  costUsd: number;
  inputTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
  unpricedCalls: number;
  cacheHits: number;
  cacheMisses: number;
  errors: number;
  retries: number;
  inputUsd: number;
  cacheReadUsd: number;
  outputUsd: number;
}

/** Price of an output token and of a cached input token relative to an input token, where no split is reported. */
const TYPICAL_OUTPUT_PRICE = 4;
const TYPICAL_CACHE_READ_PRICE = 0.1;

/** Creates a sum of nothing. */
export function createUsageSum(): UsageSum {
  return {
    calls: 0,
    costUsd: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    outputTokens: 0,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
    inputUsd: 0,
    cacheReadUsd: 0,
    outputUsd: 0,
  };
}

/** Calls that have a price: what of a cost is by how many calls. */
export function pricedCalls({ calls, unpricedCalls }: UsageSum): number {
  return Math.max(0, calls - unpricedCalls);
}

/** Adds `source` times `weight` to `target`, in place. */
export function addUsage(target: UsageSum, source: UsageSum, weight = 1): void {
  target.calls += source.calls * weight;
  target.costUsd += source.costUsd * weight;
  target.inputTokens += source.inputTokens * weight;
  target.cacheReadTokens += source.cacheReadTokens * weight;
  target.outputTokens += source.outputTokens * weight;
  target.unpricedCalls += source.unpricedCalls * weight;
  target.cacheHits += source.cacheHits * weight;
  target.cacheMisses += source.cacheMisses * weight;
  target.errors += source.errors * weight;
  target.retries += source.retries * weight;
  target.inputUsd += source.inputUsd * weight;
  target.cacheReadUsd += source.cacheReadUsd * weight;
  target.outputUsd += source.outputUsd * weight;
}

/** Multiplies every field, in place. */
export function scaleUsage(target: UsageSum, factor: number): void {
  target.calls *= factor;
  target.costUsd *= factor;
  target.inputTokens *= factor;
  target.cacheReadTokens *= factor;
  target.outputTokens *= factor;
  target.unpricedCalls *= factor;
  target.cacheHits *= factor;
  target.cacheMisses *= factor;
  target.errors *= factor;
  target.retries *= factor;
  target.inputUsd *= factor;
  target.cacheReadUsd *= factor;
  target.outputUsd *= factor;
}

/**
 * Writes the sums of one minute over `sum`.
 *
 * Where the source does not split the cost by class it is shared out by typical price ratios (output 4×, cached
 * input 0.1× the price of input), so the parts still add up to the cost.
 */
export function sumMinute(sum: UsageSum, minute: UsageMinute): void {
  sum.calls = minute.calls;
  sum.costUsd = minute.costUsd;
  sum.inputTokens = minute.inputTokens;
  sum.cacheReadTokens = minute.cacheReadTokens;
  sum.outputTokens = minute.outputTokens;
  sum.unpricedCalls = minute.unpricedCalls;
  sum.cacheHits = minute.cacheHits;
  sum.cacheMisses = minute.cacheMisses;
  sum.errors = minute.errors;
  sum.retries = minute.retries;
  shareCost(sum, minute);
}

function shareCost(sum: UsageSum, minute: UsageMinute): void {
  const split = minute.costByClass;
  if (split !== undefined) {
    sum.inputUsd = split.inputUsd;
    sum.cacheReadUsd = split.cacheReadUsd;
    sum.outputUsd = split.outputUsd;
    return;
  }
  const cached = minute.cacheReadTokens * TYPICAL_CACHE_READ_PRICE;
  const output = minute.outputTokens * TYPICAL_OUTPUT_PRICE;
  const weight = minute.inputTokens + cached + output;
  sum.inputUsd = weight > 0 ? (minute.costUsd * minute.inputTokens) / weight : 0;
  sum.cacheReadUsd = weight > 0 ? (minute.costUsd * cached) / weight : 0;
  sum.outputUsd = weight > 0 ? (minute.costUsd * output) / weight : 0;
}

/** Beyond this, in calls, tokens or USD, a minute is an error of the source, and sums could overflow. */
const LARGEST = 2 ** 53;

function isUsable(value: number): boolean {
  return value >= 0 && value <= LARGEST;
}

/** True when every number of the minute is finite, not negative and of a possible size. */
export function isValidMinute(minute: UsageMinute): boolean {
  const { costByClass: split } = minute;
  const isWhole =
    isUsable(minute.minuteEpochMs) &&
    isUsable(minute.calls) &&
    isUsable(minute.costUsd) &&
    isUsable(minute.inputTokens) &&
    isUsable(minute.cacheReadTokens) &&
    isUsable(minute.outputTokens) &&
    isUsable(minute.unpricedCalls) &&
    isUsable(minute.cacheHits) &&
    isUsable(minute.cacheMisses) &&
    isUsable(minute.errors) &&
    isUsable(minute.retries);
  if (!isWhole || split === undefined) return isWhole;
  return isUsable(split.inputUsd) && isUsable(split.cacheReadUsd) && isUsable(split.outputUsd);
}
