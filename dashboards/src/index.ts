export type { BoardOptions } from './boards/board.ts';
export { BOARDS, type BoardEntry } from './boards/boards.ts';
export { DIMENSIONS, type Dimension } from './boards/filters.ts';
export type { BoardSource } from './boards/gains.ts';
export {
  type CloudwatchAlarm,
  cloudwatchAlarms,
} from './cloudwatch/cloudwatch-alarms.ts';
export { type CloudwatchBody, cloudwatchBoard } from './cloudwatch/cloudwatch-board.ts';
export { type DatadogDashboard, datadogBoard } from './datadog/datadog-board.ts';
export { type DatadogMonitor, datadogMonitors } from './datadog/datadog-monitors.ts';
export { createNaming, NAMING_STYLES, type Naming, type NamingStyle } from './naming.ts';
export {
  annotationQueriesOf,
  type BoardQuery,
  queriesOf,
  variableQueriesOf,
} from './queries.ts';
export { renderAll } from './render-all.ts';
export { type RulesExport, type RuleTarget, renderRules } from './render-rules.ts';
export { alertRules } from './rules/alert-rules.ts';
export { recordingRules } from './rules/recording-rules.ts';
export {
  type AlertLinks,
  DEFAULT_ALERT_LINKS,
  renderPrometheusRules,
} from './rules/render-prometheus.ts';
export { DEFAULT_RULE_NUMBERS, type RuleNumbers, ruleNumbersOf } from './rules/rule-numbers.ts';
