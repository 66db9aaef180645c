import { costCompat, genAi, general, providerSpecific, tokenmeter } from './attributes.ts';

/** What an attribute's value is. OTLP writes a double without a fraction as an integer. */
export type AttributeType = 'string' | 'int' | 'double' | 'boolean' | 'string[]';

/** The shape of one attribute. */
export interface AttributeSpec {
  readonly type: AttributeType;
  /** The values that may occur; any when absent. */
  readonly values?: readonly string[];
  /** True when further values are allowed where none of `values` applies. */
  readonly isOpen?: boolean;
}

const text: AttributeSpec = { type: 'string' };
const count: AttributeSpec = { type: 'int' };
const amount: AttributeSpec = { type: 'double' };
const flag: AttributeSpec = { type: 'boolean' };
const list: AttributeSpec = { type: 'string[]' };
const word = (...values: readonly string[]): AttributeSpec => ({ type: 'string', values });

/** `gen_ai.operation.name` of the conventions, as far as a model provider's HTTP API has them. */
const CONVENTION_OPERATIONS = [
  'chat',
  'text_completion',
  'generate_content',
  'embeddings',
  'fetch_response',
];

/** Operations that the conventions have no word for; they allow custom ones. */
export const OWN_OPERATIONS: readonly string[] = [
  'rerank',
  'image_generation',
  'speech',
  'transcription',
  'moderation',
  'classification',
  'ocr',
  'video_generation',
  'batch',
];

/** `gen_ai.provider.name` of the conventions, which allow custom ones. */
const PROVIDERS = [
  'openai',
  'anthropic',
  'aws.bedrock',
  'azure.ai.openai',
  'azure.ai.inference',
  'gcp.gemini',
  'gcp.vertex_ai',
  'gcp.gen_ai',
  'cohere',
  'deepseek',
  'groq',
  'ibm.watsonx.ai',
  'mistral_ai',
  'moonshot_ai',
  'perplexity',
  'x_ai',
];

/**
 * Type and allowed values of every attribute that we emit, by name (versions as in `attributes.ts`).
 *
 * The classes of tokens and money have no fixed list here: prices may name new ones.
 */
export const ATTRIBUTE_SPECS: Readonly<Record<string, AttributeSpec>> = {
  [genAi.agentName]: text,
  [genAi.conversationId]: text,
  [genAi.embeddingsDimensionCount]: count,
  [genAi.inputMessages]: text,
  [genAi.outputMessages]: text,
  [genAi.systemInstructions]: text,
  [genAi.toolDefinitions]: text,
  [genAi.operationName]: word(...CONVENTION_OPERATIONS, ...OWN_OPERATIONS),
  [genAi.outputType]: { ...word('text', 'json', 'image', 'speech'), isOpen: true },
  [genAi.promptName]: text,
  [genAi.promptVersion]: text,
  [genAi.providerName]: { ...word(...PROVIDERS), isOpen: true },
  [genAi.requestChoiceCount]: count,
  [genAi.requestEncodingFormats]: list,
  [genAi.requestFrequencyPenalty]: amount,
  [genAi.requestMaxTokens]: count,
  [genAi.requestModel]: text,
  [genAi.requestPresencePenalty]: amount,
  [genAi.requestPreviousResponseId]: text,
  [genAi.requestReasoningLevel]: text,
  [genAi.requestSeed]: count,
  [genAi.requestStopSequences]: list,
  [genAi.requestStream]: flag,
  [genAi.requestTemperature]: amount,
  [genAi.requestTopK]: count,
  [genAi.requestTopP]: amount,
  [genAi.responseFinishReasons]: list,
  [genAi.responseId]: text,
  [genAi.responseModel]: text,
  [genAi.responseTimeToFirstChunk]: amount,
  [genAi.tokenModality]: word('text', 'image', 'audio', 'unknown'),
  [genAi.tokenType]: word('input', 'output'),
  [genAi.usageAudioCacheReadInputTokens]: count,
  [genAi.usageAudioInputTokens]: count,
  [genAi.usageAudioOutputTokens]: count,
  [genAi.usageCacheCreationInputTokens]: count,
  [genAi.usageCacheReadInputTokens]: count,
  [genAi.usageCacheWriteInputTokens]: count,
  [genAi.usageImageCacheReadInputTokens]: count,
  [genAi.usageImageInputTokens]: count,
  [genAi.usageImageOutputTokens]: count,
  [genAi.usageInputTokens]: count,
  [genAi.usageOutputTokens]: count,
  [genAi.usageReasoningOutputTokens]: count,
  [providerSpecific.openaiApiType]: word('chat_completions', 'responses'),
  [providerSpecific.openaiRequestServiceTier]: text,
  [providerSpecific.openaiResponseServiceTier]: text,
  [providerSpecific.openaiResponseSystemFingerprint]: text,
  [general.errorType]: text,
  [general.httpRequestResendCount]: count,
  [general.httpResponseStatusCode]: count,
  [general.httpRoute]: text,
  [general.serverAddress]: text,
  [general.serverPort]: count,
  [general.sessionId]: text,
  [general.userHash]: text,
  [general.userId]: text,
  [tokenmeter.cache]: word('hit', 'miss', 'none'),
  [tokenmeter.costCacheRead]: amount,
  [tokenmeter.costCacheWrite]: amount,
  [tokenmeter.costClass]: text,
  [tokenmeter.costCurrency]: word('USD'),
  [tokenmeter.costInput]: amount,
  [tokenmeter.costOutput]: amount,
  [tokenmeter.costPriceVersion]: text,
  [tokenmeter.costRequests]: amount,
  [tokenmeter.costSource]: word('provider', 'user', 'catalog', 'snapshot', 'estimate'),
  [tokenmeter.costClaimed]: amount,
  [tokenmeter.costComputed]: amount,
  [tokenmeter.costTotal]: amount,
  [tokenmeter.double]: flag,
  [tokenmeter.feature]: text,
  [tokenmeter.metered]: flag,
  [tokenmeter.outcome]: word('ok', 'error', 'aborted', 'incomplete'),
  [tokenmeter.overflowAttribute]: text,
  [tokenmeter.priceDeployment]: text,
  [tokenmeter.priceInferenceGeo]: text,
  [tokenmeter.priceRegion]: text,
  [tokenmeter.priceServiceTier]: text,
  [tokenmeter.priceSpeed]: text,
  [tokenmeter.problem]: text,
  [tokenmeter.reason]: word('unknown_model', 'no_usage', 'inconsistent_usage', 'missing_rate'),
  [tokenmeter.requestsCodeInterpreter]: count,
  [tokenmeter.requestsFileSearch]: count,
  [tokenmeter.requestsGrounding]: count,
  [tokenmeter.requestsRerank]: count,
  [tokenmeter.requestsWebSearch]: count,
  [tokenmeter.retry]: flag,
  [tokenmeter.team]: text,
  [tokenmeter.tenantId]: text,
  [tokenmeter.tokenClass]: text,
  [tokenmeter.tokensCacheWrite1h]: count,
  [tokenmeter.tokensCacheWrite5m]: count,
  [tokenmeter.tokensInputVideo]: count,
  [tokenmeter.unpricedReason]: word(
    'unknown_model',
    'no_usage',
    'inconsistent_usage',
    'missing_rate',
  ),
  [tokenmeter.usageEstimated]: flag,
  [tokenmeter.usagePasses]: count,
  [costCompat.usageCost]: amount,
  [costCompat.draftAmount]: amount,
  [costCompat.draftCurrency]: word('USD'),
  [costCompat.draftSource]: word('provider', 'local'),
  [costCompat.openInferenceTotal]: amount,
  [costCompat.openInferencePrompt]: amount,
  [costCompat.openInferenceCompletion]: amount,
};
