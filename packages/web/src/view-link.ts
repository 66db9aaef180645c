import type { GroupBy } from '@tokenmeter/server';
import { bucketsOf, parseTimeSpan, type TimeSpan } from './time-span.ts';

/** The pages, in the order of the navigation. */
export const PAGES: readonly ['live', 'alerts', 'calls', 'explore'] = [
  'live',
  'alerts',
  'calls',
  'explore',
];

/** One of the pages. */
export type PageName = (typeof PAGES)[number];

/** Stretches of time that the page can show, all ending now. */
export const RANGES: readonly ['1h', '6h', '24h', '7d', '30d'] = ['1h', '6h', '24h', '7d', '30d'];

/** One of the stretches of time. */
export type Range = (typeof RANGES)[number];

/** Dimensions offered by the page, in the order of its switch. */
export const GROUPS: readonly GroupBy[] = [
  'feature',
  'model',
  'provider',
  'team',
  'user',
  'service',
  'environment',
  'route',
];

/** Orders of the list of calls: the most expensive or the latest first. */
export const ORDERS: readonly ['cost', 'recent'] = ['cost', 'recent'];

/** One of the orders of the list of calls. */
type Order = (typeof ORDERS)[number];

/** What calls can be filtered by, with the name in the URL, and how the server calls it. */
export const FILTERS: readonly (readonly [GroupBy, string])[] = [
  ['feature', 'feature'],
  ['model', 'model'],
  ['provider', 'provider'],
  ['team', 'team'],
  ['user', 'user_id'],
  ['service', 'service'],
  ['environment', 'environment'],
  ['route', 'endpoint'],
];

/** Calls of these only. */
export type CallFilters = { readonly [Name in GroupBy]?: string };

/** What the reader chose to look at; the URL holds exactly this. */
export interface View extends CallFilters {
  readonly page: PageName;
  readonly range: Range;
  readonly groupBy: GroupBy;
  readonly order: Order;
  /** A fixed stretch of time instead of `range`; on the pages Live and Calls. */
  readonly span?: TimeSpan;
}

/** What a bare `/` shows. */
export const DEFAULT_VIEW: View = {
  page: 'live',
  range: '6h',
  groupBy: 'feature',
  order: 'cost',
};

const CALLS_LIMIT = 100;
const CSV_LIMIT = 10_000;

const STEP_SECONDS: Readonly<Record<Range, number>> = {
  '1h': 60,
  '6h': 300,
  '24h': 1200,
  '7d': 10_800,
  '30d': 21_600,
};

/** Length of each range. */
export const RANGE_SECONDS: Readonly<Record<Range, number>> = {
  '1h': 3600,
  '6h': 21_600,
  '24h': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
};

function parseFilters(query: URLSearchParams): CallFilters {
  const given = FILTERS.map(([name]) => [name, query.get(name)] as const);
  return Object.fromEntries(given.filter(([, value]) => value));
}

function hasSpan(page: PageName): boolean {
  return page === 'live' || page === 'calls';
}

/** Reads the query of a URL; anything unknown falls back to the default. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const find = <T extends string>(known: readonly T[], name: string, fallback: T): T =>
    known.find((one) => one === query.get(name)) ?? fallback;
  const page = find(PAGES, 'page', DEFAULT_VIEW.page);
  const span = hasSpan(page) ? parseTimeSpan(query) : undefined;
  return {
    page,
    range: find(RANGES, 'range', DEFAULT_VIEW.range),
    groupBy: find(GROUPS, 'by', DEFAULT_VIEW.groupBy),
    order: find(ORDERS, 'order', DEFAULT_VIEW.order),
    ...(span === undefined ? {} : { span }),
    ...(page === 'calls' ? parseFilters(query) : {}),
  };
}

/** Renders the path and query that show this view: `/?page=calls&range=1h`. What equals the default is left out. */
export function renderView(view: View): string {
  const query = new URLSearchParams();
  if (view.page !== DEFAULT_VIEW.page) query.set('page', view.page);
  if (view.range !== DEFAULT_VIEW.range) query.set('range', view.range);
  if (view.groupBy !== DEFAULT_VIEW.groupBy) query.set('by', view.groupBy);
  if (view.order !== DEFAULT_VIEW.order) query.set('order', view.order);
  if (view.span !== undefined && hasSpan(view.page)) setSpan(query, view.span);
  for (const [name] of view.page === 'calls' ? FILTERS : []) {
    if (view[name]) query.set(name, view[name]);
  }
  return query.size === 0 ? '/' : `/?${query}`;
}

function setSpan(query: URLSearchParams, { fromEpochMs, toEpochMs }: TimeSpan): void {
  query.set('from', String(fromEpochMs));
  query.set('to', String(toEpochMs));
}

/** The same view without a filter on calls and without a fixed stretch of time, on another page. */
export function moveTo({ range, groupBy, order }: View, page: PageName): View {
  return { page, range, groupBy, order };
}

/** The path that asks the server for the spend of this view; the last bucket is the one that is filling now. */
export function renderSpendPath(view: View, nowEpochMs: number): string {
  if (view.span !== undefined) {
    const { fromEpochMs, toEpochMs, stepSeconds } = bucketsOf(view.span);
    const query = new URLSearchParams({ group_by: view.groupBy });
    setSpan(query, { fromEpochMs, toEpochMs });
    query.set('step', String(stepSeconds));
    return `/api/v1/spend?${query}`;
  }
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

function renderCallsQuery(view: View, nowEpochMs: number, limit: number): URLSearchParams {
  const query = new URLSearchParams({
    order: view.order,
    limit: String(limit),
    from: String(nowEpochMs - RANGE_SECONDS[view.range] * 1000),
  });
  if (view.span !== undefined) setSpan(query, view.span);
  for (const [name, column] of FILTERS) if (view[name]) query.set(column, view[name]);
  return query;
}

/** The path that asks the server for the calls of this view. */
export function renderCallsPath(view: View, nowEpochMs: number): string {
  return `/api/v1/calls?${renderCallsQuery(view, nowEpochMs, CALLS_LIMIT)}`;
}

/** The path of the same calls, and more of them, as a CSV file. */
export function renderCallsCsvPath(view: View, nowEpochMs: number): string {
  return `/api/v1/calls.csv?${renderCallsQuery(view, nowEpochMs, CSV_LIMIT)}`;
}
