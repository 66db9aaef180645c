import type { GroupBy } from '@tokenmeter/server';

/** Stretches of time that the page can show, all ending now. */
export const RANGES: readonly ['1h', '6h', '24h', '7d'] = ['1h', '6h', '24h', '7d'];

/** One of the stretches of time. */
export type Range = (typeof RANGES)[number];

/** Dimensions offered by the page, in the order of its switch. */
export const GROUPS: readonly ['feature', 'model', 'provider', 'team', 'service'] = [
  'feature',
  'model',
  'provider',
  'team',
  'service',
];

/** One of the dimensions offered by the page. */
export type Group = Extract<GroupBy, (typeof GROUPS)[number]>;

/** What the reader chose to look at; the URL holds exactly this. */
export interface View {
  readonly range: Range;
  readonly groupBy: Group;
}

/** What a bare `/` shows. */
export const DEFAULT_VIEW: View = { range: '6h', groupBy: 'feature' };

const STEP_SECONDS: Readonly<Record<Range, number>> = {
  '1h': 60,
  '6h': 300,
  '24h': 1200,
  '7d': 10_800,
};
const RANGE_SECONDS: Readonly<Record<Range, number>> = {
  '1h': 3600,
  '6h': 21_600,
  '24h': 86_400,
  '7d': 604_800,
};

/** Reads the query part of a URL; anything unknown falls back to the default. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const range = query.get('range');
  const groupBy = query.get('by');
  return {
    range: RANGES.find((known) => known === range) ?? DEFAULT_VIEW.range,
    groupBy: GROUPS.find((known) => known === groupBy) ?? DEFAULT_VIEW.groupBy,
  };
}

/** Renders the query part of the URL that shows this view: `?range=1h&by=model`. */
export function renderView(view: View): string {
  return `?${new URLSearchParams({ range: view.range, by: view.groupBy })}`;
}

/** The path that asks the server for the spend of this view; the last bucket is the one that is filling now. */
export function renderSpendPath(view: View, nowEpochMs: number): string {
  const stepMs = STEP_SECONDS[view.range] * 1000;
  const to = Math.floor(nowEpochMs / stepMs + 1) * stepMs;
  const query = new URLSearchParams({
    group_by: view.groupBy,
    from: String(to - RANGE_SECONDS[view.range] * 1000),
    to: String(to),
    step: String(stepMs / 1000),
  });
  return `/api/v1/spend?${query}`;
}
