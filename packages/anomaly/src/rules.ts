import type { SeriesLabels } from './usage-minute.ts';

/** Which scopes an override is for: each given label must match; `*` stands for any text. */
export type LabelMatch = Readonly<Partial<Record<'service' | 'environment' | 'feature', string>>>;

/** Gates that differ for some labels. Of several that match, later ones win. */
export interface RuleOverride<Gates> {
  readonly match: LabelMatch;
  readonly gates: Gates;
}

/** What every rule has besides its gates. */
export interface Adjustable<Gates> {
  /** False switches the rule off; undefined is on. */
  readonly isEnabled?: boolean;
  readonly overrides?: readonly RuleOverride<Partial<Gates> & { readonly isEnabled?: boolean }>[];
}

/** Lengths of trailing windows of counts, in minutes. */
type WindowMinutes = 5 | 15 | 30 | 60 | 120 | 240 | 480 | 1440 | 2880;

/** Spend or calls far above what is usual for the hour of the week. */
export interface VolumeRule extends VolumeGates, Adjustable<VolumeGates> {
  readonly name: 'volume';
}

/** Numbers of the volume rule. */
interface VolumeGates {
  /** Size gates: observed over expected. */
  readonly warningRatio: number;
  readonly criticalRatio: number;
  /** A known incident lasts while the last 15 minutes stay above this. */
  readonly clearRatio: number;
  /** One of these two makes an excess worth telling. */
  readonly minExcessCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gates: normal score per window. */
  readonly scores: Readonly<Record<Exclude<WindowMinutes, 1440 | 2880>, number>>;
  /** Added to the gates below one week of history, and between one and three. */
  readonly youngMargin: number;
  readonly growingMargin: number;
  /** Added to the gates for critical. */
  readonly criticalMargin: number;
}

/** A call costs more than it used to. */
export interface CostPerRequestRule extends CostPerRequestGates, Adjustable<CostPerRequestGates> {
  readonly name: 'cost_per_request';
}

/** Numbers of the rule `cost_per_request`. */
interface CostPerRequestGates {
  readonly warningRatio: number;
  readonly criticalRatio: number;
  readonly clearRatio: number;
  /** A smaller rise is told where it lasts: this ratio over windows of so many minutes and twice the calls. */
  readonly lastingRatio: number;
  readonly lastingMinutes: number;
  /** Calls that a window needs; windows grow from 5 minutes to 24 hours. */
  readonly minCalls: number;
  readonly minUsdPerHour: number;
  /**
   * Evidence gate: the larger of this score and of the one that chance exceeds so often a week, for each length of window.
   * Windows of fewer than `enoughCalls` are left a share of that: their means hang on a few dear calls.
   */
  readonly score: number;
  readonly chancePerWeek: number;
  readonly enoughCalls: number;
  /** Added for critical, and below one week of history. */
  readonly criticalMargin: number;
  readonly youngMargin: number;
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
  scores: { 5: 4.6, 15: 4.7, 30: 4.2, 60: 4.15, 120: 3.8, 240: 3.9, 480: 3.8 },
  youngMargin: 1.5,
  growingMargin: 0.4,
  criticalMargin: 1,
};

/** Warning at +50 %, critical at +100 % per call (same article), from 30 calls on. */
export const DEFAULT_COST_PER_REQUEST_RULE: CostPerRequestRule = {
  name: 'cost_per_request',
  warningRatio: 1.5,
  criticalRatio: 2,
  clearRatio: 1.25,
  lastingRatio: 1.2,
  lastingMinutes: 120,
  minCalls: 30,
  minUsdPerHour: 0.1,
  score: 2.2,
  chancePerWeek: 0.015,
  enoughCalls: 1000,
  criticalMargin: 0.8,
  youngMargin: 0.8,
};

/** Fewer calls hit the prompt cache than usual. */
export interface CacheHitRateRule extends CacheHitRateGates, Adjustable<CacheHitRateGates> {
  readonly name: 'cache_hit_rate';
}

/** Numbers of the rule `cache_hit_rate`. */
interface CacheHitRateGates {
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
  warningEvidence: 8,
  criticalEvidence: 10,
};

/** A feature uses a model that it did not use, or falls back to a dearer one. */
export interface ModelDriftRule extends ModelDriftGates, Adjustable<ModelDriftGates> {
  readonly name: 'model_drift';
}

/** Numbers of the rule `model_drift`. */
interface ModelDriftGates {
  /** Models that are expected; without it those that the feature is seen to use are learned. */
  readonly allowedModels?: readonly string[];
  /** A new model is told when it has so many calls or such a share of them. */
  readonly minCalls: number;
  readonly minShare: number;
  /** Time after which a new model counts as learned. */
  readonly learnHours: number;
  /** Calls that a window needs before shares are compared, and nats of evidence that the share is not the usual one. */
  readonly minWindowCalls: number;
  readonly evidence: number;
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
  evidence: 7,
  criticalShare: 0.2,
  dearRatio: 2,
};

/** Calls without a price. */
export interface UnpricedRule extends UnpricedGates, Adjustable<UnpricedGates> {
  readonly name: 'unpriced';
}

/** Numbers of the rule `unpriced`. */
interface UnpricedGates {
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
export interface SlowBurnRule extends SlowBurnGates, Adjustable<SlowBurnGates> {
  readonly name: 'slow_burn';
}

/** Numbers of the rule `slow_burn`. */
interface SlowBurnGates {
  /** Size gate: observed over expected. */
  readonly ratio: number;
  /** One of these two makes an excess worth telling. */
  readonly minExcessCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gates: normal score per window. */
  readonly scores: Readonly<Record<Extract<WindowMinutes, 120 | 240 | 480 | 1440 | 2880>, number>>;
  /** Added between one and three weeks of history. */
  readonly growingMargin: number;
}

/** Set by simulation on over-dispersed traffic (2026-11-21). */
export const DEFAULT_SLOW_BURN_RULE: SlowBurnRule = {
  name: 'slow_burn',
  ratio: 1.25,
  minExcessCalls: 30,
  minUsdPerHour: 1,
  scores: { 120: 3.8, 240: 3.9, 480: 3.8, 1440: 3.5, 2880: 4.7 },
  growingMargin: 0.4,
};

/** A limit for the spend of a day or a month. It has no defaults, since only a person knows the limit. */
export interface BudgetRule {
  readonly name: 'budget';
  readonly isEnabled?: boolean;
  readonly limitUsd: number;
  readonly period: BudgetPeriod;
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
  /** Spend at so many times the rate that would just use the budget up: over an hour, and over six. */
  readonly fastBurn?: number;
  readonly slowBurn?: number;
}

/** Length of a budget's period; weeks begin on Monday. */
export type BudgetPeriod = 'day' | 'week' | 'month';

/** All rules with their defaults, in the order of evaluation. */
export const DEFAULT_RULES: readonly Rule[] = [
  DEFAULT_VOLUME_RULE,
  DEFAULT_COST_PER_REQUEST_RULE,
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_UNPRICED_RULE,
  DEFAULT_SLOW_BURN_RULE,
];
