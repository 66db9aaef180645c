/**
 * Where usage stands inside JSON text on spans of other instrumentations: paths into the object that a provider, or a
 * library in its place, calls usage (`test/dialects`, 2026-11-21). Of several paths for one count the first that is there
 * says it. The Collector's normalise.yaml reads the same paths; a test compares them.
 */
export const FOREIGN_USAGE_PATHS = {
  cacheRead: [
    'cache_read_input_tokens',
    'prompt_tokens_details.cached_tokens',
    'input_tokens_details.cached_tokens',
    'input_cached_tokens',
    'cached_input_tokens',
    'input_cache_read',
    'cacheReadInputTokens',
    'cachedContentTokenCount',
    'cachedPromptTokens',
    'input_token_details.cache_read',
    'cached_content_token_count',
  ],
  cacheWrite: [
    'cache_creation_input_tokens',
    'prompt_tokens_details.cache_write_tokens',
    'input_tokens_details.cache_write_tokens',
    'input_cache_write_tokens',
    'cache_write_input_tokens',
    'input_cache_creation',
    'cacheWriteInputTokens',
    'usage.cacheWriteTokens',
    'cacheCreationInputTokens',
    'input_token_details.cache_creation',
    'prompt_tokens_details.cache_creation_tokens',
  ],
  cacheWrite5m: [
    'cache_creation.ephemeral_5m_input_tokens',
    'input_token_details.ephemeral_5m_input_tokens',
    'prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens',
  ],
  cacheWrite1h: [
    'cache_creation.ephemeral_1h_input_tokens',
    'input_token_details.ephemeral_1h_input_tokens',
    'prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens',
    'cache_creation_input_tokens_above_1hr',
  ],
  reasoning: [
    'completion_tokens_details.reasoning_tokens',
    'output_tokens_details.reasoning_tokens',
    'output_tokens_details.thinking_tokens',
    'output_reasoning_tokens',
    'output_reasoning',
    'thoughtsTokenCount',
    'reasoningTokens',
    'output_token_details.reasoning',
    'thoughts_token_count',
  ],
  /** Langfuse's word first. */
  inputAudio: [
    'input_audio_tokens',
    'prompt_tokens_details.audio_tokens',
    'input_tokens_details.audio_tokens',
    'input_token_details.audio',
  ],
  outputAudio: [
    'output_audio_tokens',
    'completion_tokens_details.audio_tokens',
    'output_tokens_details.audio_tokens',
    'output_token_details.audio',
  ],
  /** Input as Anthropic and Bedrock count it: without what a cache held. */
  rawInput: ['inputTokens', 'input_tokens'],
} as const;

/** Names of the same counts in the object that LiteLLM writes as Python does, not as JSON. */
export const FOREIGN_PYTHON_COUNTS = {
  cacheRead: 'cached_tokens',
  cacheWrite: 'cache_creation_tokens',
  cacheWrite5m: 'ephemeral_5m_input_tokens',
  cacheWrite1h: 'ephemeral_1h_input_tokens',
  reasoning: 'reasoning_tokens',
} as const;

/** All tokens of a call. Where a provider counts thoughts beside the answer, only this total shows them. */
export const FOREIGN_TOTAL_COUNTS: readonly string[] = [
  'gen_ai.usage.total_tokens',
  'llm.token_count.total',
  'ai.usage.totalTokens',
  'llm.usage.total_tokens',
];

/** Hosts that name the place in front: it may cost more. A regular expression. */
export const FOREIGN_REGION_HOSTS: string =
  '^(?:[a-z]{2}[.]api[.]openai|[a-z0-9-]+-aiplatform[.]googleapis|aiplatform[.][a-z0-9-]+[.]rep[.]googleapis)[.]com$';
