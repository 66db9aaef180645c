import { BASE_COUNTER_ATTRIBUTES, genAi, general, tokenmeter } from './attributes.ts';
import {
  CALL_COST,
  CALLS,
  COST,
  GEN_AI_METRICS,
  LEGACY_GEN_AI_METRICS,
  METERED,
  NO_USAGE,
  OVERFLOW,
  PRICES_DATE,
  PROBLEMS,
  RECOGNISED,
  TOKENS,
  UNPRICED,
} from './metrics.ts';
import type { RequirementLevel } from './span-specs.ts';

/** Levels by attribute name. */
export type AttributeLevels = Readonly<Record<string, RequirementLevel>>;

/** Attributes of every client metric of the conventions. */
const CLIENT: AttributeLevels = {
  [genAi.operationName]: 'required',
  [genAi.providerName]: 'required',
  [genAi.requestModel]: 'conditionally_required',
  [general.serverPort]: 'conditionally_required',
  [genAi.responseModel]: 'recommended',
  [general.serverAddress]: 'recommended',
};

const TIMED: AttributeLevels = { ...CLIENT, [general.errorType]: 'conditionally_required' };
const BY_MODALITY: AttributeLevels = { ...CLIENT, [genAi.tokenModality]: 'required' };

/** Attributes of every counter of ours; all are there as far as they are known. */
const MONEY: AttributeLevels = {
  ...Object.fromEntries(BASE_COUNTER_ATTRIBUTES.map((name) => [name, 'ours' as const])),
  [genAi.operationName]: 'required',
  [genAi.providerName]: 'required',
  [tokenmeter.feature]: 'required',
  [tokenmeter.usageEstimated]: 'ours',
};

/** The attributes of every metric that we emit, by metric name (versions as in `metrics.ts`). No other ones occur. */
export const METRIC_ATTRIBUTES: Readonly<Record<string, AttributeLevels>> = {
  [CALLS.name]: {
    ...MONEY,
    [tokenmeter.outcome]: 'required',
    [tokenmeter.cache]: 'required',
    [tokenmeter.retry]: 'required',
  },
  [TOKENS.name]: { ...MONEY, [tokenmeter.tokenClass]: 'required' },
  [COST.name]: {
    ...MONEY,
    [tokenmeter.costClass]: 'required',
    [tokenmeter.costSource]: 'required',
  },
  [UNPRICED.name]: { ...MONEY, [tokenmeter.reason]: 'required' },
  [CALL_COST.name]: {
    [genAi.providerName]: 'required',
    [genAi.requestModel]: 'ours',
    [tokenmeter.feature]: 'required',
    [tokenmeter.usageEstimated]: 'ours',
  },
  [RECOGNISED.name]: {},
  [METERED.name]: {},
  [NO_USAGE.name]: { [genAi.providerName]: 'required', [genAi.operationName]: 'required' },
  [PROBLEMS.name]: { [tokenmeter.problem]: 'required' },
  [PRICES_DATE.name]: {},
  [OVERFLOW.name]: { [tokenmeter.overflowAttribute]: 'required' },
  [GEN_AI_METRICS.inferenceDuration.name]: TIMED,
  [GEN_AI_METRICS.operationDuration.name]: TIMED,
  [GEN_AI_METRICS.timeToFirstChunk.name]: CLIENT,
  [GEN_AI_METRICS.timePerOutputChunk.name]: CLIENT,
  [GEN_AI_METRICS.inputTokens.name]: BY_MODALITY,
  [GEN_AI_METRICS.outputTokens.name]: BY_MODALITY,
  [GEN_AI_METRICS.cacheReadTokens.name]: BY_MODALITY,
  [GEN_AI_METRICS.cacheWriteTokens.name]: BY_MODALITY,
  [GEN_AI_METRICS.reasoningTokens.name]: BY_MODALITY,
  [GEN_AI_METRICS.inputTokensPerCall.name]: CLIENT,
  [GEN_AI_METRICS.outputTokensPerCall.name]: CLIENT,
  [LEGACY_GEN_AI_METRICS.timeToFirstChunk.name]: CLIENT,
  [LEGACY_GEN_AI_METRICS.timePerOutputChunk.name]: CLIENT,
  [LEGACY_GEN_AI_METRICS.tokenUsage.name]: { ...CLIENT, [genAi.tokenType]: 'required' },
};
