import { decompose, type UsageChange } from './decompose.ts';
import type { Contributor } from './finding.ts';
import { type ScopeHistory, type SeriesHistory, seriesIn } from './history.ts';
import { trailing, trailingUsage } from './trailing-usage.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { addWindow, type RingWindow } from './usage-ring.ts';
import { addUsage, createUsageSum, pricedCalls, scaleUsage, type UsageSum } from './usage-sum.ts';

/** The window that a verdict rests on. */
export interface ExplainedWindow {
  readonly scope: ScopeHistory;
  /** Its end, which may lie within a block, and its length in whole blocks before that one. */
  readonly epochMs: number;
  readonly minutes: number;
  /** Calls that were expected in the window; undefined for as many as there were, where only what a call costs is explained. */
  readonly expectedCalls?: number;
}

/** Where an excess comes from and what it costs. */
export interface Explanation {
  readonly usdPerHour: number;
  /** In USD per hour; sums to `usdPerHour`. */
  readonly decomposition: Readonly<Record<string, number>>;
  readonly contributors: readonly Contributor[];
  /** Present where most of the extra calls are retries of failed ones. */
  readonly cause?: 'retry_storm';
  /** Share of calls that repeat a failed one; absent without any. */
  readonly retryShare?: number;
  /** Share of calls that failed; absent without any. */
  readonly errorShare?: number;
}

/** An explanation with the sums that it rests on, over the window. */
export interface ExplainedUsage {
  readonly explanation: Explanation;
  readonly before: UsageSum;
  readonly after: UsageSum;
}

type Dimension = Contributor['dimension'];

const LABEL_OF = {
  service: 'service',
  feature: 'feature',
  model: 'model',
  team: 'team',
} as const satisfies Partial<Record<Dimension, keyof SeriesLabels>>;
const DIMENSIONS = ['feature', 'model', 'team', 'service'] as const;
const MAX_CONTRIBUTORS = 5;
const STORM_SHARE = 0.5;

/** Usage of a series in a trailing window. */
export function usageOfSeries(series: SeriesHistory, window: RingWindow): UsageSum {
  const sum = createUsageSum();
  addWindow(sum, series.ring, window);
  return sum;
}

/** Compares a window with the usual usage of its series at the expected number of calls. */
export function explainWindow(input: ExplainedWindow): ExplainedUsage {
  const window = trailing(input.epochMs, input.minutes);
  const series = seriesIn(input.scope).map((one) => ({
    labels: one.labels,
    usual: one.usual,
    after: trailingUsage(one.ring, window),
  }));
  const count = counterOf(input, series);
  const usualCalls = series.reduce((sum, { usual }) => sum + count(usual), 0);
  const observedCalls = series.reduce((sum, { after }) => sum + count(after), 0);
  const perHour = 1 / window.lengthHours;
  const callsPerHour =
    input.expectedCalls === undefined
      ? observedCalls * perHour
      : input.expectedCalls / window.askedHours;
  const all = { before: createUsageSum(), after: createUsageSum() };
  const changes = series.map(({ labels, usual, after }) => {
    const before = createUsageSum();
    if (usualCalls > 0) addUsage(before, usual, callsPerHour / usualCalls);
    addUsage(all.before, before, window.lengthHours);
    addUsage(all.after, after);
    scaleUsage(after, perHour);
    return { labels, before, after };
  });
  const decomposition = { ...decompose(changes) };
  const usdPerHour = Object.values(decomposition).reduce((sum, part) => sum + part, 0);
  const explanation = {
    usdPerHour,
    decomposition,
    contributors: contributorsOf(changes),
    ...retriesOf(all.before, all.after),
    ...errorsOf(all.after),
  };
  return { explanation, ...all };
}

/** Where only what a call costs is explained, calls without a price say nothing, unless there are no others. */
function counterOf(
  { expectedCalls }: ExplainedWindow,
  series: readonly { readonly usual: UsageSum }[],
): (usage: UsageSum) => number {
  const isPriced = series.some(({ usual }) => pricedCalls(usual) > 0);
  return expectedCalls === undefined && isPriced ? pricedCalls : ({ calls }) => calls;
}

/** Names a retry storm where half of the extra calls are retries. */
function retriesOf(before: UsageSum, after: UsageSum): Pick<Explanation, 'cause' | 'retryShare'> {
  if (after.retries <= 0 || after.calls <= 0) return {};
  const retryShare = after.retries / after.calls;
  const extraCalls = after.calls - before.calls;
  const isStorm = extraCalls > 0 && after.retries - before.retries >= STORM_SHARE * extraCalls;
  return isStorm ? { cause: 'retry_storm', retryShare } : { retryShare };
}

function errorsOf({ calls, errors }: UsageSum): Pick<Explanation, 'errorShare'> {
  return calls > 0 && errors > 0 ? { errorShare: Math.min(1, errors / calls) } : {};
}

type LabelledChange = UsageChange & { readonly labels: SeriesLabels };

/** Shares of the excess in USD, or in calls where nothing has a price; dimensions with one value say nothing. */
function contributorsOf(changes: readonly LabelledChange[]): Contributor[] {
  const isPriced = changes.some((change) => change.after.costUsd > change.before.costUsd);
  const field = isPriced ? 'costUsd' : 'calls';
  return largestShares(
    DIMENSIONS.map((dimension) => {
      const byName = new Map<string, number>();
      for (const change of changes) {
        const name = change.labels[LABEL_OF[dimension]];
        if (name === undefined) continue;
        byName.set(name, (byName.get(name) ?? 0) + change.after[field] - change.before[field]);
      }
      return { dimension, byName };
    }),
  );
}

/** The largest share of each dimension, then the largest of all; those with one name say nothing. */
export function largestShares(
  dimensions: readonly {
    readonly dimension: Dimension;
    readonly byName: ReadonlyMap<string, number>;
  }[],
): Contributor[] {
  const shares = dimensions.map(({ dimension, byName }) =>
    byName.size < 2 ? [] : sharesOf(dimension, byName).sort(byShare),
  );
  const first = shares.flatMap((own) => own.slice(0, 1));
  const others = shares.flatMap((own) => own.slice(1)).sort(byShare);
  return [...first, ...others].slice(0, MAX_CONTRIBUTORS).sort(byShare);
}

function byShare(a: Contributor, b: Contributor): number {
  return b.share - a.share || (a.name < b.name ? -1 : 1);
}

function sharesOf(dimension: Dimension, excess: ReadonlyMap<string, number>): Contributor[] {
  const total = [...excess.values()].reduce((sum, value) => sum + Math.max(0, value), 0);
  if (!(total > 0)) return [];
  return [...excess]
    .filter(([, value]) => value / total >= 0.05)
    .map(([name, value]) => ({ dimension, name, share: value / total }));
}
