import { BLOCK_MS, BLOCKS, costOnset, HOURS, stampOf } from './cost-onset.ts';
import { normalQuantile } from './normal-quantile.ts';
import { decayedWeeks, HALF_LIFE_DAYS, MINUTE_MS } from './time.ts';

/** Least calls of a batch; batches double from here. */
const SMALLEST = 30;
export const LEVELS = 8;
/** Of each level: calls and USD of the batch that fills, then weight, sum, squares and exceedances of its log ratio. */
export const WIDTH = 6;
export const ENTRIES: number = BLOCKS + HOURS;
const PRIOR_BATCHES = 6;
const PRIOR_VARIANCE = 1.1 / SMALLEST;
/** A batch of twice the calls varies by this share of the variance: calls near each other resemble each other. */
const DOUBLING = 0.65;
const FLOOR = 0.0006;
const TAIL_MARK = 2.33;
const TAIL_SHARE = 0.01;
const TAIL_PRIOR = 30;
const READMIT_BLOCKS = 36 * BLOCKS;
const SUSPECT_RATIO = 1.2;
const SUSPECT_CHANCE = 0.01;
export const ALLOWANCE = 3;

/** What is learned of the mean cost of a call in one feature. */
export interface CostModel {
  /** All of its single numbers. A new one gets its place in `CostState`, and snapshots a new version. */
  readonly numbers: Float64Array;
  /** All of it as it lies in memory. */
  readonly bytes: Uint8Array;
  /** Decayed sums of what was learned. */
  calls: number;
  costUsd: number;
  firstBlock: number;
  lastBlock: number;
  readonly levels: Float32Array;
  /** Priced calls and USD of the last 12 blocks, then of the last 24 hours; `stamps` hold `stampOf` their numbers. */
  readonly ring: Float32Array;
  readonly stamps: Uint16Array;
  /** First block of a time of dear calls that goes on, -1 without one, and the ratio that it began with. */
  excessBlock: number;
  excessRatio: number;
  /** Times of dear calls that may still be left out of what is learned. */
  allowance: number;
}

/** Mean cost of a call in a trailing window against the usual one. */
export interface CostReading {
  readonly minutes: number;
  readonly calls: number;
  readonly observed: number;
  readonly mid: number;
  /** Deviation of the log of a mean of so many calls. */
  readonly deviation: number;
  readonly ratio: number;
  readonly score: number;
  /** Windows of this size in a week: so often chance is tried. */
  readonly looksPerWeek: number;
}

/** Days of history. */
export function costHistoryDays(model: CostModel): number {
  return model.firstBlock < 0 ? 0 : (model.lastBlock - model.firstBlock + 1) / (BLOCKS * HOURS);
}

/** The usual cost of a call; undefined in the first day, below 50 calls, and where calls are free. */
function usualCost(model: CostModel): number | undefined {
  if (costHistoryDays(model) < 1 || model.calls < 50 || model.costUsd <= 0) return undefined;
  return model.costUsd / model.calls;
}

const WINDOW_BLOCKS: readonly number[] = [1, 2, 4, 8, 12];
const WINDOW_HOURS: readonly number[] = [1, 2, 3, 5, 7, 11, 23];

/** The trailing windows that hold at least `minCalls` priced calls, shortest first; empty while nothing is known. */
export function readCosts(model: CostModel, block: number, minCalls: number): CostReading[] {
  const mid = usualCost(model);
  const readings: CostReading[] = [];
  if (mid === undefined) return readings;
  const sum = { calls: 0, costUsd: 0 };
  let back = 0;
  for (const blocks of WINDOW_BLOCKS) {
    for (; back < blocks; back += 1) addEntry(model, sum, (block - back) % BLOCKS, block - back);
    if (sum.calls >= minCalls) readings.push(readingOf(model, sum, mid, blocks * 5));
  }
  const parts = (block % BLOCKS) + 1;
  sum.calls = 0;
  sum.costUsd = 0;
  for (back = 0; back < parts; back += 1) {
    addEntry(model, sum, (block - back) % BLOCKS, block - back);
  }
  const present = Math.floor(block / BLOCKS);
  back = 1;
  for (const hours of WINDOW_HOURS) {
    for (; back <= hours; back += 1) {
      addEntry(model, sum, BLOCKS + ((present - back) % HOURS), present - back);
    }
    if (sum.calls >= minCalls) readings.push(readingOf(model, sum, mid, hours * 60 + parts * 5));
  }
  return readings;
}

function addEntry(
  model: CostModel,
  sum: { calls: number; costUsd: number },
  index: number,
  stamp: number,
): void {
  if (model.stamps[index] !== stampOf(stamp)) return;
  sum.calls += model.ring[2 * index] ?? 0;
  sum.costUsd += model.ring[2 * index + 1] ?? 0;
}

function readingOf(
  model: CostModel,
  { calls, costUsd }: { readonly calls: number; readonly costUsd: number },
  mid: number,
  minutes: number,
): CostReading {
  const observed = costUsd / calls;
  const ratio = observed / mid;
  const deviation = deviationOf(model, calls);
  const score = ratio > 0 ? Math.log(ratio) / deviation : 0;
  const callsPerWeek = model.calls / decayedWeeks(Math.max(1, costHistoryDays(model)));
  return {
    minutes,
    calls,
    observed,
    mid,
    deviation,
    ratio,
    score,
    looksPerWeek: Math.max(1, callsPerWeek / calls),
  };
}

/** Deviation of the log of a mean of `calls` calls, by what batches of about as many showed. */
function deviationOf(model: CostModel, calls: number): number {
  const wanted = Math.min(LEVELS - 1, Math.max(0, Math.floor(Math.log2(calls / SMALLEST))));
  let variance = PRIOR_VARIANCE / DOUBLING;
  let tail = 1;
  for (let level = 0; level <= wanted; level += 1) {
    const at = level * WIDTH;
    const n = model.levels[at + 2] ?? 0;
    const sum = model.levels[at + 3] ?? 0;
    const centred = n > 0 ? (model.levels[at + 4] ?? 0) - (sum * sum) / n : 0;
    variance = (Math.max(0, centred) + PRIOR_BATCHES * variance * DOUBLING) / (n + PRIOR_BATCHES);
    const share = ((model.levels[at + 5] ?? 0) + TAIL_PRIOR * TAIL_SHARE) / (n + TAIL_PRIOR);
    tail = share > TAIL_SHARE ? TAIL_MARK / Math.max(1, normalQuantile(share)) : 1;
  }
  const size = SMALLEST * 2 ** wanted;
  return Math.sqrt((variance * size) / Math.max(size, Math.min(calls, 2 * size)) + FLOOR) * tail;
}

/** Adds what happened in a block, which may be one already begun. */
export function addCostBlock(
  model: CostModel,
  block: number,
  calls: number,
  costUsd: number,
): void {
  if (calls <= 0) return;
  addToEntry(model, block % BLOCKS, block, { calls, costUsd });
  const hour = Math.floor(block / BLOCKS);
  addToEntry(model, BLOCKS + (hour % HOURS), hour, { calls, costUsd });
}

function addToEntry(
  model: CostModel,
  index: number,
  stamp: number,
  { calls, costUsd }: { readonly calls: number; readonly costUsd: number },
): void {
  const isNew = model.stamps[index] !== stampOf(stamp);
  model.stamps[index] = stampOf(stamp);
  model.ring[2 * index] = (isNew ? 0 : (model.ring[2 * index] ?? 0)) + calls;
  model.ring[2 * index + 1] = (isNew ? 0 : (model.ring[2 * index + 1] ?? 0)) + costUsd;
}

/**
 * Learns a complete block, unless calls are dear at present; a cost that lasts a day and a half becomes the usual one. True
 * when it did so now.
 */
export function learnCostBlock(
  model: CostModel,
  block: number,
  calls: number,
  costUsd: number,
): boolean {
  if (calls <= 0) return false;
  if (model.firstBlock < 0) model.firstBlock = block;
  model.lastBlock = block;
  const mid = usualCost(model);
  let isRebased = false;
  if (mid !== undefined) {
    isRebased = trackExcess(model, block);
    if (model.excessBlock >= 0 && model.allowance >= 1) return false;
    for (let level = 0; level < LEVELS; level += 1)
      fillBatch(model, level, { calls, costUsd, mid });
  }
  model.calls += calls;
  model.costUsd += costUsd;
  return isRebased;
}

/** True when what lasted became the usual cost. */
function trackExcess(model: CostModel, block: number): boolean {
  const readings = readCosts(model, block, SMALLEST);
  if (model.excessBlock < 0) {
    for (const { ratio, score, looksPerWeek, minutes } of readings) {
      if (ratio < SUSPECT_RATIO || score < normalQuantile(SUSPECT_CHANCE / looksPerWeek)) continue;
      model.excessBlock = excessFrom(model, block, minutes);
      model.excessRatio = ratio;
      return false;
    }
    return false;
  }
  if (block - model.excessBlock >= READMIT_BLOCKS) return rebase(model, readings.at(-1));
  const isOver = readings.some(
    ({ ratio, deviation, minutes }) =>
      minutes / 5 <= block - model.excessBlock &&
      ratio < Math.sqrt(model.excessRatio) &&
      Math.log(model.excessRatio / Math.max(0.05, ratio)) / deviation > 2.5,
  );
  if (!isOver) return false;
  model.excessBlock = -1;
  model.allowance = Math.max(0, model.allowance - 1);
  return false;
}

/** First block of a time of dear calls: of the window, or the one from which on they are dear in it. */
function excessFrom(model: CostModel, block: number, minutes: number): number {
  const first = block - Math.round((minutes * MINUTE_MS) / BLOCK_MS) + 1;
  const onset = costOnset(model, block, minutes) ?? 0;
  return Math.max(first, Math.floor(onset / BLOCK_MS));
}

/** What lasted is the new usual cost: what was before loses its weight. */
function rebase(model: CostModel, last: CostReading | undefined): boolean {
  model.excessBlock = -1;
  if (last === undefined) return false;
  const calls = Math.max(50, model.calls / 4);
  model.calls = calls;
  model.costUsd = calls * last.observed;
  return true;
}

function fillBatch(
  model: CostModel,
  level: number,
  {
    calls,
    costUsd,
    mid,
  }: { readonly calls: number; readonly costUsd: number; readonly mid: number },
): void {
  const at = level * WIDTH;
  const size = SMALLEST * 2 ** level;
  const batchCalls = (model.levels[at] ?? 0) + calls;
  const batchUsd = (model.levels[at + 1] ?? 0) + costUsd;
  if (batchCalls < size) {
    model.levels[at] = batchCalls;
    model.levels[at + 1] = batchUsd;
    return;
  }
  model.levels[at] = 0;
  model.levels[at + 1] = 0;
  const isLast = level === LEVELS - 1;
  if (batchUsd <= 0 || (batchCalls >= 2 * size && !isLast)) return;
  const residual = Math.max(-1.5, Math.min(1.5, Math.log(batchUsd / batchCalls / mid)));
  const score = residual / deviationOf(model, batchCalls);
  const scaled = residual * Math.sqrt(Math.min(2, batchCalls / size));
  model.levels[at + 2] = (model.levels[at + 2] ?? 0) + 1;
  model.levels[at + 3] = (model.levels[at + 3] ?? 0) + scaled;
  model.levels[at + 4] = (model.levels[at + 4] ?? 0) + scaled ** 2;
  if (score > TAIL_MARK) model.levels[at + 5] = (model.levels[at + 5] ?? 0) + 1;
}

/** Lets one day pass: what is older counts less, with a half-life of 14 days. */
export function decayCostModel(model: CostModel): void {
  const factor = 2 ** (-1 / HALF_LIFE_DAYS);
  model.calls *= factor;
  model.costUsd *= factor;
  model.allowance = Math.min(ALLOWANCE, model.allowance + 1 / 7);
  for (let level = 0; level < LEVELS; level += 1) {
    for (let field = 2; field < WIDTH; field += 1) {
      const index = level * WIDTH + field;
      model.levels[index] = (model.levels[index] ?? 0) * factor;
    }
  }
}
