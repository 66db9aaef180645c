import { isMarked, RING_HOURS, valueOfCode } from './hour-ring.ts';
import { logCodeOf, valueOfLogCode } from './log-code.ts';
import { COUNT_DISPERSION } from './spread.ts';

/** Past hours of one quantity as the fit reads them. */
export interface HourRing {
  readonly hours: Uint8Array;
  readonly leftOut: Uint8Array;
  readonly firstHour: number;
  readonly lastHour: number;
}

/** Hour of the week of an hour number. */
export type SlotOfHour = (hour: number) => number;

const HALF_LIFE_HOURS = 14 * 24;
const WEIGHTS = Float64Array.from(
  { length: RING_HOURS },
  (_, age) => 2 ** (-age / HALF_LIFE_HOURS),
);
/** From so many hours of history on, the newest day is not learned yet. */
const SETTLED_HOURS = 336;
const DELAY_HOURS = 24;
const DAY_SHRINKAGE = 6;
const SHAPE_SHRINKAGE = 2;
/** How far a single hour of the week may truly lie from day factor × shape, as a variance of its log. */
const SLOT_VARIANCE = 0.02;
const CUT = 2.5;
/** First and last day of working days and of the week-end. */
const CLASSES = [
  [0, 5],
  [5, 7],
] as const;
/** How far a day may truly lie from the mean of its class, as a variance of its log; and what swings that last for hours add. */
const DAY_VARIANCE = 0.003;
const DAY_NOISE = 2;

/** Sums of weight and of weighted values by hour of the week. */
const sums = new Float64Array(168);
const weights = new Float64Array(168);
const base = new Float64Array(168);
const dayFactor = new Float64Array(7);
const shape = new Float64Array(48);
const dayValue = new Float64Array(7);
const dayUsual = new Float64Array(7);

/**
 * Fits the expected value of each hour of the week into `slots`, as `logCodeOf` it.
 *
 * Recent hours weigh more (half-life 14 days). A day factor times the shape of a working day or of a week-end is the first
 * guess; each hour of the week then moves from it towards its own mean, the less the noisier the series is (`noise`: standard
 * deviation of the log of an hour). Values far above the first guess are cut and fitted again.
 */
export function fitProfile(
  ring: HourRing,
  slotOf: SlotOfHour,
  noise: number,
  slots: Uint16Array,
): void {
  // Without a single known hour what was usual before is the best that is known.
  if (!collect(ring, slotOf, undefined)) return;
  const shrinkage = slotShrinkage(noise ** 2);
  fitBase(noise);
  fill(slots, shrinkage);
  collect(ring, slotOf, slots);
  fitBase(noise);
  fill(slots, shrinkage);
}

/** How many hours of its own weigh as much as the first guess of an hour of the week; `variance` is that of the log of an hour. */
export function slotShrinkage(variance: number): number {
  return Math.min(40, Math.max(2, variance / SLOT_VARIANCE));
}

/** Sums the known hours by slot; false when there are none. */
function collect(ring: HourRing, slotOf: SlotOfHour, cut: Uint16Array | undefined): boolean {
  sums.fill(0);
  weights.fill(0);
  let isAny = false;
  const oldest = Math.max(ring.firstHour, ring.lastHour - RING_HOURS + 1);
  const { hours, leftOut, lastHour } = ring;
  // What goes on for a day would else be half usual before it is found.
  const newest = lastHour - ring.firstHour >= SETTLED_HOURS ? lastHour - DELAY_HOURS : lastHour;
  for (let hour = oldest; hour <= newest; hour += 1) {
    let value = valueOfCode(hours[hour % RING_HOURS] ?? 0);
    if (value < 0 || isMarked(leftOut, hour)) continue;
    const slot = slotOf(hour);
    if (cut !== undefined) value = Math.min(value, CUT * valueOfLogCode(cut[slot]) + 3);
    const weight = WEIGHTS[lastHour - hour] ?? 0;
    sums[slot] = (sums[slot] ?? 0) + weight * value;
    weights[slot] = (weights[slot] ?? 0) + weight;
    isAny = true;
  }
  return isAny;
}

function fitBase(noise: number): void {
  fitDays();
  fitShapes();
  refineDays(noise);
  fitShapes();
  smoothShapes(Math.min(0.25, noise ** 2));
  for (let slot = 0; slot < 168; slot += 1) {
    const day = Math.floor(slot / 24);
    base[slot] = (dayFactor[day] ?? 0) * (shape[(day < 5 ? 0 : 24) + (slot % 24)] ?? 0);
  }
}

/** Mean of each day of the week, shrunk towards the mean of working days or of the week-end, and that towards all. */
function fitDays(): void {
  const all = meanOf(0, 7, 0, 0);
  for (const [from, to] of CLASSES) {
    const classMean = meanOf(from, to, all, DAY_SHRINKAGE);
    for (let day = from; day < to; day += 1) {
      dayFactor[day] = meanOf(day, day + 1, classMean, DAY_SHRINKAGE);
    }
  }
}

/**
 * Days again, now that the shape is known: an hour of many calls swings as much as another and tells little more of its day.
 * Days of a class differ little; each moves from their mean by as much as its own hours surely show.
 */
function refineDays(noise: number): void {
  const variance = Math.max(0.01, noise ** 2);
  for (const [from, to] of CLASSES) {
    const factor = meanFactor(from, to);
    let value = 0;
    let usual = 0;
    for (let day = from; day < to; day += 1) {
      weighDay(day, factor, variance);
      value += dayValue[day] ?? 0;
      usual += dayUsual[day] ?? 0;
    }
    if (!(usual > 0)) continue;
    const mean = value / usual;
    const prior = DAY_NOISE / DAY_VARIANCE;
    for (let day = from; day < to; day += 1) {
      const own = ((dayValue[day] ?? 0) + prior * mean) / ((dayUsual[day] ?? 0) + prior);
      dayFactor[day] = factor * own;
    }
  }
}

/** Sums what a day had and what it would have by its class, each hour by how much it tells. */
function weighDay(day: number, factor: number, variance: number): void {
  const offset = day < 5 ? 0 : 24;
  let value = 0;
  let usual = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    const slot = day * 24 + hour;
    const expected = factor * (shape[offset + hour] ?? 0);
    const worth = 1 / (COUNT_DISPERSION + expected * variance);
    value += worth * (sums[slot] ?? 0);
    usual += worth * (weights[slot] ?? 0) * expected;
  }
  dayValue[day] = value;
  dayUsual[day] = usual;
}

function meanOf(fromDay: number, toDay: number, prior: number, priorWeight: number): number {
  let sum = prior * priorWeight;
  let weight = priorWeight;
  for (let slot = fromDay * 24; slot < toDay * 24; slot += 1) {
    sum += sums[slot] ?? 0;
    weight += weights[slot] ?? 0;
  }
  return weight > 0 ? sum / weight : 0;
}

/** Share of each hour of the day relative to its day, for working days and week-ends, each shrunk towards both. */
function fitShapes(): void {
  for (let hour = 0; hour < 24; hour += 1) {
    const all = shapeOf(hour, 0, 7, 1);
    shape[hour] = shapeOf(hour, 0, 5, all);
    shape[24 + hour] = shapeOf(hour, 5, 7, all);
  }
}

function shapeOf(hour: number, fromDay: number, toDay: number, prior: number): number {
  let observed = 0;
  let expected = 0;
  for (let day = fromDay; day < toDay; day += 1) {
    observed += sums[day * 24 + hour] ?? 0;
    expected += (weights[day * 24 + hour] ?? 0) * (dayFactor[day] ?? 0);
  }
  const priorWeight = SHAPE_SHRINKAGE * meanFactor(fromDay, toDay);
  const bottom = expected + priorWeight;
  return bottom > 0 ? (observed + prior * priorWeight) / bottom : 1;
}

function meanFactor(fromDay: number, toDay: number): number {
  let sum = 0;
  for (let day = fromDay; day < toDay; day += 1) sum += dayFactor[day] ?? 0;
  return sum / (toDay - fromDay);
}

function smoothShapes(share: number): void {
  for (const offset of [0, 24]) {
    const first = shape[offset] ?? 0;
    let before = shape[offset + 23] ?? 0;
    for (let hour = 0; hour < 24; hour += 1) {
      const here = shape[offset + hour] ?? 0;
      const after = hour === 23 ? first : (shape[offset + hour + 1] ?? 0);
      shape[offset + hour] = (1 - 2 * share) * here + share * (before + after);
      before = here;
    }
  }
}

function fill(slots: Uint16Array, shrinkage: number): void {
  for (let slot = 0; slot < 168; slot += 1) {
    const prior = base[slot] ?? 0;
    const expected = (sums[slot] ?? 0) + shrinkage * prior;
    slots[slot] = logCodeOf(expected / ((weights[slot] ?? 0) + shrinkage));
  }
}
