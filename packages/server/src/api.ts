import type { IncidentView } from '@tokenmeter/worker';

/** Dimensions by which the page and the API group spend. */
export type GroupBy =
  | 'feature'
  | 'model'
  | 'provider'
  | 'team'
  | 'service'
  | 'environment'
  | 'route'
  | 'user';

/** Spend in one stretch of time. */
export interface SpendTotal {
  readonly usd: number;
  readonly calls: number;
  readonly unpricedCalls: number;
  readonly errorCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
}

/** `GET /api/v1/overview`. */
export interface Overview {
  readonly nowEpochMs: number;
  readonly timeZone: string;
  readonly today: SpendTotal;
  readonly thisHour: SpendTotal;
  /** The calendar month in the time zone. */
  readonly month: {
    readonly usd: number;
    /** Its end, exclusive. */
    readonly toEpochMs: number;
    /** USD at its end as it usually goes on; undefined before a week is known. */
    readonly forecast?: { readonly low: number; readonly mid: number; readonly high: number };
    /** Limit of the whole spend of a month; undefined without one. */
    readonly budgetUsd?: number;
  };
  /** Spend of the last 5 minutes, in USD per hour. */
  readonly burnUsdPerHour: number;
  /** The same tiles a week earlier, up to the same time; undefined when the ledger is younger than that. */
  readonly lastWeek?: { readonly todayUsd: number; readonly burnUsdPerHour: number };
  /** Requests recognised as model calls today and how many of them were metered. */
  readonly coverage: { readonly recognised: number; readonly metered: number };
  readonly unpricedModels: readonly { readonly model: string; readonly calls: number }[];
  readonly priceBookVersions: readonly string[];
  /** Version of the price book that prices calls of other instrumentations now; undefined when none does. */
  readonly priceBookInForce?: string;
  /** Where data ends and what of it is seeded. */
  readonly firstDataEpochMs?: number;
  readonly lastDataEpochMs?: number;
  readonly hasSeededData: boolean;
}

/** `GET /api/v1/spend?group_by=feature&from=<epoch ms>&to=<epoch ms>&step=<seconds>`. */
export interface SpendSeries {
  readonly groupBy: GroupBy;
  readonly fromEpochMs: number;
  readonly stepSeconds: number;
  /** Bucket starts in epoch milliseconds, ascending, without holes. */
  readonly times: readonly number[];
  /** Largest spend first; the last may be `other`. Arrays run along `times`. */
  readonly series: readonly {
    readonly key: string;
    readonly usd: readonly number[];
    readonly calls: readonly number[];
    readonly totalUsd: number;
    readonly totalCalls: number;
    /** Of `totalCalls`, those without a price; undefined when the server does not count them by key. */
    readonly totalUnpricedCalls?: number;
  }[];
  /** The largest 200 of the keys that `other` is the sum of; undefined when it is the sum of none. */
  readonly rest?: readonly {
    readonly key: string;
    readonly totalUsd: number;
    readonly totalCalls: number;
    readonly totalUnpricedCalls: number;
  }[];
}

/** `GET /api/v1/models`: the models with a price in force, by the id of their row, such as `openai/gpt-4o`. */
export interface KnownModels {
  /** Version of the price book. */
  readonly priceBook: string;
  /** `refreshed` is the day on which the price was read, `YYYY-MM-DD`. */
  readonly models: readonly { readonly id: string; readonly refreshed?: string }[];
}

/**
 * `GET /api/v1/estimate?model=<id>&model=<id>&input=<tokens>&cache_read=<tokens>&output=<tokens>`: what one call with
 * these disjoint tokens would cost now, in the order of the question; without a price a reason.
 */
export interface Estimates {
  readonly priceBook: string;
  readonly estimates: readonly {
    readonly id: string;
    readonly refreshed?: string;
    readonly usdPerCall?: number;
    readonly reason?: string;
  }[];
}

/** One alert as the page shows it; `GET /api/v1/alerts` gives a list, newest first. */
export type AlertView = IncidentView;

/** Events of `GET /api/v1/live` (SSE): `event: <kind>`, `data: <JSON of value>`. `overview` comes at most 4 times a second. */
export type LiveEvent =
  | { readonly kind: 'overview'; readonly value: Overview }
  | { readonly kind: 'alerts'; readonly value: readonly AlertView[] };

/** `POST /api/v1/sql` with `{ "sql": "SELECT …" }`: one read-only statement. */
export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as JSON: numbers, strings, booleans, null; timestamps as ISO 8601; integers beyond 2^53 as strings. */
  readonly rows: readonly (readonly unknown[])[];
  readonly isTruncated: boolean;
}

/** Money of some calls; those without a price are counted beside it. */
export interface RepricedTotal {
  readonly usd: number;
  readonly unpricedCalls: number;
}

/** What a repricing does to the calls of one model. */
export interface RepricedModel {
  readonly model: string;
  readonly calls: number;
  /** Calls whose cost, or whose reason for having none, differs. */
  readonly changedCalls: number;
  readonly before: RepricedTotal;
  readonly after: RepricedTotal;
}

/**
 * `POST /api/v1/ledger/reprice` with `{ "from", "to", "provider"?, "model"?, "feature"?, "prices"?: [{ "name", "text", "value"? }],
 * "replace"?, "apply"?, "expected"? }`: times in epoch milliseconds; without `prices` the book in force; written only
 * with `apply`, and only if the figures are those of the report with the token `expected`, when that is given. `value` is what a text that is
 * no JSON says.
 */
export interface RepriceReport extends Omit<RepricedModel, 'model'> {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** Version of the price book. */
  readonly priceBook: string;
  /** Calls that keep their cost because it was reported, spread over several passes, or is from before the ledger kept enough. */
  readonly kept: {
    readonly reportedCost: number;
    readonly severalPasses: number;
    readonly notRecorded: number;
  };
  /** Largest change first. */
  readonly models: readonly RepricedModel[];
  /** Stands for the figures above. */
  readonly token: string;
  /** False for a preview. */
  readonly isApplied: boolean;
}

/** Body of every answer that is not 2xx. */
export interface ApiProblem {
  readonly error: string;
  /** What the caller can do about it. */
  readonly hint?: string;
}
