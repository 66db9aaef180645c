import { decayCacheBaseline, learnCacheHour, learnCacheMinute } from './cache-baseline.ts';
import { decayCostBaseline, learnCostHour } from './cost-baseline.ts';
import { learnBlock, learnHour, type WindowMinutes } from './count-baseline.ts';
import {
  coverageOf,
  type History,
  type ScopeHistory,
  type SeriesHistory,
  seriesOf,
  sortedScopes,
  type TimedUsage,
  usageBetween,
} from './history.ts';
import { seriesKey } from './scope.ts';
import { HALF_LIFE_DAYS, HOUR_MS, type HourOfWeek, hourOf, MINUTE_MS } from './time.ts';
import type { Gap, UsageMinute } from './usage-minute.ts';
import {
  addUsage,
  createUsageSum,
  isValidMinute,
  scaleUsage,
  type UsageSum,
  usageOfMinute,
} from './usage-sum.ts';

/** New minutes to learn, up to an instant before which they are complete. */
export interface AdvanceInput {
  readonly minutes: readonly UsageMinute[];
  readonly gaps: readonly Gap[];
  readonly toEpochMs: number;
}

const MINIMUM_COVERAGE = 0.8;
const DAY_MS = 24 * HOUR_MS;

/**
 * Learns the minutes from where the history ends up to `toEpochMs`, in the order of time whatever their order here.
 *
 * A minute without a row is zero, unless a gap covers it. Invalid, late, early and repeated rows are left out and
 * counted in `refused`. Never throws; the history passed in is used up.
 */
export function advance(history: History, input: AdvanceInput, hourOfWeek: HourOfWeek): History {
  const to = Math.floor(input.toEpochMs / MINUTE_MS) * MINUTE_MS;
  if (!Number.isFinite(to)) return history;
  const byMinute = sortMinutes(history, input.minutes, to);
  const first = byMinute[0]?.[0];
  history.gaps = keepGaps([...history.gaps, ...input.gaps], to);
  const from = history.advancedToEpochMs ?? first ?? to;
  if (from > to) return history;
  const scopes = { list: sortedScopes(history), count: Object.keys(history.scopes).length };
  let next = 0;
  for (let minute = from; minute < to; minute += MINUTE_MS) {
    if (byMinute[next]?.[0] === minute) {
      for (const row of byMinute[next]?.[1] ?? []) addMinute(history, row);
      next += 1;
    }
    const count = Object.keys(history.scopes).length;
    if (count !== scopes.count) Object.assign(scopes, { list: sortedScopes(history), count });
    closePeriods(
      history,
      scopes.list,
      { endEpochMs: minute + MINUTE_MS, gaps: input.gaps },
      hourOfWeek,
    );
  }
  history.advancedToEpochMs = to;
  prune(history, to);
  return history;
}

function sortMinutes(
  history: History,
  minutes: readonly UsageMinute[],
  to: number,
): [number, UsageMinute[]][] {
  const groups = new Map<number, Map<string, UsageMinute>>();
  for (const minute of minutes) {
    const start = minute.minuteEpochMs;
    if (!isValidMinute(minute) || start % MINUTE_MS !== 0) history.refused.invalid += 1;
    else if (start < (history.advancedToEpochMs ?? start)) history.refused.late += 1;
    else if (start >= to) history.refused.early += 1;
    else addRow(history, groups, minute);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([start, rows]) => [
      start,
      [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
    ]);
}

function addRow(
  history: History,
  groups: Map<number, Map<string, UsageMinute>>,
  minute: UsageMinute,
): void {
  let rows = groups.get(minute.minuteEpochMs);
  if (rows === undefined) {
    rows = new Map();
    groups.set(minute.minuteEpochMs, rows);
  }
  const key = seriesKey(minute.labels);
  const known = rows.get(key);
  if (known !== undefined) history.refused.repeated += 1;
  if (known === undefined || known.calls < minute.calls) rows.set(key, minute);
}

function keepGaps(gaps: readonly Gap[], to: number): Gap[] {
  const seen = new Set<string>();
  return gaps.filter((gap) => {
    const key = `${gap.fromEpochMs}-${gap.toEpochMs}`;
    if (seen.has(key) || !(gap.toEpochMs > to - 25 * HOUR_MS)) return false;
    seen.add(key);
    return gap.toEpochMs > gap.fromEpochMs;
  });
}

function addMinute(history: History, row: UsageMinute): void {
  const usage = usageOfMinute(row);
  const series = seriesOf(history, row.labels, row.minuteEpochMs);
  append(series.minutes, row.minuteEpochMs, usage);
  for (const key of series.scopeKeys) {
    const scope = history.scopes[key];
    if (scope !== undefined) append(scope.minutes, row.minuteEpochMs, usage);
  }
  const feature = history.scopes[series.scopeKeys[2] ?? ''];
  if (feature !== undefined && row.cacheHits + row.cacheMisses > 0) {
    const { cacheHits: hits, cacheMisses: misses, minuteEpochMs: startEpochMs } = row;
    const callsPerHour = feature.calls.profile.mean * feature.calls.level;
    learnCacheMinute(feature.cache, { hits, misses, startEpochMs, callsPerHour });
  }
}

function append(minutes: TimedUsage[], startEpochMs: number, usage: UsageSum): void {
  const last = minutes.at(-1);
  if (last?.startEpochMs === startEpochMs) {
    addUsage(last.usage, usage);
    return;
  }
  const copy = createUsageSum();
  addUsage(copy, usage);
  minutes.push({ startEpochMs, usage: copy });
}

interface Period {
  readonly endEpochMs: number;
  readonly gaps: readonly Gap[];
}

function closePeriods(
  history: History,
  scopes: readonly ScopeHistory[],
  period: Period,
  hourOfWeek: HourOfWeek,
): void {
  const { endEpochMs } = period;
  if (endEpochMs % (5 * MINUTE_MS) !== 0) return;
  closeBlocks(history, scopes, 5, period, hourOfWeek);
  if (endEpochMs % (20 * MINUTE_MS) === 0) closeBlocks(history, scopes, 20, period, hourOfWeek);
  if (endEpochMs % HOUR_MS !== 0) return;
  const coverage = coverageOf([...period.gaps, ...history.gaps], endEpochMs - HOUR_MS, endEpochMs);
  for (const scope of scopes) closeScopeHour(scope, endEpochMs, coverage, hourOfWeek);
  for (const series of Object.values(history.series)) closeSeriesHour(history, series, endEpochMs);
  prune(history, endEpochMs);
}

function closeBlocks(
  history: History,
  scopes: readonly ScopeHistory[],
  minutes: WindowMinutes,
  period: Period,
  hourOfWeek: HourOfWeek,
): void {
  const from = period.endEpochMs - minutes * MINUTE_MS;
  const gaps = period.gaps.length > 0 ? period.gaps : history.gaps;
  if (coverageOf(gaps, from, period.endEpochMs) < 1) return;
  for (const scope of scopes) {
    const usage = usageBetween(scope, from, period.endEpochMs);
    const block = { minutes, endEpochMs: period.endEpochMs };
    learnBlock(scope.calls, { ...block, value: usage.calls, unit: 1 }, hourOfWeek);
    learnBlock(scope.usd, { ...block, value: usage.costUsd, unit: usdUnit(scope) }, hourOfWeek);
  }
}

/** The usual cost of a call: one count of money, so that a baseline of USD has counting noise too. */
export function usdUnit(scope: ScopeHistory): number {
  const { calls, costUsd } = scope.cost;
  return calls > 0 && costUsd > 0 ? costUsd / calls : 1;
}

function closeScopeHour(
  scope: ScopeHistory,
  endEpochMs: number,
  coverage: number,
  hourOfWeek: HourOfWeek,
): void {
  const startEpochMs = endEpochMs - HOUR_MS;
  const usage = usageBetween(scope, startEpochMs, endEpochMs);
  if (usage.calls > 0) scope.hours.push({ startEpochMs, usage });
  const isKnown = coverage >= MINIMUM_COVERAGE;
  const known = (value: number): number | undefined => (isKnown ? value / coverage : undefined);
  learnHour(scope.calls, { endEpochMs, value: known(usage.calls), unit: 1 }, hourOfWeek);
  learnHour(
    scope.usd,
    { endEpochMs, value: known(usage.costUsd), unit: usdUnit(scope) },
    hourOfWeek,
  );
  learnCostHour(scope.cost, {
    number: hourOf(startEpochMs),
    calls: usage.calls - usage.unpricedCalls,
    costUsd: usage.costUsd,
  });
  learnCacheHour(scope.cache, {
    number: hourOf(startEpochMs),
    hits: usage.cacheHits,
    misses: usage.cacheMisses,
  });
  if (endEpochMs % DAY_MS !== 0) return;
  decayCostBaseline(scope.cost);
  decayCacheBaseline(scope.cache);
}

function closeSeriesHour(history: History, series: SeriesHistory, endEpochMs: number): void {
  const startEpochMs = endEpochMs - HOUR_MS;
  if (endEpochMs % DAY_MS === 0) scaleUsage(series.usual, 2 ** (-1 / HALF_LIFE_DAYS));
  const usage = usageBetween(series, startEpochMs, endEpochMs);
  if (usage.calls <= 0) return;
  series.hours.push({ startEpochMs, usage });
  const feature = history.scopes[series.scopeKeys[2] ?? ''];
  const isOutside =
    feature !== undefined && (feature.calls.excludedRun > 0 || feature.cost.excludedRun > 0);
  if (!isOutside) addUsage(series.usual, usage);
}

function prune(history: History, to: number): void {
  for (const kept of [...Object.values(history.series), ...Object.values(history.scopes)]) {
    if ((kept.minutes[0]?.startEpochMs ?? to) < to - HOUR_MS) {
      kept.minutes = kept.minutes.filter((minute) => minute.startEpochMs >= to - HOUR_MS);
    }
    if ((kept.hours[0]?.startEpochMs ?? to) < to - DAY_MS - HOUR_MS) {
      kept.hours = kept.hours.filter((hour) => hour.startEpochMs >= to - DAY_MS - HOUR_MS);
    }
  }
}
