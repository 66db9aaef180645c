import {
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_COST_PER_REQUEST_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_UNPRICED_RULE,
  DEFAULT_VOLUME_RULE,
} from '@tokenmeter/anomaly';

/** Numbers of the alert rules. Ratios are to the usual value (1.5 is 150 %), rates and shares lie between 0 and 1. */
export interface RuleNumbers {
  readonly volume: {
    readonly warningRatio: number;
    readonly criticalRatio: number;
    /** Calls beyond the expectation in half an hour, below which nobody is told. */
    readonly minimumExtraCalls: number;
  };
  readonly costPerRequest: { readonly warningRatio: number; readonly criticalRatio: number };
  readonly cacheHitRate: { readonly warningBelow: number; readonly criticalBelow: number };
  readonly modelDrift: { readonly minimumShare: number; readonly minimumCalls: number };
  readonly unpriced: { readonly maximumShare: number; readonly minimumCalls: number };
  readonly coverage: { readonly maximumLoss: number };
  /** USD for a calendar month; without it the budget rules are silent. */
  readonly monthlyBudgetUsd?: number;
}

/** The worker's own size gates; what it calibrates beside them has no place in a PromQL rule. */
export const DEFAULT_RULE_NUMBERS: RuleNumbers = {
  volume: {
    warningRatio: DEFAULT_VOLUME_RULE.warningRatio,
    criticalRatio: DEFAULT_VOLUME_RULE.criticalRatio,
    minimumExtraCalls: 50,
  },
  costPerRequest: {
    warningRatio: DEFAULT_COST_PER_REQUEST_RULE.warningRatio,
    criticalRatio: DEFAULT_COST_PER_REQUEST_RULE.criticalRatio,
  },
  cacheHitRate: {
    warningBelow: DEFAULT_CACHE_HIT_RATE_RULE.warningRate,
    criticalBelow: DEFAULT_CACHE_HIT_RATE_RULE.criticalRate,
  },
  modelDrift: {
    minimumShare: DEFAULT_MODEL_DRIFT_RULE.minShare,
    minimumCalls: DEFAULT_MODEL_DRIFT_RULE.minCalls,
  },
  unpriced: {
    maximumShare: DEFAULT_UNPRICED_RULE.minShare,
    minimumCalls: DEFAULT_UNPRICED_RULE.minCalls,
  },
  coverage: { maximumLoss: 0.02 },
};
