import {
  BLOCKS_PER_HOUR,
  COUNT_WINDOWS,
  type CountModel,
  historyHours,
  type Stage,
} from './count-model.ts';
import type { ExpectedRange } from './finding.ts';
import { BLOCK_MS } from './history.ts';
import { type CountReading, readWindow } from './read-window.ts';
import { expectedBounds } from './spread.ts';
import { type HourOfWeek, renderSlot } from './time.ts';

/** For half a day after an excess has ended, more is asked of the next one. */
const COOL_BLOCKS = 12 * BLOCKS_PER_HOUR;
const COOL_MARGIN = 0.4;
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
  const basis =
    hours < 168
      ? `usual for ${slot.split(' ')[1] ?? slot}, the first ${Math.max(1, Math.round(hours / 24))} days`
      : `usual for ${slot}, ${weeks} ${weeks === 1 ? 'week' : 'weeks'}`;
  const window = COUNT_WINDOWS.findIndex((minutes) => minutes >= reading.minutes);
  return {
    ...expectedBounds(model.spreads, Math.max(0, window), reading),
    mid: reading.expected,
    basis,
  };
}

/** Start of the block, or hour, of the window from which on the excess over halfway to the observed level is largest. */
export function onsetOf(model: CountModel, reading: CountReading): number {
  const halfway = (1 + Math.max(1, Math.min(reading.ratio, 20))) / 2;
  const blocks = Math.min(BLOCKS_PER_HOUR, Math.max(4, reading.minutes / 5));
  let since = model.lastBlock + 1 - blocks;
  let sum = 0;
  let largest = 0;
  for (let back = 0; back < blocks; back += 1) {
    const index = (model.lastBlock - back + BLOCKS_PER_HOUR) % BLOCKS_PER_HOUR;
    sum += (model.blocks[index] ?? 0) - halfway * (model.blocks[BLOCKS_PER_HOUR + index] ?? 0);
    if (sum <= largest) continue;
    largest = sum;
    since = model.lastBlock - back;
  }
  if (reading.minutes <= 60) return since * BLOCK_MS;
  return onsetHour(model, reading, halfway) * BLOCKS_PER_HOUR * BLOCK_MS;
}

function onsetHour(model: CountModel, reading: CountReading, halfway: number): number {
  let since = model.lastHour + 1 - reading.minutes / 60;
  let sum = 0;
  let largest = 0;
  for (let back = 0; back < Math.min(24, reading.minutes / 60); back += 1) {
    const index = (model.lastHour - back + 24) % 24;
    sum += (model.day[index] ?? 0) - halfway * (model.day[24 + index] ?? 0);
    if (sum <= largest) continue;
    largest = sum;
    since = model.lastHour - back;
  }
  return since;
}
