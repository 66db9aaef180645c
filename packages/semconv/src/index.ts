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
export { ENV, type EnvSpec } from './env.ts';
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
  PROBLEMS,
  RECOGNISED,
  TOKENS,
  UNPRICED,
} from './metrics.ts';
