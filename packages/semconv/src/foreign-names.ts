/**
 * What other GenAI instrumentations write, seen on the spans of the libraries themselves (`test/dialects`, 2026-11-21).
 *
 * Of the names in a list the first that is there says it. The Collector's configuration and the intake of the embedded
 * server read foreign spans by these tables alone, so that both give the same figures.
 */
export const FOREIGN_COUNTS = {
  /** The whole input, or the uncached part where a scope reports that: see `EXCLUSIVE_INPUT_SCOPES`. */
  input: [
    'gen_ai.usage.input_tokens',
    'llm.token_count.prompt',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'llm.usage.prompt_tokens',
  ],
  output: [
    'gen_ai.usage.output_tokens',
    'llm.token_count.completion',
    'gen_ai.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'llm.usage.completion_tokens',
  ],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'llm.token_count.prompt_details.cache_read',
    'gen_ai.usage.cache_read_input_tokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'gen_ai.usage.prompt_tokens_details.cache_read',
    'gen_ai.usage.cached_tokens',
    'gen_ai.usage.cached_input_tokens',
    'gen_ai.usage.input_tokens.cached',
    'gen_ai.usage.cache_read_tokens',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'llm.token_count.prompt_details.cache_write',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.prompt_tokens_details.cache_write',
    'gen_ai.usage.input_tokens.cache_write',
    'gen_ai.usage.cache_write_tokens',
    'gen_ai.usage.cache_creation_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'llm.token_count.completion_details.reasoning',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.details.thinking_tokens',
    'gen_ai.usage.details.thoughts_tokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
    'ai.usage.reasoningTokens',
    'llm.usage.reasoning_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning',
    'gen_ai.usage.output_tokens.reasoning',
  ],
  /** Part of `cacheWrite`. */
  cacheWrite5m: [
    'tokenmeter.tokens.cache_write_5m',
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.details.ephemeral_5m_input_tokens',
  ],
  cacheWrite1h: [
    'tokenmeter.tokens.cache_write_1h',
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.details.ephemeral_1h_input_tokens',
  ],
  inputAudio: [
    'gen_ai.usage.audio.input_tokens',
    'llm.token_count.prompt_details.audio',
    'gen_ai.usage.details.input_audio_tokens',
  ],
  inputImage: ['gen_ai.usage.image.input_tokens'],
  inputVideo: ['tokenmeter.tokens.input_video'],
  cacheReadAudio: [
    'gen_ai.usage.audio.cache_read.input_tokens',
    'gen_ai.usage.details.cache_audio_read_tokens',
  ],
  cacheReadImage: ['gen_ai.usage.image.cache_read.input_tokens'],
  outputAudio: [
    'gen_ai.usage.audio.output_tokens',
    'llm.token_count.completion_details.audio',
    'gen_ai.usage.details.output_audio_tokens',
  ],
  outputImage: ['gen_ai.usage.image.output_tokens'],
  webSearch: ['tokenmeter.requests.web_search', 'gen_ai.usage.details.web_search_requests'],
  fileSearch: ['tokenmeter.requests.file_search'],
  codeInterpreter: ['tokenmeter.requests.code_interpreter'],
  rerank: ['tokenmeter.requests.rerank'],
  grounding: ['tokenmeter.requests.grounding'],
} as const;

/** Names of the texts of a call. */
export const FOREIGN_TEXTS = {
  /** What the span is about: a word of `FOREIGN_OPERATIONS` for a call, any other for what repeats its tokens. */
  kind: [
    'ai.operationId',
    'openinference.span.kind',
    'gen_ai.operation.name',
    'langfuse.observation.type',
    'llm.request.type',
    // On calls too: OpenLLMetry's LlamaIndex calls a call of a model a task.
    'traceloop.span.kind',
  ],
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
  ],
  requestModel: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'llm.model_name',
    'ai.model.id',
    'embedding.model_name',
    'langfuse.observation.model.name',
    'llm.request.model',
  ],
  responseModel: [
    'gen_ai.response.model',
    'llm.response.model_name',
    'ai.response.model',
    'llm.response.model',
    'llm.model_name',
  ],
  responseId: ['gen_ai.response.id', 'ai.response.id', 'gen_ai.response_id'],
  serviceTier: [
    'tokenmeter.price.service_tier',
    'openai.response.service_tier',
    'gen_ai.openai.response.service_tier',
    'anthropic.response.service_tier',
  ],
} as const;

/**
 * Operations by the words that instrumentations have for them, lower-case; spans may write them in any case. Agents,
 * workflows, tools and outer spans are not among them.
 */
export const FOREIGN_OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'chat',
  text_completion: 'text_completion',
  generate_content: 'generate_content',
  embeddings: 'embeddings',
  rerank: 'rerank',
  image_generation: 'image_generation',
  speech: 'speech',
  transcription: 'transcription',
  moderation: 'moderation',
  completion: 'text_completion',
  embedding: 'embeddings',
  embed: 'embeddings',
  'chat.completions': 'chat',
  'chat.completion': 'chat',
  chat_completion: 'chat',
  chat_completions: 'chat',
  'text.completions': 'text_completion',
  completions: 'text_completion',
  text_generation: 'text_completion',
  response: 'chat',
  'openai.responses.create': 'chat',
  responses: 'chat',
  message: 'chat',
  messages: 'chat',
  llm: 'chat',
  llm_request: 'chat',
  chat_model: 'chat',
  generation: 'chat',
  'ai.generatetext.dogenerate': 'chat',
  'ai.streamtext.dostream': 'chat',
  'ai.generateobject.dogenerate': 'chat',
  'ai.streamobject.dostream': 'chat',
  'ai.embed.doembed': 'embeddings',
  'ai.embedmany.doembed': 'embeddings',
};

/**
 * Scopes whose input tokens leave out what was read from and written to a cache, though the conventions include it. A
 * regular expression; the totals of such a span do not show it.
 */
export const EXCLUSIVE_INPUT_SCOPES: string =
  'openlit.*(anthropic|bedrock)|@traceloop/instrumentation-(anthropic|bedrock)|opentelemetry[.]instrumentation[.](bedrock|botocore)';

/**
 * The scope that writes what each provider wrote: input without cached tokens where the provider's own API counts so
 * (Anthropic, Bedrock), with them elsewhere.
 */
export const RAW_USAGE_SCOPE: string = 'opentelemetry.instrumentation.llamaindex';

/**
 * Models as only Amazon Bedrock names them, lower-case: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. For spans that name no
 * provider. A regular expression.
 */
export const BEDROCK_MODELS: string =
  '^(?:arn:aws[a-z-]*:bedrock:|(?:(?:us|eu|apac|jp|au|ca|sa|in|me|af|global|us-gov)[.])?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|writer|stability|twelvelabs|luma)[.][a-z])';

/** Scopes that write a cost of their own price table. It is their claim, not the provider's word. A regular expression. */
export const COST_CLAIMING_SCOPES: string =
  'openlit|litellm|langfuse|openinference|pydantic|logfire';
