import type { WindowMinutes } from './count-baseline.ts';
import type { SeriesLabels } from './usage-minute.ts';

/** Spend or calls far above what is usual for the hour of the week. */
export interface VolumeRule {
  readonly name: 'volume';
  /** Size gates: observed over expected. */
  readonly warningRatio: number;
  readonly criticalRatio: number;
  /** A known incident lasts while the last 20 minutes stay above this. */
  readonly clearRatio: number;
  /** One of these two makes an excess worth telling. */
  readonly minExcessCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gates: normal score per window. */
  readonly scores: Readonly<Record<WindowMinutes, number>>;
  /** Added to the gates between one and three weeks of history. */
  readonly growingMargin: number;
  /** Added where fewer than four calls are expected in the window. */
  readonly sparseMargin: number;
  /** Gate of the plain score below one week of history. */
  readonly youngScore: number;
  /** Added to the gates for critical. */
  readonly criticalMargin: number;
}

/** A call costs more than it used to. */
export interface CostPerRequestRule {
  readonly name: 'cost_per_request';
  readonly warningRatio: number;
  readonly criticalRatio: number;
  readonly clearRatio: number;
  /** Calls that a window needs; it grows from 2 minutes to 24 hours until it has them. */
  readonly minCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gate for windows of an hour and more; added for shorter ones (1.5 times below 5 minutes); for critical. */
  readonly score: number;
  readonly shortMargin: number;
  readonly criticalMargin: number;
}

/** Any rule that `step` knows. */
export type Rule =
  | VolumeRule
  | CostPerRequestRule
  | CacheHitRateRule
  | ModelDriftRule
  | UnpricedRule
  | SlowBurnRule
  | BudgetRule;

/**
 * Warning at 150 % and critical at 250 % of what is expected (article "Monitoring Token Spend in Real-Time"), behind
 * evidence gates that were set by simulation on over-dispersed traffic (2026-11-21).
 */
export const DEFAULT_VOLUME_RULE: VolumeRule = {
  name: 'volume',
  warningRatio: 1.5,
  criticalRatio: 2.5,
  clearRatio: 1.25,
  minExcessCalls: 10,
  minUsdPerHour: 1,
  scores: { 5: 5, 20: 4.2, 60: 3.6 },
  growingMargin: 0.6,
  sparseMargin: 0.8,
  youngScore: 5.5,
  criticalMargin: 1,
};

/** Warning at +50 %, critical at +100 % per call (same article), from 30 calls on. */
export const DEFAULT_COST_PER_REQUEST_RULE: CostPerRequestRule = {
  name: 'cost_per_request',
  warningRatio: 1.5,
  criticalRatio: 2,
  clearRatio: 1.25,
  minCalls: 30,
  minUsdPerHour: 0.1,
  score: 3.2,
  shortMargin: 0.8,
  criticalMargin: 0.8,
};

/** Fewer calls hit the prompt cache than usual. */
export interface CacheHitRateRule {
  readonly name: 'cache_hit_rate';
  /** Rates that count as bad where the usual rate is above the first; 0 to 1. */
  readonly warningRate: number;
  readonly criticalRate: number;
  /** Where it is above, the least fall that is told; where it is below, the fall for a warning. */
  readonly minDrop: number;
  readonly relativeDrop: number;
  /** Independent calls that a window must be worth. */
  readonly minCalls: number;
  /** Evidence gate of a window, because it is looked at every minute. */
  readonly score: number;
  /** Evidence in nats of a halved rate, for few calls. */
  readonly warningEvidence: number;
  readonly criticalEvidence: number;
}

/** Below 60 % is a warning and below 40 % critical (same article), told by evidence and not by a noisy ratio. */
export const DEFAULT_CACHE_HIT_RATE_RULE: CacheHitRateRule = {
  name: 'cache_hit_rate',
  warningRate: 0.6,
  criticalRate: 0.4,
  minDrop: 0.1,
  relativeDrop: 0.15,
  minCalls: 30,
  score: 4.2,
  warningEvidence: 9.2,
  criticalEvidence: 11,
};

/** A feature uses a model that it did not use, or falls back to a dearer one. */
export interface ModelDriftRule {
  readonly name: 'model_drift';
  /** Models that are expected; without it those that the feature is seen to use are learned. */
  readonly allowedModels?: readonly string[];
  /** A new model is told when it has so many calls or such a share of them. */
  readonly minCalls: number;
  readonly minShare: number;
  /** Time after which a new model counts as learned. */
  readonly learnHours: number;
  /** Calls that a window needs before shares are compared. */
  readonly minWindowCalls: number;
  /** Share of the calls that a dearer model must take for sure to be critical. */
  readonly criticalShare: number;
  /** Price at the same tokens, over the usual, from which a model counts as dear. */
  readonly dearRatio: number;
}

/** Any unexpected model is a warning, a fallback to an expensive one critical (same article). */
export const DEFAULT_MODEL_DRIFT_RULE: ModelDriftRule = {
  name: 'model_drift',
  minCalls: 3,
  minShare: 0.01,
  learnHours: 24,
  minWindowCalls: 10,
  criticalShare: 0.2,
  dearRatio: 2,
};

/** Calls without a price. */
export interface UnpricedRule {
  readonly name: 'unpriced';
  readonly minCalls: number;
  readonly minShare: number;
}

/** Three calls in an hour, and 1 % of the model's. */
export const DEFAULT_UNPRICED_RULE: UnpricedRule = {
  name: 'unpriced',
  minCalls: 3,
  minShare: 0.01,
};

/** Spend somewhat above the expected for many hours. */
export interface SlowBurnRule {
  readonly name: 'slow_burn';
  /** Evidence in nats of 40 % growth, summed over hours. */
  readonly evidence: number;
  /** Mean ratio to the expected since the beginning. */
  readonly ratio: number;
  readonly minUsdPerHour: number;
}

/** Set by simulation on over-dispersed traffic (2026-11-21). */
export const DEFAULT_SLOW_BURN_RULE: SlowBurnRule = {
  name: 'slow_burn',
  evidence: 13,
  ratio: 1.25,
  minUsdPerHour: 0.1,
};

/** A limit for the spend of a day or a month. It has no defaults, since only a person knows the limit. */
export interface BudgetRule {
  readonly name: 'budget';
  readonly limitUsd: number;
  readonly period: 'day' | 'month';
  /** The period that holds an instant, in the reader's time zone. */
  readonly periodOf: (epochMs: number) => {
    readonly startEpochMs: number;
    readonly endEpochMs: number;
  };
  /** What the budget is for: everything, one service, or one feature of it. */
  readonly labels: Readonly<Partial<Pick<SeriesLabels, 'service' | 'environment' | 'feature'>>>;
  /** Shares of the limit that are told; the whole is critical. */
  readonly infoShare: number;
  readonly warningShare: number;
}

/** All rules with their defaults, in the order of evaluation. */
export const DEFAULT_RULES: readonly Rule[] = [
  DEFAULT_VOLUME_RULE,
  DEFAULT_COST_PER_REQUEST_RULE,
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_UNPRICED_RULE,
  DEFAULT_SLOW_BURN_RULE,
];
