import { BLOCKS_PER_HOUR, COUNT_WINDOWS, type CountModel, HOUR_WINDOW } from './count-model.ts';
import { COUNT_DISPERSION, centreBefore, deviationOf, scoreCount } from './spread.ts';

/** Windows below this index are judged relative to the hours before them. */
const ADAPTED: number = 7;
/** Hours between the present one and the whole ones that a window is compared with. */
const BEFORE: readonly number[] = [1, 1, 1, 1, 2, 4, 8];
/** Weights of three hours before a window: the nearest resembles it most. */
const BEFORE_WEIGHTS: readonly number[] = [1.8, 0.8, 0.4, 0];
/** What is left of an hour is a few blocks, of which one may stand out. */
const LARGEST_REST = 3;
/** Blocks just before a short window, and their weight beside that of hours. */
const NEAR_BLOCKS = 6;
const NEAR_WEIGHT = 6;
/** Longer windows are summed once an hour. */
const LONGEST_SUMMED = 1440;
/** Calls in 5 minutes up to which one call counts like any other. */
const COUNTED_CALLS = 4;
/** Stands for a ratio to nothing. */
const LARGEST_RATIO = 1e9;

/** One trailing window against its forecast. */
export interface CountReading {
  readonly minutes: number;
  readonly observed: number;
  readonly expected: number;
  readonly ratio: number;
  /** Calls as they would be if no 5 minutes stood out, out of `worth`. */
  readonly typical: number;
  /** Expected calls of which the window tells as much as if all of its hours were alike. */
  readonly worth: number;
  /** One-sided normal score of `typical` above `worth`. */
  readonly score: number;
  /** Log residual of the hours before the window. */
  readonly before: number;
}

/** Calls of a window above its forecast. */
export function excessOf({
  observed,
  expected,
}: Pick<CountReading, 'observed' | 'expected'>): number {
  return observed - expected;
}

/** One of `COUNT_WINDOWS`, by index, up to the newest block. Below the ratio `scoredFrom` its score is left at 0. */
export function readWindow(model: CountModel, window: number, scoredFrom = 0): CountReading {
  const minutes = COUNT_WINDOWS[window] ?? 60;
  const span = spanOf(model, minutes);
  const isLate = minutes > LONGEST_SUMMED;
  const observed = isLate ? model.lateObserved : model.partObserved + sumOf(model, span, 0);
  const expected = isLate ? model.lateExpected : model.partExpected + sumOf(model, span, 1);
  const ratio = expected > 0 ? observed / expected : observed > 0 ? LARGEST_RATIO : 1;
  if (ratio < scoredFrom || (ratio > 1 && !isLate && !isKnown(model, span))) {
    const unscored = { typical: observed, worth: expected, score: 0, before: 0 };
    return { minutes, observed, expected, ratio, ...unscored };
  }
  const before = window < ADAPTED ? residualBefore(model, BEFORE[window] ?? 0, span) : 0;
  const { typical, worth } = isLate
    ? { typical: observed, worth: expected }
    : weigh(model, span, expected);
  const score = scoreCount(model.spreads, window, { observed: typical, expected: worth, before });
  return { minutes, observed, expected, ratio, typical, worth, score, before };
}

/** What a window is summed from. */
interface Span {
  readonly blocks: number;
  /** Whole hours before the blocks, and the share of the hour before those. */
  readonly hours: number;
  readonly share: number;
}

function spanOf(model: CountModel, minutes: number): Span {
  if (minutes <= 60) return { blocks: minutes / 5, hours: 0, share: 0 };
  const blocks = (model.lastBlock + 1) % BLOCKS_PER_HOUR;
  const hours = minutes / 60 - (blocks > 0 ? 1 : 0);
  return { blocks, hours, share: blocks > 0 ? 1 - blocks / BLOCKS_PER_HOUR : 0 };
}

/** False where gaps cover a third of a window: what is left swings more than a whole one. */
function isKnown(model: CountModel, span: Span): boolean {
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
function sumOf(model: CountModel, span: Span, half: number): number {
  const { blocks, lastBlock } = model;
  let sum = 0;
  for (let back = 0; back < span.blocks; back += 1) {
    const index = (lastBlock - back) % BLOCKS_PER_HOUR;
    sum += blocks[BLOCKS_PER_HOUR * half + index] ?? 0;
  }
  return span.hours === 0 && span.share === 0 ? sum : addHours(sum, model, span, 24 * half);
}

/** Adds the hours of a window, out of one part of the day. */
function addHours(first: number, { day, lastHour }: CountModel, span: Span, part: number): number {
  let sum = first;
  for (let back = 0; back < span.hours; back += 1) sum += day[part + ((lastHour - back) % 24)] ?? 0;
  if (span.share > 0) sum += span.share * (day[part + ((lastHour - span.hours) % 24)] ?? 0);
  return sum;
}

/**
 * What a window says of the rate: within an hour, bursts of 5 minutes count by their logarithm, and hours count by how
 * much they tell. Swings of a busy hour are as large as those of another, so that of many calls more tell little more;
 * a sum over a day would hang on its few busiest hours.
 */
function weigh(
  model: CountModel,
  { blocks, hours, share }: Span,
  expected: number,
): { readonly typical: number; readonly worth: number } {
  const recent = model.partObserved + typicalOfBlocks(model, blocks);
  if (hours === 0 && share === 0) return { typical: recent, worth: expected };
  const { day, lastHour } = model;
  const enough = COUNT_DISPERSION / deviationOf(model.spreads, HOUR_WINDOW) ** 2;
  const known = model.partExpected + sumOf(model, { blocks, hours: 0, share: 0 }, 1);
  const first = (BLOCKS_PER_HOUR / Math.max(1, blocks)) * known + enough;
  let value = recent / first;
  let usual = known / first;
  let square = known / first ** 2;
  for (let back = 0; back < hours + Math.ceil(share); back += 1) {
    const index = (lastHour - back) % 24;
    const part = back < hours ? 1 : share;
    const own = day[24 + index] ?? 0;
    const weight = own + enough;
    value += (part * (day[48 + index] ?? 0)) / weight;
    usual += (part * own) / weight;
    square += (part * own) / weight ** 2;
  }
  const worth = square > 0 ? usual ** 2 / square : 0;
  return { typical: usual > 0 ? (worth * value) / usual : 0, worth };
}

/**
 * Calls of the newest blocks as they would be if none stood out: a mean by logarithms, in which few calls count singly.
 *
 * Five minutes of bursty traffic differ by more than a factor of two, so that the sum of an hour hangs on its largest; the
 * mean by logarithms varies by a sixth less and shows a rise of all blocks as well.
 */
export function typicalOfBlocks(model: CountModel, blocks: number, skip = 0): number {
  const { blocks: ring, lastBlock } = model;
  let sum = 0;
  let weight = 0;
  for (let back = skip; back < skip + blocks; back += 1) {
    const index = (lastBlock - back) % BLOCKS_PER_HOUR;
    const usual = (ring[BLOCKS_PER_HOUR + index] ?? 0) + COUNTED_CALLS;
    sum += usual * Math.log1p((ring[index] ?? 0) / usual);
    weight += usual;
  }
  return weight > 0 ? weight * Math.expm1(sum / weight) : 0;
}

/**
 * Log residual of what was just before a window, since swings of the rate last for hours: of half an hour that is still
 * known by blocks, or of what is left of the hour in which the window begins, and of whole hours before those.
 */
function residualBefore(model: CountModel, skip: number, span: Span): number {
  const { day, lastHour } = model;
  const { blocks, hours } = span;
  const isShort = hours === 0 && blocks < BLOCKS_PER_HOUR;
  const near = isShort ? Math.min(NEAR_BLOCKS, BLOCKS_PER_HOUR - blocks) : 0;
  let observed = near > 0 ? NEAR_WEIGHT * typicalOfBlocks(model, near, blocks) : 0;
  let expected = near > 0 ? NEAR_WEIGHT * expectedBefore(model, near, blocks) : 0;
  const rest = isShort ? 0 : ((model.lastBlock + 1) % BLOCKS_PER_HOUR) / BLOCKS_PER_HOUR;
  if (rest > 0) {
    const index = (lastHour - skip + 25) % 24;
    const usual = restOf(model, index, { rest, span, half: 1 });
    expected += (BEFORE_WEIGHTS[0] ?? 0) * usual;
    observed +=
      (BEFORE_WEIGHTS[0] ?? 0) *
      Math.min(restOf(model, index, { rest, span, half: 0 }), LARGEST_REST * usual);
  }
  for (let back = 0; back < 3; back += 1) {
    const index = (lastHour - skip - back + 24) % 24;
    const weight =
      (1 - rest) * (BEFORE_WEIGHTS[back] ?? 0) + rest * (BEFORE_WEIGHTS[back + 1] ?? 0);
    observed += weight * (day[48 + index] ?? 0);
    expected += weight * (day[24 + index] ?? 0);
  }
  const residual = Math.log((observed + 3) / (expected + 3)) - centreBefore(model.spreads);
  return Math.max(-1, Math.min(1, residual));
}

/** Observed (`half` 0) or expected (1) of the part of an hour that lies before a window: by blocks where they are known. */
function restOf(
  model: CountModel,
  index: number,
  { rest, span, half }: { readonly rest: number; readonly span: Span; readonly half: number },
): number {
  const { blocks: ring, day, lastBlock } = model;
  if (span.hours > 0) return rest * (day[(half === 0 ? 48 : 24) + index] ?? 0);
  let within = 0;
  for (let back = Math.round(rest * BLOCKS_PER_HOUR); back < BLOCKS_PER_HOUR; back += 1) {
    within += ring[BLOCKS_PER_HOUR * half + ((lastBlock - back) % BLOCKS_PER_HOUR)] ?? 0;
  }
  return Math.max(0, (day[24 * half + index] ?? 0) - within);
}

function expectedBefore({ blocks, lastBlock }: CountModel, count: number, skip: number): number {
  let sum = 0;
  for (let back = skip; back < skip + count; back += 1) {
    sum += blocks[BLOCKS_PER_HOUR + ((lastBlock - back) % BLOCKS_PER_HOUR)] ?? 0;
  }
  return sum;
}
