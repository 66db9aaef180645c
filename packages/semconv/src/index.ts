export { ATTRIBUTE_SPECS, type AttributeSpec, type AttributeType } from './attribute-specs.ts';
export {
  BASE_COUNTER_ATTRIBUTES,
  costCompat,
  genAi,
  general,
  OVERFLOW_VALUE,
  providerSpecific,
  tokenmeter,
  UNATTRIBUTED,
} from './attributes.ts';
export { CAPTURE_CONTENT_ENV, ENV, type EnvSpec } from './env.ts';
export {
  BEDROCK_MODELS,
  COST_CLAIMING_SCOPES,
  EXCLUSIVE_INPUT_SCOPES,
  FOREIGN_COUNTS,
  FOREIGN_OPERATIONS,
  FOREIGN_TEXTS,
  RAW_USAGE_SCOPE,
} from './foreign-names.ts';
export { FOREIGN_PROVIDERS } from './foreign-providers.ts';
export {
  FOREIGN_PYTHON_COUNTS,
  FOREIGN_REGION_HOSTS,
  FOREIGN_TOTAL_COUNTS,
  FOREIGN_USAGE_PATHS,
} from './foreign-usage.ts';
export { type AttributeLevels, METRIC_ATTRIBUTES } from './metric-attributes.ts';
export {
  CALL_COST,
  CALLS,
  COST,
  GEN_AI_METRICS,
  LEGACY_GEN_AI_METRICS,
  METERED,
  type MetricSpec,
  NO_USAGE,
  OVERFLOW,
  PRICES_DATE,
  PROBLEMS,
  RECOGNISED,
  TOKENS,
  UNPRICED,
} from './metrics.ts';
export {
  COST_COMPAT_ATTRIBUTES,
  CREATION_ATTRIBUTES,
  LEGACY_SPAN_ATTRIBUTES,
  type RequirementLevel,
  SPAN_SPECS,
  type SpanSpec,
} from './span-specs.ts';
export {
  INCIDENT_SCOPE,
  type IncidentScope,
  WORKER_METRICS,
  type WorkerAttribute,
  type WorkerMetricSpec,
} from './worker-metrics.ts';
