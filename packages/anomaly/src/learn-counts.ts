import { borrowProfile } from './borrow-profile.ts';
import {
  ALLOWANCE,
  BLOCKS_PER_HOUR,
  type BlockTime,
  COUNT_WINDOWS,
  type CountModel,
  DAY_WINDOW,
  expectedCalls,
  HOUR_WINDOW,
  historyHours,
  LATE_WINDOW,
  RECENT_WINDOW,
  stageOf,
} from './count-model.ts';
import { fitLevel } from './fit-level.ts';
import { fitProfile, type SlotOfHour } from './fit-profile.ts';
import { codeOf, fractionOf, mark, RING_HOURS, rescaledCode } from './hour-ring.ts';
import { type CountReading, excessOf, readWindow, typicalOfBlocks } from './read-window.ts';
import { addScore, decaySpreads, deviationOf, scoreCount, settleSpreads } from './spread.ts';

const MINIMUM_COVERAGE = 0.8;
/** An excess of so many blocks, a day and a quarter, is the new level if its last hours still are high. */
const READMIT_BLOCKS = 30 * BLOCKS_PER_HOUR;
const SUSPECT_RATIO = 1.3;
const ONGOING_RATIO = 1.1;
const SUSPECT_EXCESS = 5;
/** Scores from which a window is held to be an excess, by window; that of two days is at once a level, so it is no less than what is told. */
const SUSPECT_SCORES: readonly number[] = [4.5, 4.6, 4, 4, 3.7, 3.8, 3.7, 3.5, 4.7];
const YOUNG_MARGIN = 1.5;
const GROWING_MARGIN = 0.4;
/** An excess ends when a window is so much less than it would be if it went on. */
const END_SCORE = -2.5;
const END_RATIO = 1.15;
/** And quiet has lasted for this share of it, up to six hours. */
const END_SHARE = 0.25;
const LONGEST_QUIET_MINUTES = 360;
/** Or the last hour, two and four are no higher than this: so long a quiet is an end, however much the rate swings. */
const QUIET_RATIO = 1.15;
/** Of few calls four hours are quiet by chance: those of a larger excess are its end by so low a score only. */
const SMALL_RATIO = 1.35;
const QUIET_SCORE = -2.5;
/** Windows overlap: each is learned with the weight of what is new in it. */
const WEIGHTS: readonly number[] = [1, 2 / 3, 0.5, 0.5, 1 / 2, 1 / 4, 1 / 8, 1 / 24, 1 / 48];
const LASTING_RATIO = 1.25;
/** A higher level that is not found within a day would make days usual that vary so much: they count less from this score on. */
const DOUBTFUL_SCORE = 2;
const DOUBTFUL_WEIGHT = 0.25;

/** Calls of a complete block, and what is needed to learn from them. */
export interface LearnedBlock {
  readonly value: number;
  readonly slotOf: SlotOfHour;
  /** Hour of the day, UTC, at which the profile is fitted. */
  readonly refitHour: number;
  /** Whose week a young model may borrow; asked at the end of an hour. */
  readonly lender?: CountModel | undefined;
}

/** Adds a complete block and learns from it. */
export function learnCounts(model: CountModel, time: BlockTime, block: LearnedBlock): void {
  const hour = Math.floor(time.block / BLOCKS_PER_HOUR);
  model.partObserved = 0;
  model.partExpected = 0;
  if (model.firstHour < 0) {
    if (block.value <= 0) return;
    model.firstHour = hour;
    model.lastHour = hour - 1;
  }
  const index = time.block % BLOCKS_PER_HOUR;
  model.lastBlock = time.block;
  model.blocks[index] = block.value;
  model.blocks[BLOCKS_PER_HOUR + index] = model.fittedHour < 0 ? 0 : expectedCalls(model, time);
  model.total += block.value;
  const isHourEnd = index === BLOCKS_PER_HOUR - 1;
  if (isHourEnd) closeHour(model, hour, time);
  if (stageOf(model) !== 'cold') {
    trackExcess(model, block.slotOf);
    learnSpreads(model, isHourEnd);
  }
  if (isHourEnd) refit(model, hour, block);
}

function closeHour(model: CountModel, hour: number, time: BlockTime): void {
  let observed = 0;
  let expected = 0;
  for (let index = 0; index < BLOCKS_PER_HOUR; index += 1) {
    observed += model.blocks[index] ?? 0;
    expected += model.blocks[BLOCKS_PER_HOUR + index] ?? 0;
  }
  const skipped = Math.min(RING_HOURS, hour - model.lastHour - 1);
  for (let back = 1; back <= skipped; back += 1) model.hours[(hour - back) % RING_HOURS] = 0;
  model.lastHour = hour;
  model.day[hour % 24] = observed;
  model.day[24 + (hour % 24)] = expected;
  model.day[48 + (hour % 24)] = typicalOfBlocks(model, BLOCKS_PER_HOUR);
  const coverage = time.hourCoverage ?? 1;
  model.hours[hour % RING_HOURS] = codeOf(
    coverage >= MINIMUM_COVERAGE ? observed / coverage : undefined,
    fractionOf(hour),
  );
  mark(model.leftOut, hour, time.planned !== 1);
}

/** True while an excess goes on whose hours are not learned. */
function isLeftOut(model: CountModel): boolean {
  return model.excessBlock >= 0 && model.allowance >= 1;
}

function trackExcess(model: CountModel, slotOf: SlotOfHour): void {
  if (model.excessBlock < 0) {
    openExcess(model);
    return;
  }
  const index = model.lastBlock % BLOCKS_PER_HOUR;
  model.excessObserved += model.blocks[index] ?? 0;
  model.excessExpected += model.blocks[BLOCKS_PER_HOUR + index] ?? 0;
  const isLasting = model.lastBlock - model.excessBlock >= READMIT_BLOCKS;
  if (isLasting && readWindow(model, LATE_WINDOW).ratio >= LASTING_RATIO)
    acceptLevel(model, slotOf);
  else if (isOver(model)) endExcess(model);
}

function openExcess(model: CountModel): void {
  // Nearly all blocks end here: an excess that no short window shows does not go on.
  const never = Number.POSITIVE_INFINITY;
  const isShort =
    readWindow(model, 0, never).ratio >= SUSPECT_RATIO ||
    readWindow(model, RECENT_WINDOW, never).ratio >= SUSPECT_RATIO;
  if (!isShort && readWindow(model, HOUR_WINDOW, never).ratio < ONGOING_RATIO) return;
  const margin = { cold: 99, young: YOUNG_MARGIN, growing: GROWING_MARGIN, mature: 0 }[
    stageOf(model)
  ];
  for (let window = 0; window < COUNT_WINDOWS.length; window += 1) {
    const reading = readWindow(model, window, SUSPECT_RATIO);
    const score = (SUSPECT_SCORES[window] ?? 9) + margin;
    const gate = Math.max(score, model.habit);
    if (reading.score < gate || reading.ratio < SUSPECT_RATIO) continue;
    if (excessOf(reading) < SUSPECT_EXCESS) continue;
    if (model.allowance < 1) model.habit = Math.max(model.habit, 1.05 * reading.score);
    model.excessBlock = Math.max(model.endBlock, model.lastBlock - reading.minutes / 5) + 1;
    model.excessObserved = reading.observed;
    model.excessExpected = reading.expected;
    // What is over by now is nobody's news, and stays as evidence for what may follow.
    if (isOver(model)) model.excessBlock = -1;
    return;
  }
}

/** Some window since it began is as usual, and surely less than it would be if the excess went on. */
function isOver(model: CountModel): boolean {
  const ratio = model.excessExpected > 0 ? model.excessObserved / model.excessExpected : 10;
  const goingOn = Math.min(10, Math.max(END_RATIO, ratio));
  const lasted = (model.lastBlock - model.excessBlock) * 5;
  const quiet = Math.min(LONGEST_QUIET_MINUTES, END_SHARE * lasted);
  if (isQuiet(model, lasted, goingOn)) return true;
  for (let window = 1; window <= DAY_WINDOW; window += 1) {
    const reading = readWindow(model, window);
    if (reading.minutes > lasted) return false;
    if (reading.minutes < quiet || reading.ratio > END_RATIO) continue;
    if (goingOn <= END_RATIO || scoreGoingOn(model, window, reading, goingOn) < END_SCORE)
      return true;
  }
  return false;
}

function isQuiet(model: CountModel, lasted: number, goingOn: number): boolean {
  for (let window = HOUR_WINDOW; window <= LATE_WINDOW; window += 1) {
    const { minutes, ratio } = readWindow(model, window, Number.POSITIVE_INFINITY);
    if (minutes > lasted || ratio > QUIET_RATIO) return false;
  }
  if (goingOn <= SMALL_RATIO) return true;
  const late = readWindow(model, LATE_WINDOW);
  return scoreGoingOn(model, LATE_WINDOW, late, goingOn) < QUIET_SCORE;
}

function scoreGoingOn(
  model: CountModel,
  window: number,
  { typical: observed, worth }: CountReading,
  ratio: number,
): number {
  return scoreCount(model.spreads, window, { observed, expected: worth * ratio, before: 0 });
}

function endExcess(model: CountModel): void {
  const first = Math.floor(model.excessBlock / BLOCKS_PER_HOUR);
  if (model.allowance >= 1) {
    model.allowance -= 1;
    for (let hour = first; hour <= model.lastHour; hour += 1) mark(model.leftOut, hour, true);
  }
  // What was told is not told again by a longer window, nor learned: the past of the excess counts as expected.
  const age = Math.min(BLOCKS_PER_HOUR, model.lastBlock - model.excessBlock + 1);
  for (let back = 0; back < age; back += 1) {
    const index = (model.lastBlock - back) % BLOCKS_PER_HOUR;
    const expected = model.blocks[BLOCKS_PER_HOUR + index] ?? 0;
    model.blocks[index] = Math.min(model.blocks[index] ?? 0, expected);
  }
  for (let back = 0; back < 24 && model.lastHour - back >= first; back += 1) {
    const index = (model.lastHour - back + 24) % 24;
    const expected = model.day[24 + index] ?? 0;
    model.day[index] = Math.min(model.day[index] ?? 0, expected);
    model.day[48 + index] = Math.min(model.day[48 + index] ?? 0, expected);
  }
  model.excessBlock = -1;
  model.endBlock = model.lastBlock;
}

/** Makes the level of the present excess the usual one: what was before is rescaled to it, and its own hours are learned. */
export function acceptLevel(model: CountModel, slotOf: SlotOfHour): void {
  if (model.excessBlock < 0) return;
  const isLong = model.lastBlock - model.excessBlock >= READMIT_BLOCKS;
  const since = model.excessExpected > 0 ? model.excessObserved / model.excessExpected : 1;
  const ratio = isLong ? readWindow(model, DAY_WINDOW).ratio : since;
  const factor = Math.min(10, Math.max(1, ratio));
  const first = Math.floor(model.excessBlock / BLOCKS_PER_HOUR);
  const oldest = Math.max(model.firstHour, model.lastHour - RING_HOURS + 1);
  for (let hour = oldest; hour <= model.lastHour; hour += 1) {
    const index = hour % RING_HOURS;
    if (hour >= first) mark(model.leftOut, hour, false);
    else model.hours[index] = rescaledCode(model.hours[index] ?? 0, factor);
  }
  for (let index = 0; index < 24; index += 1) {
    model.day[24 + index] = (model.day[24 + index] ?? 0) * factor;
    const most = 2 * (model.day[24 + index] ?? 0);
    model.day[index] = Math.min(model.day[index] ?? 0, most);
    model.day[48 + index] = Math.min(model.day[48 + index] ?? 0, most);
  }
  for (let index = 0; index < BLOCKS_PER_HOUR; index += 1) {
    model.blocks[BLOCKS_PER_HOUR + index] = (model.blocks[BLOCKS_PER_HOUR + index] ?? 0) * factor;
  }
  model.excessBlock = -1;
  model.endBlock = model.lastBlock;
  fitProfile(model, slotOf, deviationOf(model.spreads, HOUR_WINDOW), model.slots);
  fitLevel(model, slotOf);
}

function learnWindow(model: CountModel, window: number): void {
  const { typical: observed, worth: expected, before, score } = readWindow(model, window);
  const isDoubtful = window >= DAY_WINDOW && score > DOUBTFUL_SCORE;
  const weight = (WEIGHTS[window] ?? 1) * (isDoubtful ? DOUBTFUL_WEIGHT : 1);
  addScore(model.spreads, window, { observed, expected, before }, weight);
}

function learnSpreads(model: CountModel, isHourEnd: boolean): void {
  if (isLeftOut(model)) return;
  const within = model.lastBlock % BLOCKS_PER_HOUR;
  learnWindow(model, 0);
  if (within % 2 === 1) learnWindow(model, 1);
  if (within % 3 === 2) learnWindow(model, 2);
  if (within % 6 === 5) learnWindow(model, HOUR_WINDOW);
  if (!isHourEnd) return;
  for (let window = HOUR_WINDOW + 1; window < COUNT_WINDOWS.length; window += 1) {
    learnWindow(model, window);
  }
}

function refit(model: CountModel, hour: number, block: LearnedBlock): void {
  const { slotOf, refitHour, lender } = block;
  if (isLeftOut(model)) mark(model.leftOut, hour, true);
  const isYoung = historyHours(model) < 168;
  if (model.fittedHour < 0 || hour % 24 === refitHour || (isYoung && hour % 6 === 0)) {
    if (hour % 24 === refitHour) passDay(model);
    const isBorrowed = lender !== undefined && borrowProfile(model, lender, slotOf);
    if (!isBorrowed)
      fitProfile(model, slotOf, deviationOf(model.spreads, HOUR_WINDOW), model.slots);
    model.borrowed = isBorrowed ? 1 : 0;
    model.fittedHour = hour;
  }
  settleSpreads(model.spreads);
  fitLevel(model, slotOf);
}

function passDay(model: CountModel): void {
  decaySpreads(model.spreads, historyHours(model) / 24);
  model.allowance = Math.min(ALLOWANCE, model.allowance + 1 / 7);
  model.habit *= 0.97;
}
