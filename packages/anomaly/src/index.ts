export { acceptExcess } from './accept-excess.ts';
export { type AdvanceInput, advance } from './advance.ts';
export {
  type Advice,
  type AdviceConfig,
  adviseIncident,
  DEFAULT_ADVICE_CONFIG,
} from './advise-incident.ts';
export { type Rarity, rarityOfScore } from './chance-of-score.ts';
export { type CommandResult, commandIncident, type IncidentCommand } from './command-incident.ts';
export {
  type CoverageMinute,
  type CoverageRule,
  DEFAULT_COVERAGE_RULE,
  judgeCoverage,
} from './coverage-rule.ts';
export { type Decomposition, decompose, type UsageChange } from './decompose.ts';
export { type Evaluation, evaluateRules, type RuleStates } from './evaluate-rules.ts';
export {
  type Contributor,
  type ExpectedRange,
  type Finding,
  type FindingLabels,
  LEAST_ERROR_SHARE,
  type RuleName,
  type Severity,
} from './finding.ts';
export { forecastTotal, type SpendForecast } from './forecast-spend.ts';
export {
  createHistory,
  type History,
  historyCalls,
  historyGaps,
  historyRefused,
  isEmptyHistory,
  type PlannedEvent,
  type RefusedInput,
} from './history.ts';
export {
  DEFAULT_INCIDENT_CONFIG,
  type Incident,
  type IncidentConfig,
  type IncidentState,
  type Incidents,
  incidentKey,
  type Transition,
  type TransitionKind,
} from './incident.ts';
export { parseHistory } from './parse-history.ts';
export { type ParsedRuleSettings, parseRuleSettings } from './parse-rule-settings.ts';
export {
  DEFAULT_PIPELINE_GAP_RULE,
  judgePipeline,
  type PipelineGapRule,
} from './pipeline-gap-rule.ts';
export { renderHistory } from './render-history.ts';
export {
  type BudgetSetting,
  DEFAULT_RULE_SETTINGS,
  type PeriodOf,
  type RuleSettings,
  rulesOf,
  type SettingProblem,
} from './rule-settings.ts';
export {
  type ActiveScope,
  compareSeverity,
  INITIAL_RULE_STATE,
  type RuleState,
  type StepResult,
} from './rule-state.ts';
export {
  type BudgetPeriod,
  type BudgetRule,
  type CacheHitRateRule,
  type CostPerRequestRule,
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_COST_PER_REQUEST_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_RULES,
  DEFAULT_SLOW_BURN_RULE,
  DEFAULT_UNPRICED_RULE,
  DEFAULT_VOLUME_RULE,
  type LabelMatch,
  type ModelDriftRule,
  type Rule,
  type RuleOverride,
  type SlowBurnRule,
  type UnpricedRule,
  type VolumeRule,
} from './rules.ts';
export { step } from './step.ts';
export { type IncidentInput, stepIncidents } from './step-incidents.ts';
export type { HourOfWeek } from './time.ts';
export type {
  CostByClass,
  Gap,
  PromptVersionUsage,
  SeriesLabels,
  UsageMinute,
  UserUsage,
} from './usage-minute.ts';
export { createUsageSum, type UsageSum } from './usage-sum.ts';
export type { EvaluationTime } from './volume-rule.ts';
export { withHolidays } from './with-holidays.ts';
