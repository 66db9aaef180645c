import { valueOfLogCode } from './log-code.ts';
import type { Spreads } from './spread.ts';

/** Trailing windows that are judged, in minutes. From two hours on the oldest hour counts by its share. */
export const COUNT_WINDOWS = [5, 15, 30, 60, 120, 240, 480, 1440, 2880] as const;
/** Indexes of the windows of 15 minutes, an hour, four hours and a day. */
export const RECENT_WINDOW = 1;
export const HOUR_WINDOW = 3;
export const LATE_WINDOW = 5;
export const DAY_WINDOW = 7;

/** Index of the shortest window of at least so many minutes, -1 where none is as long. */
export function windowOfMinutes(minutes: number): number {
  return COUNT_WINDOWS.findIndex((length) => length >= minutes);
}

/** Blocks of 5 minutes in an hour. */
export const BLOCKS_PER_HOUR = 12;
/** Episodes that may be left out of what is learned; more of them are the pattern. One is regained each week. */
export const ALLOWANCE = 3;
/** Below so many calls nothing is claimed. */
export const COLD_CALLS = 50;
/** Hours of three weeks. */
export const MATURE_HOURS = 504;

/** What is learned of the calls of one scope. 2.0 kB in memory. */
export interface CountModel {
  /** All of its single numbers. A new one gets its place in `CountState`, and snapshots a new version. */
  readonly numbers: Float64Array;
  /** Calls of each hour at index hour % 672, log-coded; 0 is unknown. */
  readonly hours: Uint8Array;
  /** Bit set where the hour belongs to an incident and is not learned. */
  readonly leftOut: Uint8Array;
  /** Expected calls of the 168 hours of a week, Monday first, as `logCodeOf` them. */
  readonly slots: Uint16Array;
  /** Observed, then expected, of the last 12 blocks of 5 minutes at index block % 12. */
  readonly blocks: Float32Array;
  /** Observed, then expected, then typical, of the last 24 hours at index hour % 24. */
  readonly day: Float32Array;
  readonly spreads: Spreads;
  firstHour: number;
  lastHour: number;
  lastBlock: number;
  total: number;
  level: number;
  fittedHour: number;
  /** 1 while the shape of its week is that of a scope above it. */
  borrowed: number;
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
 * somewhat less than all to three weeks (`growing`), and to what borrows its week from a scope that is known.
 */
export function stageOf(model: CountModel): Stage {
  const hours = historyHours(model);
  if (hours < 24 || model.total < COLD_CALLS) return 'cold';
  if (hours < 168) return model.borrowed === 1 ? 'growing' : 'young';
  return hours < MATURE_HOURS ? 'growing' : 'mature';
}

/** Hours between the first one with a call and the last one learned. */
export function historyHours(model: CountModel): number {
  return model.firstHour < 0 ? 0 : model.lastHour - model.firstHour + 1;
}

/** Calls expected in a block. */
export function expectedCalls(model: CountModel, time: BlockTime): number {
  const here = valueOfLogCode(model.slots[time.slot]);
  const next = valueOfLogCode(model.slots[time.nextSlot]);
  return (
    ((here + (next - here) * time.nextShare) * model.level * time.coverage * time.planned) /
    BLOCKS_PER_HOUR
  );
}
