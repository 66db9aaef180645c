import type { BudgetPeriod } from './rules.ts';
import type { SeriesLabels } from './usage-minute.ts';

/** Rules that exist. */
export type RuleName =
  | 'volume'
  | 'cost_per_request'
  | 'cache_hit_rate'
  | 'model_drift'
  | 'budget'
  | 'slow_burn'
  | 'unpriced'
  | 'coverage'
  | 'pipeline_gap';

export type Severity = 'info' | 'warning' | 'critical';

/** The range in which the observed figure was expected, and where it comes from. */
export interface ExpectedRange {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  /** Words for a person: `usual for Friday 14:00, 4 weeks`. */
  readonly basis: string;
}

/** One share of an excess; the name of a prompt is its version. */
export interface Contributor {
  readonly dimension: 'feature' | 'model' | 'team' | 'user' | 'service' | 'prompt';
  readonly name: string;
  /** Share of the excess, 0 to 1. */
  readonly share: number;
}

/** Where something is wrong; `promptVersion` only where a version of a prompt is judged by itself, `period` of budgets only. */
export type FindingLabels = Readonly<
  Partial<SeriesLabels & { readonly promptVersion: string; readonly period: BudgetPeriod }>
>;

/** Share of failed calls that is worth a word; less hardly matters. */
export const LEAST_ERROR_SHARE: number = 0.1;

/** Something that a rule holds to be wrong at one evaluation. Plain data; text is rendered elsewhere. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** Identity: the rule and these labels, without severity or value. */
  readonly labels: FindingLabels;
  readonly epochMs: number;
  /** What is compared: calls in the window, USD per call, … */
  readonly quantity: 'calls' | 'cost_usd' | 'tokens' | 'usd_per_call' | 'hit_rate' | 'share';
  readonly observed: number;
  readonly expected: ExpectedRange;
  /** Length of the window that `observed` covers. */
  readonly windowMinutes: number;
  /** Standard deviations above the expected middle, one-sided. */
  readonly score: number;
  /** Money that this costs beyond the expected, at the present rate. */
  readonly usdPerHour: number;
  readonly sinceEpochMs: number;
  /** Additive parts of the change of cost in USD per hour; they sum to it. */
  readonly decomposition: Readonly<Record<string, number>>;
  readonly contributors: readonly Contributor[];
  /** Calls that the verdict rests on. */
  readonly evidenceCalls: number;
  /** Present where most of the extra calls are retries of failed ones, or where they come from what is new. */
  readonly cause?: 'retry_storm' | 'new_source';
  /** Share of the calls that repeat a failed one; absent without any. */
  readonly retryShare?: number;
  /** Share of the calls that failed; absent without any. */
  readonly errorShare?: number;
}
