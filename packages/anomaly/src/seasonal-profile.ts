import { HALF_LIFE_DAYS } from './time.ts';

const SHRINKAGE = 2;
const LEVEL_SHRINKAGE = 6;

/** One past hour as the fit sees it. */
export interface ProfileHour {
  readonly value: number;
  readonly slot: number;
  readonly ageHours: number;
}

/** Expected value of each hour of the week, and the mean over all. */
export interface SeasonalProfile {
  readonly mean: number;
  /** Values above this are cut before fitting. */
  readonly cap: number;
  /** 168 values, Monday 00:00 first. */
  readonly slots: number[];
}

/**
 * Fits the hour-of-week profile: recent hours weigh more (half-life 14 days), the top 2 % are cut, each hour of the
 * week is shrunk towards its hour of the day and that towards the mean, with the weight of two hours each.
 */
export function fitProfile(hours: readonly ProfileHour[]): SeasonalProfile {
  if (hours.length === 0) return { mean: 0, cap: 0, slots: new Array<number>(168).fill(0) };
  const cap = capOf(hours);
  const weekSum = new Array<number>(168).fill(0);
  const weekWeight = new Array<number>(168).fill(0);
  let sum = 0;
  let weight = 0;
  for (const hour of hours) {
    const w = 2 ** (-hour.ageHours / 24 / HALF_LIFE_DAYS);
    const value = Math.min(hour.value, cap) * w;
    sum += value;
    weight += w;
    weekSum[hour.slot] = (weekSum[hour.slot] ?? 0) + value;
    weekWeight[hour.slot] = (weekWeight[hour.slot] ?? 0) + w;
  }
  const mean = sum / weight;
  const day = dayProfile(weekSum, weekWeight, mean);
  const slots = weekSum.map(
    (total, slot) =>
      (total + SHRINKAGE * (day[slot % 24] ?? mean)) / ((weekWeight[slot] ?? 0) + SHRINKAGE),
  );
  return { mean, cap, slots };
}

function capOf(hours: readonly ProfileHour[]): number {
  const sorted = hours.map((hour) => hour.value).sort((a, b) => a - b);
  return sorted[Math.ceil(0.98 * sorted.length) - 1] ?? 0;
}

function dayProfile(weekSum: readonly number[], weekWeight: readonly number[], mean: number) {
  return Array.from({ length: 24 }, (_, hourOfDay) => {
    let sum = SHRINKAGE * mean;
    let weight = SHRINKAGE;
    for (let slot = hourOfDay; slot < 168; slot += 24) {
      sum += weekSum[slot] ?? 0;
      weight += weekWeight[slot] ?? 0;
    }
    return sum / weight;
  });
}

/**
 * How far the last days lie above or below the profile, from 1/3 to 3.
 *
 * `hours` are the last 72 known ones; shrunk towards 1 with the weight of six mean hours.
 */
export function fitLevel(hours: readonly ProfileHour[], profile: SeasonalProfile): number {
  let observed = LEVEL_SHRINKAGE * profile.mean;
  let expected = observed;
  for (const hour of hours) {
    observed += Math.min(hour.value, profile.cap * 3);
    expected += profile.slots[hour.slot] ?? 0;
  }
  if (expected <= 0) return 1;
  return Math.min(3, Math.max(1 / 3, observed / expected));
}
