import { spentOn } from './close-block.ts';
import { DAY_WINDOW, historyHours } from './count-model.ts';
import { type History, type ScopeHistory, seriesIn } from './history.ts';
import { valueOfLogCode } from './log-code.ts';
import { deviationOf } from './spread.ts';
import { HOUR_MS, type HourOfWeek } from './time.ts';

/** Spend still to come, and the range in which it should lie. */
export interface SpendForecast {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** The stretch that is asked for, from the present on. */
interface Range {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly hourOfWeek: HourOfWeek;
}

const FORECAST_HOURS = 168;
const DAY_HOURS = 24;
const DAY_MS = DAY_HOURS * HOUR_MS;
/** How far the level drifts in a period, as a deviation of its log. */
const DRIFT = 0.03;
/** What the level stands on is worth so many days, and lies so many back. */
const LEVEL_DAYS = 7;
const LEVEL_AGE_DAYS = 4.3;
/** Range that holds the truth 19 times of 20, in deviations. */
const REACH = 2;

/** The sum of what is still to come everywhere; undefined where nothing is known for a week. Ranges add as if all went up at once. */
export function forecastSpend(
  scopes: readonly ScopeHistory[],
  range: Range,
): SpendForecast | undefined {
  const rests = scopes.flatMap((scope) => forecastScope(scope, range) ?? []);
  if (rests.length === 0) return undefined;
  const sum = { low: 0, mid: 0, high: 0 };
  for (const { low, mid, high } of rests) {
    sum.low += low;
    sum.mid += mid;
    sum.high += high;
  }
  return sum;
}

/** Spend of everything, from the end of what was learned to an instant, as budgets forecast it; undefined before a week is known. */
export function forecastTotal(
  history: History,
  { toEpochMs, hourOfWeek }: Pick<Range, 'toEpochMs' | 'hourOfWeek'>,
): SpendForecast | undefined {
  const { advancedToEpochMs: fromEpochMs } = history;
  if (fromEpochMs === undefined) return undefined;
  const totals = [...history.scopes.values()].filter(({ scope }) => scope.level === 'total');
  return forecastSpend(totals, { fromEpochMs, toEpochMs, hourOfWeek });
}

function forecastScope(scope: ScopeHistory, range: Range): SpendForecast | undefined {
  const { model } = scope;
  if (historyHours(model) < FORECAST_HOURS) return undefined;
  const usual = seriesIn(scope).reduce(
    (sum, { usual: one }) => ({ calls: sum.calls + one.calls, usd: sum.usd + one.costUsd }),
    { calls: 0, usd: 0 },
  );
  if (usual.calls <= 0) return undefined;
  const seen = spendOfDays(scope, range);
  const { growth } = seen;
  let calls = 0;
  for (let at = range.fromEpochMs; at < range.toEpochMs; at += HOUR_MS) {
    const share = Math.min(1, (range.toEpochMs - at) / HOUR_MS);
    const middle = at + (share * HOUR_MS) / 2;
    const days = LEVEL_AGE_DAYS + (middle - range.fromEpochMs) / DAY_MS;
    calls +=
      share *
      valueOfLogCode(model.slots[range.hourOfWeek(middle)]) *
      model.level *
      Math.exp(growth.perDay * days);
  }
  const perCall = usual.usd / usual.calls;
  const mid = calls * perCall * correctionOf(seen, Math.log(model.level * perCall));
  const days = Math.max(1, (range.toEpochMs - range.fromEpochMs) / DAY_MS);
  const ofDay = Math.max(seen.ofDay, deviationOf(model.spreads, DAY_WINDOW));
  const deviation = Math.hypot(
    ofDay * Math.sqrt(1 / days + 1 / LEVEL_DAYS),
    DRIFT,
    growth.deviation * (LEVEL_AGE_DAYS + days / 2),
  );
  const reach = Math.exp(REACH * deviation);
  return { low: mid / reach, mid, high: mid * reach };
}

/** Growth is looked for in so many days, of which so many must have a spend. */
const GROWTH_DAYS = 28;
const FEWEST_DAYS = 14;
/** Spend grows or falls by some 2 % a week: a deviation of its log by day. */
const PRIOR_GROWTH = 0.02 / 7;
/** A day that differs more from the median is an incident, of which so much counts. */
const MOST_APART = 0.5;

/** What days of the past show. */
interface SpendOfDays {
  /** By how much the log of spend grows a day, and how well that is known, as a deviation. */
  readonly growth: { readonly perDay: number; readonly deviation: number };
  /** Deviation of the log of a single day. */
  readonly ofDay: number;
  /** Log of USD over the calls of the profile, at the age of the level; undefined where little is known. */
  readonly level?: number;
}

/** How sure the level of four weeks is that differs from the one of ten days, in deviations, before it is an old one. */
const APART = 2;

/**
 * Factor by which four weeks of spend correct the level: it follows calls, of which it cuts the highest bursts, and the usual
 * cost of one. 1 where they differ so much that usage has changed since.
 */
function correctionOf({ growth, ofDay, level }: SpendOfDays, known: number): number {
  if (level === undefined) return 1;
  const ofKnown = ofDay ** 2 / LEVEL_DAYS + DRIFT ** 2;
  const ofSeen = ofDay ** 2 / GROWTH_DAYS + (growth.deviation * (GROWTH_DAYS / 2)) ** 2;
  const apart = level - known;
  if (Math.abs(apart) > APART * Math.sqrt(ofKnown + ofSeen)) return 1;
  return Math.exp((apart * ofKnown) / (ofKnown + ofSeen));
}

/** Fits a line through the log of days over what their weekday has usually. */
function spendOfDays(
  { days, lastDay, model: { slots } }: ScopeHistory,
  { fromEpochMs, hourOfWeek }: Range,
): SpendOfDays {
  const noon = fromEpochMs + (12 - (hourOfWeek(fromEpochMs) % DAY_HOURS)) * HOUR_MS;
  const points: { readonly day: number; readonly value: number }[] = [];
  for (let back = 1; back <= GROWTH_DAYS; back += 1) {
    const slot = hourOfWeek(noon - back * DAY_MS);
    const usd = spentOn({ days, lastDay }, noon - back * DAY_MS, slot);
    const midnight = slot - (slot % DAY_HOURS);
    const usual = slots
      .subarray(midnight, midnight + DAY_HOURS)
      .reduce((sum, code) => sum + valueOfLogCode(code), 0);
    if (usd > 0 && usual > 0) points.push({ day: -back, value: Math.log(usd / usual) });
  }
  if (points.length < FEWEST_DAYS) {
    return { growth: { perDay: 0, deviation: PRIOR_GROWTH }, ofDay: 0 };
  }
  return lineThrough(points);
}

function lineThrough(
  points: readonly { readonly day: number; readonly value: number }[],
): SpendOfDays {
  const count = points.length;
  const median = points.map(({ value }) => value).sort((a, b) => a - b)[count >> 1] ?? 0;
  const near = points.map(({ day, value }) => ({
    day,
    value: Math.min(median + MOST_APART, Math.max(median - MOST_APART, value)),
  }));
  const meanDay = near.reduce((sum, { day }) => sum + day, 0) / count;
  const mean = near.reduce((sum, { value }) => sum + value, 0) / count;
  let squares = 0;
  let products = 0;
  let total = 0;
  for (const { day, value } of near) {
    squares += (day - meanDay) ** 2;
    products += (day - meanDay) * (value - mean);
    total += (value - mean) ** 2;
  }
  const slope = products / squares;
  const variance = Math.max(0, total - slope * products) / (count - 2);
  const trust = PRIOR_GROWTH ** 2 / (PRIOR_GROWTH ** 2 + variance / squares);
  return {
    growth: { perDay: trust * slope, deviation: PRIOR_GROWTH * Math.sqrt(1 - trust) },
    ofDay: Math.sqrt(variance),
    // Days add up by their mean, not by that of their logs.
    level: mean + trust * slope * (-LEVEL_AGE_DAYS - meanDay) + variance / 2,
  };
}
