import { newestLearned } from './borrow-profile.ts';
import { type CountModel, HOUR_WINDOW, historyHours } from './count-model.ts';
import type { SlotOfHour } from './fit-profile.ts';
import { isMarked, RING_HOURS, valueOfCode } from './hour-ring.ts';
import { valueOfLogCode } from './log-code.ts';
import { COUNT_DISPERSION, deviationOf } from './spread.ts';

const LEVEL_DELAY_HOURS = 24;
const LEVEL_HOURS = 240;
const LATE_HOURS = 48;
const LEVEL_HALF_LIFE = 96;
const LEVEL_PRIOR = 12;
const LEVEL_WEIGHTS = Float64Array.from(
  { length: LEVEL_HOURS },
  (_, age) => 2 ** (-age / LEVEL_HALF_LIFE),
);

/** Sets the level, and what the last 48 hours were and should have been by the level before them. */
export function fitLevel(model: CountModel, slotOf: SlotOfHour): void {
  const isYoung = historyHours(model) < 336;
  const newest = model.borrowed === 1 ? model.lastHour - newestLearned(model) : 0;
  model.level = levelBefore(model, isYoung ? newest : LEVEL_DELAY_HOURS, slotOf);
  if (isYoung) return;
  const before = levelBefore(model, LATE_HOURS, slotOf);
  const { hours, leftOut, slots, lastHour } = model;
  let observed = 0;
  let expected = 0;
  for (let back = 0; back < LATE_HOURS; back += 1) {
    const hour = lastHour - back;
    const value = valueOfCode(hours[hour % RING_HOURS] ?? 0);
    if (value < 0 || isMarked(leftOut, hour)) continue;
    observed += value;
    expected += before * valueOfLogCode(slots[slotOf(hour)]);
  }
  model.lateObserved = observed;
  model.lateExpected = expected;
}

/** How far ten days lie above or below the profile, from a third to three times; they end so many hours ago. */
function levelBefore(model: CountModel, delay: number, slotOf: SlotOfHour): number {
  const newest = model.lastHour - delay;
  const oldest = Math.max(model.firstHour, newest - LEVEL_HOURS + 1);
  const { hours, leftOut, slots } = model;
  let observed = 0;
  let expected = 0;
  let sum = 0;
  // The swings of busy hours are as large as those of others, so that many calls do not make an hour surer.
  const variance = deviationOf(model.spreads, HOUR_WINDOW) ** 2;
  for (let hour = oldest; hour <= newest; hour += 1) {
    if (isMarked(leftOut, hour)) continue;
    const value = valueOfCode(hours[hour % RING_HOURS] ?? 0);
    if (value < 0) continue;
    const usual = valueOfLogCode(slots[slotOf(hour)]);
    const worth = COUNT_DISPERSION / (COUNT_DISPERSION + usual * variance);
    const weight = worth * (LEVEL_WEIGHTS[newest - hour] ?? 0);
    observed += weight * Math.min(value, 4 * usual + 3);
    expected += weight * usual;
    sum += worth * usual;
  }
  const prior = (LEVEL_PRIOR * sum) / Math.max(1, newest - oldest + 1);
  const level = expected + prior > 0 ? (observed + prior) / (expected + prior) : 1;
  return Math.min(3, Math.max(1 / 3, level));
}
