import { type CoverageRule, DEFAULT_COVERAGE_RULE } from './coverage-rule.ts';
import { DEFAULT_PIPELINE_GAP_RULE, type PipelineGapRule } from './pipeline-gap-rule.ts';
import {
  type BudgetPeriod,
  type BudgetRule,
  type CacheHitRateRule,
  type CostPerRequestRule,
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_COST_PER_REQUEST_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_SLOW_BURN_RULE,
  DEFAULT_UNPRICED_RULE,
  DEFAULT_VOLUME_RULE,
  type ModelDriftRule,
  type Rule,
  type SlowBurnRule,
  type UnpricedRule,
  type VolumeRule,
} from './rules.ts';

/** A budget as a person writes it. */
export interface BudgetSetting {
  readonly limitUsd: number;
  readonly period: BudgetPeriod;
  readonly labels: BudgetRule['labels'];
  readonly infoShare: number;
  readonly warningShare: number;
  readonly fastBurn: number;
  readonly slowBurn: number;
}

/** All rules with their gates, and what differs for some labels. */
export interface RuleSettings {
  readonly volume: VolumeRule;
  readonly costPerRequest: CostPerRequestRule;
  readonly cacheHitRate: CacheHitRateRule;
  readonly modelDrift: ModelDriftRule;
  readonly unpriced: UnpricedRule;
  readonly slowBurn: SlowBurnRule;
  readonly coverage: CoverageRule;
  readonly pipelineGap: PipelineGapRule;
  readonly budgets: readonly BudgetSetting[];
}

/** What is wrong with a setting, and where: `overrides[0].volume.warningRatio`. */
export interface SettingProblem {
  readonly path: string;
  readonly problem: string;
}

/** The rules as they are shipped, without a budget. */
export const DEFAULT_RULE_SETTINGS: RuleSettings = {
  volume: DEFAULT_VOLUME_RULE,
  costPerRequest: DEFAULT_COST_PER_REQUEST_RULE,
  cacheHitRate: DEFAULT_CACHE_HIT_RATE_RULE,
  modelDrift: DEFAULT_MODEL_DRIFT_RULE,
  unpriced: DEFAULT_UNPRICED_RULE,
  slowBurn: DEFAULT_SLOW_BURN_RULE,
  coverage: DEFAULT_COVERAGE_RULE,
  pipelineGap: DEFAULT_PIPELINE_GAP_RULE,
  budgets: [],
};

/** Start and end of the period that holds an instant, in the reader's time zone. */
export type PeriodOf = (
  period: BudgetPeriod,
  epochMs: number,
) => { readonly startEpochMs: number; readonly endEpochMs: number };

/** The rules to evaluate, in order; `coverage` and `pipeline_gap` have judges of their own. */
export function rulesOf(
  settings: RuleSettings,
  { periodOf }: { readonly periodOf: PeriodOf },
): readonly Rule[] {
  const budgets = settings.budgets.map(
    (budget): BudgetRule => ({
      name: 'budget',
      ...budget,
      periodOf: (epochMs) => periodOf(budget.period, epochMs),
    }),
  );
  return [
    settings.volume,
    settings.costPerRequest,
    settings.cacheHitRate,
    settings.modelDrift,
    settings.unpriced,
    settings.slowBurn,
    ...budgets,
  ];
}
