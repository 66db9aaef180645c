import {
  BLOCKS_PER_HOUR,
  COUNT_WINDOWS,
  type CountModel,
  historyHours,
  type Stage,
  windowOfMinutes,
} from './count-model.ts';
import type { ExpectedRange } from './finding.ts';
import { BLOCK_MS } from './history.ts';
import { countGain, mostLikelyOnset, type OnsetStretch } from './most-likely-onset.ts';
import { type CountReading, readWindow } from './read-window.ts';
import { expectedBounds } from './spread.ts';
import { HOUR_MS, type HourOfWeek, MINUTE_MS, renderSlot } from './time.ts';

/** For a day and a half after an excess has ended, more is asked of the next one. */
const COOL_BLOCKS = 36 * BLOCKS_PER_HOUR;
const COOL_MARGIN = 0.5;
/** No rule looks at the score of a window below this ratio. */
const SCORED_FROM = 1.15;

/** All windows of a model, shortest first. */
export function readCounts(model: CountModel): CountReading[] {
  return COUNT_WINDOWS.map((_, window) => readWindow(model, window, SCORED_FROM));
}

/** What is added to a gate by the length of the history, and the score below which bursts are the pattern. */
export function gateFor(
  model: CountModel,
  gate: number,
  margins: { readonly stage: Stage; readonly growing: number; readonly young: number },
): number {
  const stage = { cold: 99, young: margins.young, growing: margins.growing, mature: 0 }[
    margins.stage
  ];
  const isCool = model.excessBlock < 0 && model.lastBlock - model.endBlock < COOL_BLOCKS;
  const cool = isCool ? COOL_MARGIN : 0;
  return Math.max(gate + stage + cool, model.habit);
}

/** The range in which about 19 of 20 such windows fall, with the hours that it comes from. */
export function expectedRange(
  model: CountModel,
  reading: CountReading,
  time: { readonly epochMs: number; readonly hourOfWeek: HourOfWeek },
): ExpectedRange {
  const hours = historyHours(model);
  const weeks = Math.max(1, Math.min(4, Math.round(hours / 168)));
  const slot = renderSlot(time.hourOfWeek(time.epochMs - 1));
  const days = Math.max(1, Math.round(hours / 24));
  const basis =
    model.borrowed === 1
      ? `usual for ${slot} by the week of what it is part of, at its own level of ${days} ${days === 1 ? 'day' : 'days'}`
      : hours < 168
        ? `usual for ${slot.split(' ')[1] ?? slot}, the first ${days} days`
        : `usual for ${slot}, ${weeks} ${weeks === 1 ? 'week' : 'weeks'}`;
  const window = windowOfMinutes(reading.minutes);
  return {
    ...expectedBounds(model.spreads, Math.max(0, window), reading),
    mid: reading.expected,
    basis,
  };
}

/** Whole hours before a window that say what was usual lately. */
const HOURS_BEFORE = 3;
/** Of 24 hours that are kept, one is that of the oldest block. */
const LONGEST_BACK = 23;

/** When the excess of a window most likely began: a block of 5 minutes of the last hour, before it an hour. */
export function onsetOf(model: CountModel, { minutes }: CountReading): number {
  const hours = Math.min(LONGEST_BACK, Math.ceil(minutes / 60) + HOURS_BEFORE);
  const found = mostLikelyOnset(stretchesOf(model, hours), countGain);
  return found ?? (model.lastBlock + 1) * BLOCK_MS - minutes * MINUTE_MS;
}

/** Calls observed and expected in what of a stretch of time the last day knows, by whole blocks and hours. */
export function usageBetween(
  model: CountModel,
  fromEpochMs: number,
  toEpochMs: number,
): { readonly observed: number; readonly expected: number } {
  let observed = 0;
  let expected = 0;
  for (const { startEpochMs, value, weight } of stretchesOf(model, LONGEST_BACK)) {
    if (startEpochMs < fromEpochMs || startEpochMs >= toEpochMs) continue;
    observed += value;
    expected += weight;
  }
  return { observed, expected };
}

/** The block that is not yet complete, the last 12, what their oldest hour had before them, and whole hours. */
function stretchesOf(model: CountModel, hours: number): OnsetStretch[] {
  const { lastBlock, lastHour, blocks, day } = model;
  const stretches: OnsetStretch[] = [
    {
      startEpochMs: (lastBlock + 1) * BLOCK_MS,
      value: model.partObserved,
      weight: model.partExpected,
    },
  ];
  const oldest = lastBlock - BLOCKS_PER_HOUR + 1;
  const hour = Math.floor(oldest / BLOCKS_PER_HOUR);
  // What the hour of the oldest block had before that block.
  let value = day[hour % 24] ?? 0;
  let weight = day[24 + (hour % 24)] ?? 0;
  for (let block = lastBlock; block >= oldest; block -= 1) {
    const index = block % BLOCKS_PER_HOUR;
    const own = { value: blocks[index] ?? 0, weight: blocks[BLOCKS_PER_HOUR + index] ?? 0 };
    stretches.push({ startEpochMs: block * BLOCK_MS, ...own });
    if (block >= (hour + 1) * BLOCKS_PER_HOUR) continue;
    value -= own.value;
    weight -= own.weight;
  }
  const isSplit = oldest % BLOCKS_PER_HOUR > 0 && hour <= lastHour;
  if (isSplit) stretches.push(stretchAt(hour, Math.max(0, value), Math.max(0, weight)));
  for (let back = 1; back <= hours; back += 1) {
    const index = (hour - back + 24) % 24;
    stretches.push(stretchAt(hour - back, day[index] ?? 0, day[24 + index] ?? 0));
  }
  return stretches;
}

function stretchAt(hour: number, value: number, weight: number): OnsetStretch {
  return { startEpochMs: hour * HOUR_MS, value, weight };
}
