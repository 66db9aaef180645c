import { type CountModel, HOUR_WINDOW, historyHours, MATURE_HOURS } from './count-model.ts';
import { type SlotOfHour, slotShrinkage } from './fit-profile.ts';
import { isMarked, RING_HOURS, valueOfCode } from './hour-ring.ts';
import { logCodeOf, valueOfLogCode } from './log-code.ts';
import { COUNT_DISPERSION, deviationOf } from './spread.ts';

/** What may lend its week: a scope, with the one above it. */
interface Lendable {
  readonly model: CountModel;
  readonly parent: Lendable | undefined;
}

const HOURS_OF_DAY = 24;
const LONGEST_DELAY_HOURS = 24;
const SLOTS = 168;
/** A parent that sleeps says little of how a child that is awake then compares with it. */
const LEAST_SHARE = 0.05;
const CUT = 2.5;
/** So many days of its own weigh as much as what is lent, for an hour of the day. */
const LENT_DAYS = 6;
/** Log deviation of its own hours from the lent week from which the lent week is not its own, squared. */
const MISFIT = 0.6;
/** An hour with fewer calls says nothing of the shape. */
const COUNTED = 1;

const lent = new Float64Array(SLOTS);
const sums = new Float64Array(SLOTS);
const known = new Float64Array(SLOTS);
const corrections = new Float64Array(HOURS_OF_DAY);

/** The nearest scope above that was known for three weeks when this one was born; undefined where it need not or cannot borrow. */
export function lenderOf({ model, parent }: Lendable): CountModel | undefined {
  if (model.firstHour < 0 || historyHours(model) >= MATURE_HOURS) return undefined;
  for (let above = parent; above !== undefined; above = above.parent) {
    const { firstHour } = above.model;
    if (firstHour >= 0 && model.firstHour - firstHour >= MATURE_HOURS) return above.model;
  }
  return undefined;
}

/**
 * Fits a young model by the week of its parent: every hour of the week is expected as the parent's at the model's own level,
 * the hours of the day corrected by what it has shown itself. False, with `slots` as they were, where it has not had a whole
 * hour yet or its own hours contradict the shape.
 */
export function borrowProfile(model: CountModel, lender: CountModel, slotOf: SlotOfHour): boolean {
  readLender(lender);
  const variance = deviationOf(model.spreads, HOUR_WINDOW) ** 2;
  const first = ratioOf(model, slotOf, { variance, cut: undefined });
  if (first === undefined) return false;
  const ratio = ratioOf(model, slotOf, { variance, cut: first }) ?? first;
  if (misfitOf(model, slotOf, ratio) > MISFIT) return false;
  collect(model, slotOf, ratio);
  correctHours(ratio);
  const shrinkage = slotShrinkage(variance);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const prior = ratio * (lent[slot] ?? 0) * (corrections[slot % HOURS_OF_DAY] ?? 1);
    const expected = (sums[slot] ?? 0) + shrinkage * prior;
    model.slots[slot] = logCodeOf(expected / ((known[slot] ?? 0) + shrinkage));
  }
  return true;
}

function readLender({ slots }: CountModel): void {
  let sum = 0;
  for (let slot = 0; slot < SLOTS; slot += 1) sum += valueOfLogCode(slots[slot]);
  const least = (LEAST_SHARE * sum) / SLOTS;
  for (let slot = 0; slot < SLOTS; slot += 1)
    lent[slot] = Math.max(least, valueOfLogCode(slots[slot]));
}

/** Calls of a whole hour of its own that may be learned; -1 for others. The first hour of all was hardly whole. */
function valueAt({ hours, leftOut }: CountModel, hour: number): number {
  return isMarked(leftOut, hour) ? -1 : valueOfCode(hours[hour % RING_HOURS] ?? 0);
}

function firstWhole({ firstHour, lastHour }: CountModel): number {
  return Math.max(firstHour + 1, lastHour - RING_HOURS + 1);
}

/** What goes on now would else be usual before it is found: the last quarter of its life, up to a day, is not learned yet. */
export function newestLearned(model: CountModel): number {
  return model.lastHour - Math.min(LONGEST_DELAY_HOURS, Math.floor(historyHours(model) / 4));
}

/** How many times the lent calls it has, each hour by how much it tells; hours far above a first guess are cut. */
function ratioOf(
  model: CountModel,
  slotOf: SlotOfHour,
  { variance, cut }: { readonly variance: number; readonly cut: number | undefined },
): number | undefined {
  const newest = newestLearned(model);
  let own = 0;
  let base = 0;
  for (let hour = firstWhole(model); hour <= newest; hour += 1) {
    const value = valueAt(model, hour);
    if (value < 0) continue;
    const usual = lent[slotOf(hour)] ?? 0;
    const guess = (cut ?? 1) * usual;
    const worth = cut === undefined ? 1 : 1 / (COUNT_DISPERSION + guess * variance);
    own += worth * (cut === undefined ? value : Math.min(value, CUT * guess + 3));
    base += worth * usual;
  }
  return own > 0 && base > 0 ? own / base : undefined;
}

/** Variance of the log of its hours around the lent ones that counting does not explain. */
function misfitOf(model: CountModel, slotOf: SlotOfHour, ratio: number): number {
  const newest = newestLearned(model);
  let squares = 0;
  let counting = 0;
  let count = 0;
  for (let hour = firstWhole(model); hour <= newest; hour += 1) {
    const value = valueAt(model, hour);
    const usual = ratio * (lent[slotOf(hour)] ?? 0);
    if (value < 0 || Math.max(value, usual) < COUNTED) continue;
    squares += Math.log((value + 1) / (usual + 1)) ** 2;
    counting += COUNT_DISPERSION / (usual + 1);
    count += 1;
  }
  return count > 0 ? (squares - counting) / count : 0;
}

/** Sums its own hours by hour of the week, cut where they are far above what is lent. */
function collect(model: CountModel, slotOf: SlotOfHour, ratio: number): void {
  const newest = newestLearned(model);
  sums.fill(0);
  known.fill(0);
  for (let hour = firstWhole(model); hour <= newest; hour += 1) {
    const value = valueAt(model, hour);
    if (value < 0) continue;
    const slot = slotOf(hour);
    sums[slot] = (sums[slot] ?? 0) + Math.min(value, CUT * ratio * (lent[slot] ?? 0) + 3);
    known[slot] = (known[slot] ?? 0) + 1;
  }
}

/** How its hours of the day differ from the lent ones, as far as the days that it has seen show it. */
function correctHours(ratio: number): void {
  for (let hour = 0; hour < HOURS_OF_DAY; hour += 1) {
    let own = 0;
    let usual = 0;
    let all = 0;
    for (let slot = hour; slot < SLOTS; slot += HOURS_OF_DAY) {
      const expected = ratio * (lent[slot] ?? 0);
      own += sums[slot] ?? 0;
      usual += (known[slot] ?? 0) * expected;
      all += expected / 7;
    }
    corrections[hour] = (own + LENT_DAYS * all) / (usual + LENT_DAYS * all);
  }
}
