import { type CacheBaseline, createCacheBaseline } from './cache-baseline.ts';
import { type CostBaseline, createCostBaseline } from './cost-baseline.ts';
import { type CountBaseline, createCountBaseline } from './count-baseline.ts';
import { type Scope, scopesOf, seriesKey } from './scope.ts';
import { MINUTE_MS } from './time.ts';
import type { Gap, SeriesLabels } from './usage-minute.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';

/** Usage of one minute, or of one hour, with the start of it. */
export interface TimedUsage {
  readonly startEpochMs: number;
  readonly usage: UsageSum;
}

/** What is kept of one series: its last hour by minute, its last day by hour, and its usual usage. */
export interface SeriesHistory {
  readonly labels: SeriesLabels;
  readonly scopeKeys: readonly string[];
  /** First minute with a call. */
  readonly firstEpochMs: number;
  minutes: TimedUsage[];
  hours: TimedUsage[];
  /** Decayed sums of all learned hours; shares and means of it are what is usual. */
  usual: UsageSum;
}

/** What is kept of one scope: as of a series, with its baselines. */
export interface ScopeHistory {
  readonly scope: Scope;
  /** Keys of its series, ascending. */
  readonly seriesKeys: string[];
  minutes: TimedUsage[];
  hours: TimedUsage[];
  readonly calls: CountBaseline;
  readonly usd: CountBaseline;
  readonly cost: CostBaseline;
  readonly cache: CacheBaseline;
}

/** Input that was not used, by reason. */
export interface RefusedInput {
  /** Not finite, negative, or not at the start of a minute. */
  invalid: number;
  /** Minutes before what was already learned. */
  late: number;
  /** Minutes at or after the end that was asked for. */
  early: number;
  /** A second row for the same series and minute. */
  repeated: number;
}

/**
 * Everything that rules know about the past. Plain data that survives JSON.
 *
 * Owned by one caller: `advance` updates it in place and returns it, so the value passed in is used up.
 */
export interface History {
  readonly version: 1;
  /** End of what was learned; undefined before the first minute. */
  advancedToEpochMs: number | undefined;
  readonly series: Record<string, SeriesHistory>;
  readonly scopes: Record<string, ScopeHistory>;
  /** Gaps that touch the last 25 hours. */
  gaps: Gap[];
  readonly refused: RefusedInput;
}

/** Creates a history that knows nothing. */
export function createHistory(): History {
  return {
    version: 1,
    advancedToEpochMs: undefined,
    series: {},
    scopes: {},
    gaps: [],
    refused: { invalid: 0, late: 0, early: 0, repeated: 0 },
  };
}

/** The history of a series, created with its scopes at first sight, which is at `epochMs`. */
export function seriesOf(history: History, labels: SeriesLabels, epochMs: number): SeriesHistory {
  const key = seriesKey(labels);
  const known = history.series[key];
  if (known !== undefined) return known;
  const scopes = scopesOf(labels);
  for (const scope of scopes) {
    const created: ScopeHistory = history.scopes[scope.key] ?? {
      scope,
      seriesKeys: [],
      minutes: [],
      hours: [],
      calls: createCountBaseline(),
      usd: createCountBaseline(),
      cost: createCostBaseline(),
      cache: createCacheBaseline(),
    };
    const { seriesKeys } = created;
    seriesKeys.push(key);
    seriesKeys.sort();
    history.scopes[scope.key] = created;
  }
  const created = {
    labels,
    scopeKeys: scopes.map((scope) => scope.key),
    firstEpochMs: epochMs,
    minutes: [],
    hours: [],
    usual: createUsageSum(),
  };
  history.series[key] = created;
  return created;
}

/** The series of a scope, in the order of their keys. */
export function seriesIn(history: History, scopeKey: string): SeriesHistory[] {
  const keys = history.scopes[scopeKey]?.seriesKeys ?? [];
  return keys.flatMap((key) => history.series[key] ?? []);
}

/** Usage in the window [from, to) by the minutes kept, which reach back one hour. */
export function usageBetween(
  kept: { readonly minutes: readonly TimedUsage[] },
  fromEpochMs: number,
  toEpochMs: number,
): UsageSum {
  const sum = createUsageSum();
  for (let index = kept.minutes.length - 1; index >= 0; index -= 1) {
    const minute = kept.minutes[index];
    if (minute === undefined || minute.startEpochMs < fromEpochMs) break;
    if (minute.startEpochMs < toEpochMs) addUsage(sum, minute.usage);
  }
  return sum;
}

/** Usage of the last `hours` hours up to `toEpochMs`: the last hour by minutes, older ones by whole clock hours. */
export function usageOfHours(
  kept: { readonly minutes: readonly TimedUsage[]; readonly hours: readonly TimedUsage[] },
  hours: number,
  toEpochMs: number,
): UsageSum {
  const sum = createUsageSum();
  const partStart = Math.floor(toEpochMs / 3_600_000) * 3_600_000;
  addUsage(sum, usageBetween(kept, partStart, toEpochMs));
  for (const hour of kept.hours) {
    if (hour.startEpochMs >= toEpochMs - hours * 3_600_000 && hour.startEpochMs < partStart) {
      addUsage(sum, hour.usage);
    }
  }
  return sum;
}

/** Share of [from, to) that no gap covers, 0 to 1. */
export function coverageOf(gaps: readonly Gap[], fromEpochMs: number, toEpochMs: number): number {
  let lost = 0;
  for (let minute = fromEpochMs; minute < toEpochMs; minute += MINUTE_MS) {
    const isLost = gaps.some(
      (gap) => gap.fromEpochMs < minute + MINUTE_MS && gap.toEpochMs > minute,
    );
    if (isLost) lost += MINUTE_MS;
  }
  return toEpochMs > fromEpochMs ? 1 - lost / (toEpochMs - fromEpochMs) : 1;
}

/** Scopes in the order of their keys, so that nothing depends on the order in which series arrived. */
export function sortedScopes(history: History): ScopeHistory[] {
  return Object.entries(history.scopes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, scope]) => scope);
}
