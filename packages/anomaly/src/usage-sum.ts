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

const FIELDS = [
  'calls',
  'costUsd',
  'inputTokens',
  'cacheReadTokens',
  'outputTokens',
  'unpricedCalls',
  'cacheHits',
  'cacheMisses',
  'errors',
  'retries',
  'inputUsd',
  'cacheReadUsd',
  'outputUsd',
] as const satisfies readonly (keyof UsageSum)[];

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

/** Adds `source` times `weight` to `target`, in place. */
export function addUsage(target: UsageSum, source: UsageSum, weight = 1): void {
  for (const field of FIELDS) target[field] += source[field] * weight;
}

/** Multiplies every field, in place. */
export function scaleUsage(target: UsageSum, factor: number): void {
  for (const field of FIELDS) target[field] *= factor;
}

/**
 * The sums of one minute.
 *
 * Where the source does not split the cost by class it is shared out by typical price ratios (output 4×, cached
 * input 0.1× the price of input), so the parts still add up to the cost.
 */
export function usageOfMinute(minute: UsageMinute): UsageSum {
  const sum = createUsageSum();
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
  return sum;
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
  if (weight <= 0) return;
  sum.inputUsd = (minute.costUsd * minute.inputTokens) / weight;
  sum.cacheReadUsd = (minute.costUsd * cached) / weight;
  sum.outputUsd = (minute.costUsd * output) / weight;
}

/** Beyond this, in calls, tokens or USD, a minute is an error of the source, and sums could overflow. */
const LARGEST = 2 ** 53;

function isUsable(value: number): boolean {
  return value >= 0 && value <= LARGEST;
}

/** True when every number of the minute is finite, not negative and of a possible size. */
export function isValidMinute(minute: UsageMinute): boolean {
  const { costByClass, labels: _, ...numbers } = minute;
  for (const value of Object.values(numbers)) {
    if (!isUsable(value)) return false;
  }
  if (costByClass === undefined) return true;
  return Object.values(costByClass).every(isUsable);
}
