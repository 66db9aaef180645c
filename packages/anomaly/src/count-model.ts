import { deviationOf, type Spreads, scoreCount } from './spread.ts';

/** Trailing windows that are judged, in minutes. From three hours on they begin with a whole hour. */
export const COUNT_WINDOWS = [5, 20, 60, 180, 300, 480, 1440, 2880] as const;

/** Windows below this index are judged relative to the hours before them. */
const ADAPTED: number = 6;
/** Hours between the present one and those that a window is compared with. */
const BEFORE: readonly number[] = [1, 1, 1, 3, 5, 8];
/** Blocks of 5 minutes in an hour. */
export const BLOCKS_PER_HOUR = 12;
/** Episodes that may be left out of what is learned; more of them are the pattern. One is regained each week. */
export const ALLOWANCE = 3;
/** Longer windows are summed once an hour. */
const LONGEST_SUMMED = 1440;
/** Stands for a ratio to nothing. */
export const LARGEST_RATIO = 1e9;
const COLD_CALLS = 50;

/** One trailing window against its forecast. */
export interface CountReading {
  readonly minutes: number;
  readonly observed: number;
  readonly expected: number;
  readonly ratio: number;
  /** One-sided normal score above the expected. */
  readonly score: number;
  /** Log residual of the hours before the window. */
  readonly before: number;
}

/** What is learned of the calls of one scope. 2.2 kB in memory. */
export interface CountModel {
  /** All of its single numbers. A new one gets its place in `CountState`, and snapshots a new version. */
  readonly numbers: Float64Array;
  /** Calls of each hour at index hour % 672, log-coded; 0 is unknown. */
  readonly hours: Uint8Array;
  /** Bit set where the hour belongs to an incident and is not learned. */
  readonly leftOut: Uint8Array;
  /** Expected calls of the 168 hours of a week, Monday first. */
  readonly slots: Float32Array;
  /** Observed, then expected, of the last 12 blocks of 5 minutes at index block % 12. */
  readonly blocks: Float32Array;
  /** Observed, then expected, of the last 24 hours at index hour % 24. */
  readonly day: Float32Array;
  readonly spreads: Spreads;
  firstHour: number;
  lastHour: number;
  lastBlock: number;
  total: number;
  level: number;
  fittedHour: number;
  /** First block of the excess that goes on, -1 without one; observed and expected since then; end of the last one. */
  excessBlock: number;
  excessObserved: number;
  excessExpected: number;
  endBlock: number;
  /** Episodes that may still be left out of what is learned. */
  allowance: number;
  /** Score up to which bursts are the pattern here. */
  habit: number;
  /** Observed and expected of the last 48 whole hours, by the level before them. */
  lateObserved: number;
  lateExpected: number;
  /** Observed and expected of the block that is not yet complete. */
  partObserved: number;
  partExpected: number;
}

/** Where a block of 5 minutes lies: its number since 1970, the slots around its middle, and how much of it is known. */
export interface BlockTime {
  readonly block: number;
  readonly slot: number;
  readonly nextSlot: number;
  /** Share of `nextSlot` in the interpolation between the middles of hours. */
  readonly nextShare: number;
  readonly coverage: number;
  /** Known share of the hour that ends with the block; undefined within an hour. */
  readonly hourCoverage: number | undefined;
  /** How many times the usual is planned. */
  readonly planned: number;
}

/** How much a model may claim, by the length of its history. */
export type Stage = 'cold' | 'young' | 'growing' | 'mature';

/**
 * The cold-start ladder: nothing is claimed in the first day or below 50 calls (`cold`), little to a week (`young`),
 * somewhat less than all to three weeks (`growing`).
 */
export function stageOf(model: CountModel): Stage {
  const hours = historyHours(model);
  if (hours < 24 || model.total < COLD_CALLS) return 'cold';
  if (hours < 168) return 'young';
  return hours < 504 ? 'growing' : 'mature';
}

/** Hours between the first one with a call and the last one learned. */
export function historyHours(model: CountModel): number {
  return model.firstHour < 0 ? 0 : model.lastHour - model.firstHour + 1;
}

/** The window of an hour, whose spread tells how noisy a series is. */
const HOUR_WINDOW = 2;
const CALM_DEVIATION = 0.3;
const NOISE_MARGIN = 0.8;

/** What is added to every gate of a noisy series, where the same score is more often chance. */
export function noiseMargin(model: CountModel): number {
  return NOISE_MARGIN * Math.max(0, deviationOf(model.spreads, HOUR_WINDOW) - CALM_DEVIATION);
}

/** Calls expected in a block. */
export function expectedCalls(model: CountModel, time: BlockTime): number {
  const here = model.slots[time.slot] ?? 0;
  const next = model.slots[time.nextSlot] ?? 0;
  return (
    ((here + (next - here) * time.nextShare) * model.level * time.coverage * time.planned) /
    BLOCKS_PER_HOUR
  );
}

/** One of `COUNT_WINDOWS`, by index, up to the newest block. Below the ratio `scoredFrom` its score is left at 0. */
export function readWindow(model: CountModel, window: number, scoredFrom = 0): CountReading {
  const minutes = COUNT_WINDOWS[window] ?? 60;
  const parts = (model.lastBlock + 1) % BLOCKS_PER_HOUR;
  const span =
    minutes <= 60
      ? { blocks: minutes / 5, hours: 0 }
      : { blocks: parts, hours: minutes / 60 - (parts > 0 ? 1 : 0) };
  const isLate = minutes > LONGEST_SUMMED;
  const observed = isLate ? model.lateObserved : model.partObserved + sumOf(model, span, 0);
  const expected = isLate ? model.lateExpected : model.partExpected + sumOf(model, span, 1);
  const ratio = expected > 0 ? observed / expected : observed > 0 ? LARGEST_RATIO : 1;
  if (ratio < scoredFrom || (ratio > 1 && !isLate && !isKnown(model, span))) {
    return { minutes, observed, expected, ratio, score: 0, before: 0 };
  }
  const before = window < ADAPTED ? residualBefore(model, BEFORE[window] ?? 0) : 0;
  const score = scoreCount(model.spreads, window, { observed, expected, before });
  return { minutes, observed, expected, ratio, score, before };
}

/** False where gaps cover a third of a window: what is left swings more than a whole one. */
function isKnown(
  model: CountModel,
  span: { readonly blocks: number; readonly hours: number },
): boolean {
  const { blocks, lastBlock, day, lastHour } = model;
  let lost = 0;
  for (let back = 0; back < span.blocks; back += 1) {
    const index = (lastBlock - back) % BLOCKS_PER_HOUR;
    if (blocks[BLOCKS_PER_HOUR + index] === 0) lost += 1;
  }
  for (let back = 0; back < span.hours; back += 1) {
    if (day[24 + ((lastHour - back) % 24)] === 0) lost += BLOCKS_PER_HOUR;
  }
  return 3 * lost < span.blocks + BLOCKS_PER_HOUR * span.hours;
}

/** Sum of what was observed (`half` 0) or expected (1) over the newest blocks, or blocks and hours. */
function sumOf(
  model: CountModel,
  span: { readonly blocks: number; readonly hours: number },
  half: number,
): number {
  const { blocks, lastBlock } = model;
  let sum = 0;
  for (let back = 0; back < span.blocks; back += 1) {
    const index = (lastBlock - back) % BLOCKS_PER_HOUR;
    sum += blocks[BLOCKS_PER_HOUR * half + index] ?? 0;
  }
  if (span.hours === 0) return sum;
  const { day, lastHour } = model;
  for (let back = 0; back < span.hours; back += 1) {
    sum += day[24 * half + ((lastHour - back) % 24)] ?? 0;
  }
  return sum;
}

/** Log residual of three whole hours before a window: swings of the rate last for hours. */
function residualBefore(model: CountModel, skip: number): number {
  const { day, lastHour } = model;
  let observed = 0;
  let expected = 0;
  for (let back = skip; back < skip + 3; back += 1) {
    const index = (lastHour - back + 24) % 24;
    observed += day[index] ?? 0;
    expected += day[24 + index] ?? 0;
  }
  return Math.max(-1, Math.min(1, Math.log((observed + 3) / (expected + 3))));
}
