import { OWN_OPERATIONS } from './attribute-specs.ts';
import { costCompat, genAi, general, providerSpecific, tokenmeter } from './attributes.ts';

/** How binding an attribute is. `ours`: no convention asks for it on this signal, we add it where it is known. */
export type RequirementLevel =
  | 'required'
  | 'conditionally_required'
  | 'recommended'
  | 'opt_in'
  | 'ours';

/** What a kind of span carries. Its name is the operation and, where known, the requested model. */
export interface SpanSpec {
  /** Type of the span in the conventions; it is not on the wire. */
  readonly type: string;
  /** Values of `gen_ai.operation.name` that make a span of this kind. */
  readonly operations: readonly string[];
  readonly kind: 'client';
  readonly attributes: Readonly<Record<string, RequirementLevel>>;
}

/** Attributes that samplers may decide by: they are set when a span is created. */
export const CREATION_ATTRIBUTES: readonly string[] = [
  genAi.operationName,
  genAi.providerName,
  genAi.requestModel,
  general.serverAddress,
  general.serverPort,
];

/** Attributes of every span that says which call it is. */
const IDENTITY = {
  [genAi.operationName]: 'required',
  [genAi.providerName]: 'required',
  [genAi.requestModel]: 'conditionally_required',
  [general.errorType]: 'conditionally_required',
  [general.serverPort]: 'conditionally_required',
  [general.serverAddress]: 'recommended',
} as const;

/** What we add to every span. */
const OURS = {
  [genAi.agentName]: 'ours',
  [general.httpRequestResendCount]: 'ours',
  [general.httpResponseStatusCode]: 'ours',
  [general.httpRoute]: 'ours',
  [general.sessionId]: 'ours',
  [general.userHash]: 'ours',
  [general.userId]: 'ours',
  [tokenmeter.costCacheRead]: 'ours',
  [tokenmeter.costCacheWrite]: 'ours',
  [tokenmeter.costCurrency]: 'ours',
  [tokenmeter.costInput]: 'ours',
  [tokenmeter.costOutput]: 'ours',
  [tokenmeter.costPriceVersion]: 'ours',
  [tokenmeter.costRequests]: 'ours',
  [tokenmeter.costSource]: 'ours',
  [tokenmeter.costComputed]: 'ours',
  [tokenmeter.costTotal]: 'ours',
  [tokenmeter.feature]: 'required',
  [tokenmeter.metered]: 'required',
  [tokenmeter.outcome]: 'required',
  [tokenmeter.priceDeployment]: 'ours',
  [tokenmeter.priceInferenceGeo]: 'ours',
  [tokenmeter.priceRegion]: 'ours',
  [tokenmeter.priceServiceTier]: 'ours',
  [tokenmeter.priceSpeed]: 'ours',
  [tokenmeter.requestsCodeInterpreter]: 'ours',
  [tokenmeter.requestsFileSearch]: 'ours',
  [tokenmeter.requestsGrounding]: 'ours',
  [tokenmeter.requestsRerank]: 'ours',
  [tokenmeter.requestsWebSearch]: 'ours',
  [tokenmeter.team]: 'ours',
  [tokenmeter.tenantId]: 'ours',
  [tokenmeter.tokensCacheWrite1h]: 'ours',
  [tokenmeter.tokensCacheWrite5m]: 'ours',
  [tokenmeter.tokensInputVideo]: 'ours',
  [tokenmeter.unpricedReason]: 'ours',
  [tokenmeter.usageEstimated]: 'ours',
  [tokenmeter.usagePasses]: 'ours',
} as const;

/** Looking at a response is no call: such a span is not marked as metered. */
const { [tokenmeter.metered]: _metered, ...LOOK } = OURS;

const REQUEST = {
  [genAi.conversationId]: 'conditionally_required',
  [genAi.outputType]: 'conditionally_required',
  [genAi.promptName]: 'conditionally_required',
  [genAi.promptVersion]: 'conditionally_required',
  [genAi.requestChoiceCount]: 'conditionally_required',
  [genAi.requestSeed]: 'conditionally_required',
  [genAi.requestStream]: 'conditionally_required',
  [genAi.requestTopK]: 'conditionally_required',
  [genAi.requestFrequencyPenalty]: 'recommended',
  [genAi.requestMaxTokens]: 'recommended',
  [genAi.requestPresencePenalty]: 'recommended',
  [genAi.requestPreviousResponseId]: 'recommended',
  [genAi.requestReasoningLevel]: 'recommended',
  [genAi.requestStopSequences]: 'recommended',
  [genAi.requestTemperature]: 'recommended',
  [genAi.requestTopP]: 'recommended',
} as const;

/** Content, in JSON; only where it was switched on. */
const CONTENT = {
  [genAi.inputMessages]: 'opt_in',
  [genAi.outputMessages]: 'opt_in',
  [genAi.systemInstructions]: 'opt_in',
  [genAi.toolDefinitions]: 'opt_in',
} as const;

const RESPONSE = {
  [genAi.responseFinishReasons]: 'recommended',
  [genAi.responseId]: 'recommended',
  [genAi.responseModel]: 'recommended',
  [genAi.responseTimeToFirstChunk]: 'recommended',
} as const;

const USAGE = {
  [genAi.usageAudioCacheReadInputTokens]: 'recommended',
  [genAi.usageAudioInputTokens]: 'recommended',
  [genAi.usageAudioOutputTokens]: 'recommended',
  [genAi.usageCacheReadInputTokens]: 'recommended',
  [genAi.usageCacheWriteInputTokens]: 'recommended',
  [genAi.usageImageCacheReadInputTokens]: 'recommended',
  [genAi.usageImageInputTokens]: 'recommended',
  [genAi.usageImageOutputTokens]: 'recommended',
  [genAi.usageInputTokens]: 'recommended',
  [genAi.usageOutputTokens]: 'recommended',
  [genAi.usageReasoningOutputTokens]: 'recommended',
} as const;

const OPENAI = {
  [providerSpecific.openaiRequestServiceTier]: 'conditionally_required',
  [providerSpecific.openaiResponseServiceTier]: 'conditionally_required',
  [providerSpecific.openaiApiType]: 'recommended',
  [providerSpecific.openaiResponseSystemFingerprint]: 'recommended',
} as const;

/**
 * The spans that we emit (semantic-conventions-genai 6fd0d76, 2026-10-09: inference, embeddings, fetch response).
 *
 * Operations that the conventions have no span for carry the attributes of inference. Fetching a stored response never
 * repeats its usage.
 */
export const SPAN_SPECS: readonly SpanSpec[] = [
  {
    type: 'gen_ai.client.inference',
    operations: ['chat', 'text_completion', 'generate_content'],
    kind: 'client',
    attributes: { ...IDENTITY, ...REQUEST, ...RESPONSE, ...USAGE, ...CONTENT, ...OPENAI, ...OURS },
  },
  {
    type: 'gen_ai.embeddings.client',
    operations: ['embeddings'],
    kind: 'client',
    attributes: {
      ...IDENTITY,
      [genAi.embeddingsDimensionCount]: 'recommended',
      [genAi.requestEncodingFormats]: 'recommended',
      [genAi.responseModel]: 'recommended',
      [genAi.usageInputTokens]: 'recommended',
      [genAi.conversationId]: 'ours',
      [genAi.promptName]: 'ours',
      [genAi.promptVersion]: 'ours',
      [genAi.responseId]: 'ours',
      [genAi.usageCacheReadInputTokens]: 'ours',
      [genAi.usageImageInputTokens]: 'ours',
      [genAi.usageOutputTokens]: 'ours',
      ...OURS,
    },
  },
  {
    type: 'custom',
    operations: OWN_OPERATIONS,
    kind: 'client',
    attributes: { ...IDENTITY, ...REQUEST, ...RESPONSE, ...USAGE, ...OPENAI, ...OURS },
  },
  {
    type: 'gen_ai.fetch_response.client',
    operations: ['fetch_response'],
    kind: 'client',
    attributes: { ...IDENTITY, ...REQUEST, ...RESPONSE, ...OPENAI, ...LOOK },
  },
];

/** Span attributes that only `TOKENMETER_SEMCONV=legacy` and `both` add. */
export const LEGACY_SPAN_ATTRIBUTES: readonly string[] = [genAi.usageCacheCreationInputTokens];

/** Span attributes that each setting of `TOKENMETER_COST_COMPAT` adds to priced calls. */
export const COST_COMPAT_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  none: [],
  'gen_ai.usage.cost': [costCompat.usageCost],
  'otel-draft': [costCompat.draftAmount, costCompat.draftCurrency, costCompat.draftSource],
  openinference: [
    costCompat.openInferenceTotal,
    costCompat.openInferencePrompt,
    costCompat.openInferenceCompletion,
  ],
};
