/** How a metric is declared, once. `unit` is UCUM as OpenTelemetry writes it. */
export interface MetricSpec {
  readonly name: string;
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly unit: string;
  readonly valueType: 'int' | 'double';
  readonly description: string;
  readonly buckets?: readonly number[];
}

/** Bucket bounds in seconds of every GenAI duration (semantic-conventions-genai 6fd0d76). */
const DURATION_BUCKETS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Bucket bounds in tokens (semantic-conventions-genai 6fd0d76). */
const TOKEN_BUCKETS: readonly number[] = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
];

/** Bucket bounds in USD per call: a tenth of a cent is typical, ten dollars is a runaway. */
const COST_BUCKETS: readonly number[] = [
  0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100,
];

/** Calls metered: one per HTTP response of a provider, or per `meterCall`. */
export const CALLS: MetricSpec = {
  name: 'tokenmeter.calls',
  kind: 'counter',
  unit: '{call}',
  valueType: 'int',
  description: 'Language-model calls, one per response of a provider.',
};

/** Tokens by disjoint class; classes sum to what the provider billed. */
export const TOKENS: MetricSpec = {
  name: 'tokenmeter.tokens',
  kind: 'counter',
  unit: '{token}',
  valueType: 'int',
  description: 'Tokens that providers reported, by disjoint class.',
};

/** Money by class; classes sum to the total. */
export const COST: MetricSpec = {
  name: 'tokenmeter.cost',
  kind: 'counter',
  unit: 'USD',
  valueType: 'double',
  description: 'Cost of language-model calls, by class.',
};

/** Calls that could not be priced. They have no cost point, never a zero. */
export const UNPRICED: MetricSpec = {
  name: 'tokenmeter.unpriced',
  kind: 'counter',
  unit: '{call}',
  valueType: 'int',
  description: 'Calls without a price, by reason.',
};

/** Cost per call, for percentiles. */
export const CALL_COST: MetricSpec = {
  name: 'tokenmeter.call.cost',
  kind: 'histogram',
  unit: 'USD',
  valueType: 'double',
  description: 'Cost of single calls.',
  buckets: COST_BUCKETS,
};

/** Self-metric: requests that matched an endpoint of a provider. */
export const RECOGNISED: MetricSpec = {
  name: 'tokenmeter.self.recognised',
  kind: 'counter',
  unit: '{request}',
  valueType: 'int',
  description: 'Requests recognised as language-model calls.',
};

/** Self-metric: recognised requests that ended in a call record. */
export const METERED: MetricSpec = {
  name: 'tokenmeter.self.metered',
  kind: 'counter',
  unit: '{request}',
  valueType: 'int',
  description: 'Recognised requests that were metered to their end.',
};

/** Self-metric: successful calls whose response carried no usage. */
export const NO_USAGE: MetricSpec = {
  name: 'tokenmeter.self.no_usage',
  kind: 'counter',
  unit: '{call}',
  valueType: 'int',
  description: 'Successful calls for which the provider reported no usage.',
};

/** Self-metric: response bodies that could not be read, and hooks that failed, by `tokenmeter.problem`. */
export const PROBLEMS: MetricSpec = {
  name: 'tokenmeter.self.problems',
  kind: 'counter',
  unit: '{problem}',
  valueType: 'int',
  description: 'Decode and instrumentation problems, by kind.',
};

/** Self-metric: attribute values replaced by `other` because the cap was reached. */
export const OVERFLOW: MetricSpec = {
  name: 'tokenmeter.self.attribute_overflow',
  kind: 'counter',
  unit: '{value}',
  valueType: 'int',
  description: 'Attribute values beyond the cap on distinct values.',
};

/** Self-metric: how old the prices are, as a date, so that nobody has to agree on when the age was taken. */
export const PRICES_DATE: MetricSpec = {
  name: 'tokenmeter.prices.date',
  kind: 'gauge',
  unit: 's',
  valueType: 'int',
  description: 'Day of the newest price table in use, in Unix seconds.',
};

const duration = (name: string, description: string): MetricSpec => ({
  name,
  kind: 'histogram',
  unit: 's',
  valueType: 'double',
  description,
  buckets: DURATION_BUCKETS,
});

const usage = (what: string, description: string): MetricSpec => ({
  name: `gen_ai.client.inference.usage.${what}`,
  kind: 'counter',
  unit: '{token}',
  valueType: 'int',
  description,
});

const perCall = (what: string, description: string): MetricSpec => ({
  name: `gen_ai.client.inference.operation.${what}`,
  kind: 'histogram',
  unit: '{token}',
  valueType: 'int',
  description,
  buckets: TOKEN_BUCKETS,
});

/** Metrics of the GenAI conventions that we emit (semantic-conventions-genai 6fd0d76, 2026-10-09). */
export const GEN_AI_METRICS: Readonly<
  Record<
    | 'inferenceDuration'
    | 'timeToFirstChunk'
    | 'timePerOutputChunk'
    | 'inputTokens'
    | 'outputTokens'
    | 'cacheReadTokens'
    | 'cacheWriteTokens'
    | 'reasoningTokens'
    | 'inputTokensPerCall'
    | 'outputTokensPerCall'
    | 'operationDuration',
    MetricSpec
  >
> = {
  inferenceDuration: duration('gen_ai.client.inference.duration', 'GenAI inference duration.'),
  timeToFirstChunk: duration(
    'gen_ai.client.inference.time_to_first_chunk',
    'Time to the first chunk of a streamed response.',
  ),
  timePerOutputChunk: duration(
    'gen_ai.client.inference.time_per_output_chunk',
    'Time between two chunks of a streamed response.',
  ),
  inputTokens: usage('input_tokens', 'Input tokens, cached ones included.'),
  outputTokens: usage('output_tokens', 'Output tokens, reasoning included.'),
  cacheReadTokens: usage('cache_read.input_tokens', 'Input tokens read from a cache.'),
  cacheWriteTokens: usage('cache_write.input_tokens', 'Input tokens written to a cache.'),
  reasoningTokens: usage('reasoning.output_tokens', 'Output tokens spent on reasoning.'),
  inputTokensPerCall: perCall('input_tokens', 'Input tokens of single calls.'),
  outputTokensPerCall: perCall('output_tokens', 'Output tokens of single calls.'),
  operationDuration: duration(
    'gen_ai.client.operation.duration',
    'Duration of operations other than inference.',
  ),
};

/** Names that older backends still read (semantic-conventions up to 1.41). */
export const LEGACY_GEN_AI_METRICS: Readonly<
  Record<'tokenUsage' | 'operationDuration' | 'timeToFirstChunk' | 'timePerOutputChunk', MetricSpec>
> = {
  tokenUsage: {
    name: 'gen_ai.client.token.usage',
    kind: 'histogram',
    unit: '{token}',
    valueType: 'int',
    description: 'Input and output tokens of single calls.',
    buckets: TOKEN_BUCKETS,
  },
  operationDuration: GEN_AI_METRICS.operationDuration,
  timeToFirstChunk: duration(
    'gen_ai.client.operation.time_to_first_chunk',
    'Time to the first chunk of a streamed response.',
  ),
  timePerOutputChunk: duration(
    'gen_ai.client.operation.time_per_output_chunk',
    'Time between two chunks of a streamed response.',
  ),
};
