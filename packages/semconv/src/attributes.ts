/**
 * Attribute names, by where they come from.
 *
 * `genAi`: OpenTelemetry GenAI conventions, semantic-conventions-genai at 6fd0d76 (2026-10-09), all "Development".
 * `general`: OpenTelemetry semantic conventions 1.42. `tokenmeter`: ours.
 */
export const genAi = {
  agentName: 'gen_ai.agent.name',
  conversationId: 'gen_ai.conversation.id',
  embeddingsDimensionCount: 'gen_ai.embeddings.dimension.count',
  inputMessages: 'gen_ai.input.messages',
  operationName: 'gen_ai.operation.name',
  outputMessages: 'gen_ai.output.messages',
  outputType: 'gen_ai.output.type',
  promptName: 'gen_ai.prompt.name',
  promptVersion: 'gen_ai.prompt.version',
  providerName: 'gen_ai.provider.name',
  requestChoiceCount: 'gen_ai.request.choice.count',
  requestEncodingFormats: 'gen_ai.request.encoding_formats',
  requestFrequencyPenalty: 'gen_ai.request.frequency_penalty',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  requestModel: 'gen_ai.request.model',
  requestPresencePenalty: 'gen_ai.request.presence_penalty',
  requestPreviousResponseId: 'gen_ai.request.previous_response.id',
  requestReasoningLevel: 'gen_ai.request.reasoning.level',
  requestSeed: 'gen_ai.request.seed',
  requestStopSequences: 'gen_ai.request.stop_sequences',
  requestStream: 'gen_ai.request.stream',
  requestTemperature: 'gen_ai.request.temperature',
  requestTopK: 'gen_ai.request.top_k',
  requestTopP: 'gen_ai.request.top_p',
  responseFinishReasons: 'gen_ai.response.finish_reasons',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  responseTimeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  systemInstructions: 'gen_ai.system_instructions',
  toolDefinitions: 'gen_ai.tool.definitions',
  tokenModality: 'gen_ai.token.modality',
  tokenType: 'gen_ai.token.type',
  usageAudioCacheReadInputTokens: 'gen_ai.usage.audio.cache_read.input_tokens',
  usageAudioInputTokens: 'gen_ai.usage.audio.input_tokens',
  usageAudioOutputTokens: 'gen_ai.usage.audio.output_tokens',
  usageCacheCreationInputTokens: 'gen_ai.usage.cache_creation.input_tokens',
  usageCacheReadInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  usageCacheWriteInputTokens: 'gen_ai.usage.cache_write.input_tokens',
  usageImageCacheReadInputTokens: 'gen_ai.usage.image.cache_read.input_tokens',
  usageImageInputTokens: 'gen_ai.usage.image.input_tokens',
  usageImageOutputTokens: 'gen_ai.usage.image.output_tokens',
  usageInputTokens: 'gen_ai.usage.input_tokens',
  usageOutputTokens: 'gen_ai.usage.output_tokens',
  usageReasoningOutputTokens: 'gen_ai.usage.reasoning.output_tokens',
} as const;

/** Names of the provider refinements of the GenAI conventions (same version as `genAi`). */
export const providerSpecific = {
  openaiApiType: 'openai.api.type',
  openaiRequestServiceTier: 'openai.request.service_tier',
  openaiResponseServiceTier: 'openai.response.service_tier',
  openaiResponseSystemFingerprint: 'openai.response.system_fingerprint',
} as const;

/** Names of the general conventions that we write or read (semantic-conventions 1.42). */
export const general = {
  deploymentEnvironmentName: 'deployment.environment.name',
  errorType: 'error.type',
  httpRequestResendCount: 'http.request.resend_count',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  serviceInstanceId: 'service.instance.id',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  sessionId: 'session.id',
  telemetryDistroName: 'telemetry.distro.name',
  telemetryDistroVersion: 'telemetry.distro.version',
  userHash: 'user.hash',
  userId: 'user.id',
} as const;

/** Our own names. Nothing here collides with a convention, merged or proposed. */
export const tokenmeter = {
  /** Where usage came from when the provider reported none and an estimate was allowed. */
  usageEstimated: 'tokenmeter.usage.estimated',
  /** Marks spans whose tokens and money are already in the counters. */
  metered: 'tokenmeter.metered',
  /** On spans of calls that a Collector does not count: another span of the call counts, or its scope is left out. */
  double: 'tokenmeter.double',
  cache: 'tokenmeter.cache',
  costCacheRead: 'tokenmeter.cost.cache_read',
  costCacheWrite: 'tokenmeter.cost.cache_write',
  /** What an instrumentation's own price table says, where it is not the provider's word. */
  costClaimed: 'tokenmeter.cost.claimed',
  costClass: 'tokenmeter.cost.class',
  /** What our price book says, where the provider's own figure is the cost. */
  costComputed: 'tokenmeter.cost.computed',
  costCurrency: 'tokenmeter.cost.currency',
  costInput: 'tokenmeter.cost.input',
  costOutput: 'tokenmeter.cost.output',
  costPriceVersion: 'tokenmeter.cost.price_version',
  costRequests: 'tokenmeter.cost.requests',
  costSource: 'tokenmeter.cost.source',
  costTotal: 'tokenmeter.cost.total',
  feature: 'tokenmeter.feature',
  outcome: 'tokenmeter.outcome',
  /** The attribute whose values went beyond their cap. */
  overflowAttribute: 'tokenmeter.overflow.attribute',
  /** What changed the rate, where the conventions have no name for it. */
  priceDeployment: 'tokenmeter.price.deployment',
  priceInferenceGeo: 'tokenmeter.price.inference_geo',
  priceRegion: 'tokenmeter.price.region',
  priceServiceTier: 'tokenmeter.price.service_tier',
  priceSpeed: 'tokenmeter.price.speed',
  problem: 'tokenmeter.problem',
  reason: 'tokenmeter.reason',
  /** Billable requests inside a call, by class. */
  requestsCodeInterpreter: 'tokenmeter.requests.code_interpreter',
  requestsFileSearch: 'tokenmeter.requests.file_search',
  requestsGrounding: 'tokenmeter.requests.grounding',
  requestsRerank: 'tokenmeter.requests.rerank',
  requestsWebSearch: 'tokenmeter.requests.web_search',
  retry: 'tokenmeter.retry',
  /** Resource attribute: the data was made up to fill a history, no call happened. */
  seeded: 'tokenmeter.seeded',
  team: 'tokenmeter.team',
  tenantId: 'tokenmeter.tenant.id',
  tokenClass: 'tokenmeter.token.class',
  /** Token classes that the conventions have no name for. */
  tokensCacheWrite1h: 'tokenmeter.tokens.cache_write_1h',
  tokensCacheWrite5m: 'tokenmeter.tokens.cache_write_5m',
  tokensInputVideo: 'tokenmeter.tokens.input_video',
  unpricedReason: 'tokenmeter.unpriced.reason',
  /** How often the model ran inside one call, where the provider reports several passes with prompts of their own. */
  usagePasses: 'tokenmeter.usage.passes',
} as const;

/** Cost attributes that other backends read, written only on request (`TOKENMETER_COST_COMPAT`). */
export const costCompat = {
  /** OpenLIT, LiteLLM, Langfuse. */
  usageCost: 'gen_ai.usage.cost',
  /** The open draft semantic-conventions-genai#443 (2026-08). */
  draftAmount: 'gen_ai.usage.cost.amount',
  draftCurrency: 'gen_ai.usage.cost.currency',
  draftSource: 'gen_ai.usage.cost.source',
  /** OpenInference. */
  openInferenceTotal: 'llm.cost.total',
  openInferencePrompt: 'llm.cost.prompt',
  openInferenceCompletion: 'llm.cost.completion',
} as const;

/** Attributes that every money counter carries where known; never a user, session, tenant or request id. */
export const BASE_COUNTER_ATTRIBUTES: readonly string[] = [
  genAi.operationName,
  genAi.providerName,
  genAi.requestModel,
  genAi.responseModel,
  tokenmeter.feature,
  tokenmeter.team,
  general.httpRoute,
  genAi.promptVersion,
  genAi.agentName,
];

/** The feature of calls that nothing attributes. */
export const UNATTRIBUTED = 'unattributed';

/** The value that stands for all values beyond an attribute's cap on distinct values. */
export const OVERFLOW_VALUE = 'other';
