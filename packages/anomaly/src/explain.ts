import { decompose, type UsageChange } from './decompose.ts';
import type { Contributor } from './finding.ts';
import {
  type History,
  type SeriesHistory,
  seriesIn,
  usageBetween,
  usageOfHours,
} from './history.ts';
import { MINUTE_MS } from './time.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';

/** The window that a verdict rests on. */
export interface ExplainedWindow {
  readonly scopeKey: string;
  readonly minutes: number;
  readonly endEpochMs: number;
  /** Calls that were expected in the window. */
  readonly expectedCalls: number;
}

/** Where an excess comes from and what it costs. */
export interface Explanation {
  readonly usdPerHour: number;
  /** In USD per hour; sums to `usdPerHour`. */
  readonly decomposition: Readonly<Record<string, number>>;
  readonly contributors: readonly Contributor[];
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

/** Usage in a trailing window: by minutes up to an hour, by clock hours beyond. */
export function usageOfWindow(
  kept: Pick<SeriesHistory, 'minutes' | 'hours'>,
  minutes: number,
  endEpochMs: number,
): UsageSum {
  if (minutes <= 60) return usageBetween(kept, endEpochMs - minutes * MINUTE_MS, endEpochMs);
  return usageOfHours(kept, minutes / 60, endEpochMs);
}

/** Compares a window with the usual usage of its series at the expected number of calls. */
export function explainWindow(history: History, window: ExplainedWindow): Explanation {
  const series = seriesIn(history, window.scopeKey);
  const usualCalls = series.reduce((sum, one) => sum + one.usual.calls, 0);
  const perHour = 60 / window.minutes;
  const changes = series.map((one) => {
    const before = createUsageSum();
    const after = createUsageSum();
    if (usualCalls > 0) addUsage(before, one.usual, (window.expectedCalls / usualCalls) * perHour);
    addUsage(after, usageOfWindow(one, window.minutes, window.endEpochMs), perHour);
    return { labels: one.labels, before, after };
  });
  const decomposition = { ...decompose(changes) };
  const usdPerHour = Object.values(decomposition).reduce((sum, part) => sum + part, 0);
  return { usdPerHour, decomposition, contributors: contributorsOf(changes) };
}

type LabelledChange = UsageChange & { readonly labels: SeriesLabels };

/** Shares of the excess in USD, or in calls where nothing has a price; dimensions with one value say nothing. */
function contributorsOf(changes: readonly LabelledChange[]): Contributor[] {
  const isPriced = changes.some((change) => change.after.costUsd > change.before.costUsd);
  const field = isPriced ? 'costUsd' : 'calls';
  return DIMENSIONS.flatMap((dimension) => {
    const excess = new Map<string, number>();
    for (const change of changes) {
      const name = change.labels[LABEL_OF[dimension]];
      if (name === undefined) continue;
      excess.set(name, (excess.get(name) ?? 0) + change.after[field] - change.before[field]);
    }
    return excess.size < 2 ? [] : sharesOf(dimension, excess);
  })
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_CONTRIBUTORS);
}

function sharesOf(dimension: Dimension, excess: ReadonlyMap<string, number>): Contributor[] {
  const total = [...excess.values()].reduce((sum, value) => sum + Math.max(0, value), 0);
  if (!(total > 0)) return [];
  return [...excess]
    .filter(([, value]) => value / total >= 0.05)
    .map(([name, value]) => ({ dimension, name, share: value / total }));
}
