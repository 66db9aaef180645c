import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  type CallContent,
  type CallRecord,
  inclusiveTotals,
  type RequestParameters,
} from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import { genAi, general, providerSpecific, tokenmeter } from '@tokenmeter/semconv';
import type { Attribution } from './attribution.ts';
import { describeCost } from './describe-cost.ts';
import { definedAttributes } from './describe-labels.ts';
import { describePriceBasis } from './describe-price-basis.ts';
import { hashUser } from './hash-user.ts';
import { isBillable } from './is-billable.ts';
import { labelVariant } from './label-sets.ts';
import type { DescribeOptions } from './options.ts';

/** A finished client span, as plain data. Status is never OK; `errorType` set means ERROR. */
export interface SpanDescription {
  readonly name: string;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  /** Attributes that samplers may look at. */
  readonly startAttributes: Attributes;
  /** The rest, computed only for spans that are recorded. */
  readonly endAttributes: () => Attributes;
  readonly errorType?: string;
}

/** What a span depends on beside the call and its price. */
export interface SpanContext {
  readonly attribution: Attribution;
  readonly options: DescribeOptions;
  readonly labels: Attributes;
}

/** Describes the span of one call (semantic-conventions-genai 6fd0d76, inference and embeddings spans). */
export function describeSpan(
  record: CallRecord,
  priced: PricedCall,
  context: SpanContext,
): SpanDescription {
  const errorType = spanErrorType(record);
  return {
    name:
      record.requestModel === undefined
        ? record.operation
        : `${record.operation} ${record.requestModel}`,
    startEpochMs: record.startEpochMs,
    endEpochMs: record.endEpochMs,
    startAttributes: labelVariant(
      context.labels,
      `start ${record.serverAddress} ${record.serverPort}`,
      () => startAttributes(record, context.labels),
    ),
    endAttributes: () => endAttributes(record, priced, context, errorType),
    ...(errorType === undefined ? {} : { errorType }),
  };
}

/** One object is filled, field by field: a span has forty of which most are absent. */
function endAttributes(
  record: CallRecord,
  priced: PricedCall,
  context: SpanContext,
  errorType: string | undefined,
): Attributes {
  const { attribution, options } = context;
  const isEstimated = record.usage.kind === 'reported' && record.usage.isEstimated === true;
  const attributes: Attributes = {};
  addRequest(attributes, record.parameters, attribution);
  addResponse(attributes, record);
  addUsage(attributes, record, options);
  if (record.content !== undefined) addContent(attributes, record.content);
  addProviders(attributes, record);
  addDefined(attributes, describePriceBasis(record));
  if (isBillable(record)) {
    addDefined(attributes, describeCost(priced, options.costCompat, isEstimated));
  }
  addAttribution(attributes, record, context);
  add(attributes, general.errorType, errorType);
  attributes[tokenmeter.outcome] = record.outcome;
  if (isEstimated) attributes[tokenmeter.usageEstimated] = true;
  if (record.operation !== 'fetch_response') attributes[tokenmeter.metered] = true;
  return attributes;
}

/** Content is JSON text on spans, in the form that the conventions give it. */
function addContent(to: Attributes, content: CallContent): void {
  add(to, genAi.inputMessages, jsonOf(content.messages));
  add(to, genAi.systemInstructions, jsonOf(content.systemInstructions));
  add(to, genAi.toolDefinitions, jsonOf(content.tools));
  add(to, genAi.outputMessages, jsonOf(content.output));
}

function jsonOf(value: readonly object[] | undefined): string | undefined {
  return value === undefined || value.length === 0 ? undefined : JSON.stringify(value);
}

function startAttributes(record: CallRecord, labels: Attributes): Attributes {
  return definedAttributes({
    ...labels,
    [genAi.responseModel]: undefined,
    [general.serverAddress]: record.serverAddress,
    [general.serverPort]: record.serverAddress === undefined ? undefined : record.serverPort,
  });
}

/** An abort is the application's own decision, not an error; a stream that was cut is one. */
function spanErrorType(record: CallRecord): string | undefined {
  switch (record.outcome) {
    case 'ok':
    case 'aborted':
      return undefined;
    case 'incomplete':
      return 'incomplete';
    case 'error':
      return record.errorType ?? '_OTHER';
    default:
      return record.outcome satisfies never;
  }
}

function addRequest(to: Attributes, parameters: RequestParameters, attribution: Attribution): void {
  add(to, genAi.requestMaxTokens, parameters.maxTokens);
  add(to, genAi.requestTemperature, parameters.temperature);
  add(to, genAi.requestTopP, parameters.topP);
  add(to, genAi.requestTopK, parameters.topK);
  add(to, genAi.requestFrequencyPenalty, parameters.frequencyPenalty);
  add(to, genAi.requestPresencePenalty, parameters.presencePenalty);
  add(to, genAi.requestSeed, parameters.seed);
  if (parameters.choiceCount !== 1) add(to, genAi.requestChoiceCount, parameters.choiceCount);
  add(to, genAi.requestStopSequences, listOf(parameters.stopSequences));
  add(to, genAi.outputType, parameters.outputType);
  add(to, genAi.requestReasoningLevel, parameters.reasoningLevel);
  add(to, genAi.requestPreviousResponseId, parameters.previousResponseId);
  add(to, genAi.requestEncodingFormats, listOf(parameters.encodingFormats));
  add(to, genAi.embeddingsDimensionCount, parameters.embeddingsDimensionCount);
  add(to, genAi.conversationId, attribution.conversationId ?? parameters.conversationId);
}

function addResponse(to: Attributes, record: CallRecord): void {
  // The conventions: a generation that ended abnormally has the finish reason `error`.
  const isCut = record.outcome === 'incomplete' && record.finishReasons === undefined;
  const { firstChunkEpochMs, startEpochMs } = record;
  // The conventions set the flag only when it is true.
  if (record.isStreaming) to[genAi.requestStream] = true;
  add(to, genAi.responseId, record.responseId);
  add(to, genAi.responseModel, record.responseModel);
  add(to, genAi.responseFinishReasons, isCut ? ['error'] : listOf(record.finishReasons));
  if (firstChunkEpochMs !== undefined) {
    to[genAi.responseTimeToFirstChunk] = (firstChunkEpochMs - startEpochMs) / 1000;
  }
  add(to, general.httpResponseStatusCode, record.statusCode);
  if (record.resendCount > 0) to[general.httpRequestResendCount] = record.resendCount;
}

function addUsage(to: Attributes, record: CallRecord, options: DescribeOptions): void {
  if (record.usage.kind !== 'reported' || record.operation === 'fetch_response') return;
  const totals = inclusiveTotals(record.usage.tokens);
  const isLegacy = options.semconv === 'legacy' || options.semconv === 'both';
  add(to, genAi.usageInputTokens, totals.inputTokens);
  add(to, genAi.usageOutputTokens, totals.outputTokens);
  add(to, genAi.usageCacheReadInputTokens, totals.cacheReadTokens);
  add(to, genAi.usageCacheWriteInputTokens, totals.cacheWriteTokens);
  if (isLegacy) add(to, genAi.usageCacheCreationInputTokens, totals.cacheWriteTokens);
  add(to, genAi.usageReasoningOutputTokens, totals.reasoningTokens);
  add(to, genAi.usageAudioInputTokens, totals.audioInputTokens);
  add(to, genAi.usageImageInputTokens, totals.imageInputTokens);
  add(to, genAi.usageAudioOutputTokens, totals.audioOutputTokens);
  add(to, genAi.usageImageOutputTokens, totals.imageOutputTokens);
}

const OPENAI_API_TYPES: Readonly<Record<string, string>> = {
  'openai.chat': 'chat_completions',
  'openai.responses': 'responses',
};

function addProviders(to: Attributes, record: CallRecord): void {
  if (record.provider !== 'openai') return;
  const requestTier = record.parameters.serviceTier;
  add(to, providerSpecific.openaiApiType, OPENAI_API_TYPES[record.api]);
  if (requestTier !== 'auto') add(to, providerSpecific.openaiRequestServiceTier, requestTier);
  add(to, providerSpecific.openaiResponseServiceTier, record.modifiers.serviceTier);
  add(to, providerSpecific.openaiResponseSystemFingerprint, record.systemFingerprint);
}

function addAttribution(
  to: Attributes,
  record: CallRecord,
  { attribution, options }: SpanContext,
): void {
  add(to, tokenmeter.tenantId, attribution.tenantId);
  add(to, genAi.promptName, attribution.promptName);
  const userId = attribution.userId ?? record.parameters.userId;
  const { userHashKey } = options;
  if (userHashKey === undefined) add(to, general.userId, userId);
  else if (userId !== undefined) to[general.userHash] = hashUser(userId, userHashKey);
  add(to, general.sessionId, attribution.sessionId);
}

function add(to: Attributes, key: string, value: AttributeValue | undefined): void {
  if (value !== undefined) to[key] = value;
}

function addDefined(to: Attributes, from: Attributes): void {
  for (const key in from) add(to, key, from[key]);
}

function listOf(values: readonly string[] | undefined): string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : [...values];
}
