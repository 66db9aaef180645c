import { DEFAULT_RULE_SETTINGS, type RuleSettings } from '@tokenmeter/anomaly';

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

/** Fewer extra calls than this in half an hour are noise for a rule that knows no residuals. */
const MINIMUM_EXTRA_CALLS = 50;

/**
 * The size gates that the worker judges with. What it calibrates beside them has no place in a PromQL rule, nor have
 * overrides for single labels and budgets of less than everything.
 */
export function ruleNumbersOf(settings: RuleSettings): RuleNumbers {
  const { volume, costPerRequest, cacheHitRate, modelDrift, unpriced, coverage } = settings;
  const budget = settings.budgets.find(
    ({ period, labels }) => period === 'month' && Object.keys(labels).length === 0,
  );
  return {
    volume: {
      warningRatio: volume.warningRatio,
      criticalRatio: volume.criticalRatio,
      minimumExtraCalls: Math.max(MINIMUM_EXTRA_CALLS, volume.minExcessCalls),
    },
    costPerRequest: {
      warningRatio: costPerRequest.warningRatio,
      criticalRatio: costPerRequest.criticalRatio,
    },
    cacheHitRate: {
      warningBelow: cacheHitRate.warningRate,
      criticalBelow: cacheHitRate.criticalRate,
    },
    modelDrift: { minimumShare: modelDrift.minShare, minimumCalls: modelDrift.minCalls },
    unpriced: { maximumShare: unpriced.minShare, minimumCalls: unpriced.minCalls },
    coverage: { maximumLoss: coverage.warningShare },
    ...(budget === undefined ? {} : { monthlyBudgetUsd: budget.limitUsd }),
  };
}

/** The numbers as they are shipped: the article's. */
export const DEFAULT_RULE_NUMBERS: RuleNumbers = ruleNumbersOf(DEFAULT_RULE_SETTINGS);
