import type { CacheBaseline } from './cache-baseline.ts';
import type { CostModel } from './cost-model.ts';
import type { CountModel } from './count-model.ts';
import { createMemoryPool, type MemoryPool } from './memory-pool.ts';
import { type Scope, scopesOf, seriesKey } from './scope.ts';
import { ScopeState } from './scope-state.ts';
import { SeriesState } from './series-state.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import type { Gap, SeriesLabels } from './usage-minute.ts';
import { addWindow, hourOfRing, type UsageRing, windowOf } from './usage-ring.ts';
import { createUsageSum, type UsageSum } from './usage-sum.ts';

/** A block of time of the models. */
export const BLOCK_MS: number = 5 * MINUTE_MS;

/** What is kept of one series: its last day, and its usual usage. */
export interface SeriesHistory {
  readonly key: string;
  readonly labels: SeriesLabels;
  readonly feature: ScopeHistory;
  /** First minute with a call. */
  readonly firstEpochMs: number;
  readonly ring: UsageRing;
  /** Decayed sums of all learned hours; shares and means of it are what is usual. */
  readonly usual: UsageSum;
  /** Last block with a call, and with a call without a price. */
  lastBlock: number;
  lastUnpricedBlock: number;
  /** Where among the rows that are being learned its last one stands. */
  seenRow: number;
  /** Share of cached input in a call that hits the cache, learned where hits are not counted. */
  readonly cachedShare: { sum: number; squares: number; weight: number; isCaching: boolean };
  /** All of `usual` and `cachedShare` as it lies in memory. */
  readonly bytes: Uint8Array;
}

/** What is kept of one scope. */
export interface ScopeHistory {
  readonly scope: Scope;
  readonly parent: ScopeHistory | undefined;
  /** In the order of their keys once `sortedScopes` was asked. */
  children: readonly ScopeHistory[];
  /** Series of a feature, in the order of their keys; the total and services have none of their own. */
  series: readonly SeriesHistory[];
  readonly model: CountModel;
  /** Mean cost of a call and cache hits; of features only. */
  readonly cost: CostModel;
  /** Mean cost of a call by version of the prompt; undefined while no call names one. */
  prompts: Map<string, CostModel> | undefined;
  readonly cache: CacheBaseline;
  /** The same to be written to: until then it may be nobody's. */
  cacheToLearn(): CacheBaseline;
  /** All of `model`, `cost`, `days` and `part` as it lies in memory. */
  readonly bytes: Uint8Array;
  /** USD of the last 40 local days at index day % 40, and the number of the last day. */
  readonly days: Float32Array;
  lastDay: number;
  /** Calls, USD and priced calls of the block that is not yet complete, or of the one just completed. */
  readonly part: {
    block: number;
    calls: number;
    costUsd: number;
    pricedCalls: number;
    hits: number;
    misses: number;
  };
  /** Hour of the day, in UTC, at which its profile is fitted again. */
  readonly stagger: number;
}

/** Input that was not used, by reason; kept in snapshots. */
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

/** A stretch of time in which more is expected than usual. */
export interface PlannedEvent {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** What it concerns; everything without labels. */
  readonly labels?: Readonly<Partial<Pick<SeriesLabels, 'service' | 'environment' | 'feature'>>>;
  /** How many times the usual is expected; 2 without it. */
  readonly factor?: number;
}

/**
 * Everything that rules know about the past. Opaque: read it through the functions of this package.
 *
 * Owned by one caller: `advance` updates it in place and returns it, so the value passed in is used up.
 */
export interface History {
  /** End of what was learned; undefined before the first minute. */
  advancedToEpochMs: number | undefined;
  readonly series: Map<string, SeriesHistory>;
  readonly scopes: Map<string, ScopeHistory>;
  readonly pool: MemoryPool;
  /** Scopes in the order of their keys, so that nothing depends on the order in which series arrived. */
  sorted: readonly ScopeHistory[];
  /** Series by the label objects that rows came with. */
  readonly byLabels: WeakMap<SeriesLabels, SeriesHistory>;
  /** Gaps that touch the last 25 hours. */
  gaps: readonly Gap[];
  plannedEvents: readonly PlannedEvent[];
  /** Hour of the week of hour numbers, at index hour % 1024. */
  readonly slots: { readonly ring: Uint8Array; from: number; to: number };
  readonly refused: RefusedInput;
}

/** Creates a history that knows nothing. */
export function createHistory(): History {
  return {
    advancedToEpochMs: undefined,
    series: new Map(),
    scopes: new Map(),
    pool: createMemoryPool(),
    sorted: [],
    byLabels: new WeakMap(),
    gaps: [],
    plannedEvents: [],
    slots: { ring: new Uint8Array(1024), from: 0, to: 0 },
    refused: { invalid: 0, late: 0, early: 0, repeated: 0 },
  };
}

/** The history of a series, created with its scopes at first sight, which is at `epochMs`. */
export function seriesOf(history: History, labels: SeriesLabels, epochMs: number): SeriesHistory {
  const key = seriesKey(labels);
  const known = history.series.get(key);
  if (known !== undefined) return known;
  let parent: ScopeHistory | undefined;
  const path: ScopeHistory[] = [];
  for (const scope of scopesOf(labels)) {
    parent = scopeOf(history, scope, parent);
    path.push(parent);
  }
  const feature = path.at(-1);
  if (feature === undefined) throw new Error(`expected scopes of a series, got none for ${key}`);
  const identity = { key, labels, feature, firstEpochMs: epochMs };
  const created = new SeriesState(identity, history.pool);
  history.series.set(key, created);
  let at = feature.series.length;
  while (at > 0 && (feature.series[at - 1]?.key ?? '') > key) at -= 1;
  feature.series = feature.series.toSpliced(at, 0, created);
  return created;
}

function scopeOf(history: History, scope: Scope, parent: ScopeHistory | undefined): ScopeHistory {
  const known = history.scopes.get(scope.key);
  if (known !== undefined) return known;
  const created = new ScopeState(scope, parent, history.pool);
  history.scopes.set(scope.key, created);
  return created;
}

/** Scopes in the order of their keys. */
export function sortedScopes(history: History): readonly ScopeHistory[] {
  if (history.sorted.length !== history.scopes.size) {
    const born = new Set(history.scopes.values());
    for (const known of history.sorted) born.delete(known);
    addChildren(born);
    // What is in order already costs one comparison each.
    history.sorted = [...history.sorted, ...[...born].sort(byKey)].sort(byKey);
  }
  return history.sorted;
}

function addChildren(born: ReadonlySet<ScopeHistory>): void {
  const byParent = new Map<ScopeHistory, ScopeHistory[]>();
  for (const scope of born) {
    if (scope.parent === undefined) continue;
    const siblings = byParent.get(scope.parent);
    if (siblings === undefined) byParent.set(scope.parent, [scope]);
    else siblings.push(scope);
  }
  for (const [parent, children] of byParent) {
    parent.children = [...parent.children, ...children].sort(byKey);
  }
}

function byKey(a: ScopeHistory, b: ScopeHistory): number {
  return a.scope.key < b.scope.key ? -1 : 1;
}

/** The series of a scope and of all scopes below it. */
export function seriesIn(scope: ScopeHistory): readonly SeriesHistory[] {
  return scope.children.length === 0 ? scope.series : scope.children.flatMap(seriesIn);
}

/** Usage of a scope in the trailing window that ends with a block. */
export function usageIn(scope: ScopeHistory, block: number, minutes: number): UsageSum {
  const sum = createUsageSum();
  const window = windowOf(block, minutes);
  for (const series of seriesIn(scope)) addWindow(sum, series.ring, window);
  return sum;
}

/** Share of [from, to) that no gap covers, 0 to 1. */
export function coverageOf(gaps: readonly Gap[], fromEpochMs: number, toEpochMs: number): number {
  if (gaps.length === 0 || toEpochMs <= fromEpochMs) return 1;
  const cuts = gaps
    .map(
      (gap) =>
        [Math.max(gap.fromEpochMs, fromEpochMs), Math.min(gap.toEpochMs, toEpochMs)] as const,
    )
    .filter(([from, to]) => to > from)
    .sort(([a], [b]) => a - b);
  let lost = 0;
  let reached = fromEpochMs;
  for (const [from, to] of cuts) {
    lost += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return 1 - lost / (toEpochMs - fromEpochMs);
}

/** Calls of whole hours of the last day that lie within [from, to). */
export function historyCalls(history: History, fromEpochMs: number, toEpochMs: number): number {
  let calls = 0;
  const total = history.scopes.get('total');
  if (total === undefined) return 0;
  const { lastHour } = total.model;
  for (let hour = lastHour - 23; hour <= lastHour; hour += 1) {
    if (hour * HOUR_MS < fromEpochMs || hour * HOUR_MS >= toEpochMs) continue;
    for (const { ring } of history.series.values()) calls += hourOfRing(ring, hour).calls;
  }
  return calls;
}

/** True while no call was ever learned. */
export function isEmptyHistory(history: History): boolean {
  return history.series.size === 0;
}

/** How much input was left out so far, by reason. */
export function historyRefused({ refused }: History): Readonly<RefusedInput> {
  return { ...refused };
}

/** Gaps that touch the last 25 hours. */
export function historyGaps(history: History): readonly Gap[] {
  return history.gaps;
}
