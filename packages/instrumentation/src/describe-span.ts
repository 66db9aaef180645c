import type { Attributes } from '@opentelemetry/api';
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
import { isInference } from './is-inference.ts';
import { labelVariant } from './label-sets.ts';
import type { DescribeOptions } from './options.ts';
import type { PutAttribute } from './put-attribute.ts';
import { serverKeys } from './server-keys.ts';

/** A finished client span, as plain data. Status is never OK; `errorType` set means ERROR. */
export interface SpanDescription {
  readonly name: string;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  /** Attributes that samplers may look at. */
  readonly startAttributes: Attributes;
  /** Puts the rest, for spans that are recorded. Written one by one: nobody needs forty of them in an object. */
  readonly putEndAttributes: (put: PutAttribute) => void;
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
    startAttributes: labelVariant(context.labels, serverKeys(record).start, () =>
      startAttributes(record, context.labels),
    ),
    putEndAttributes: (put) => putEndAttributes(put, { record, priced, context, errorType }),
    ...(errorType === undefined ? {} : { errorType }),
  };
}

interface Ended {
  readonly record: CallRecord;
  readonly priced: PricedCall;
  readonly context: SpanContext;
  readonly errorType: string | undefined;
}

function putEndAttributes(put: PutAttribute, { record, priced, context, errorType }: Ended): void {
  const { attribution, options } = context;
  const isEstimated = record.usage.kind === 'reported' && record.usage.isEstimated === true;
  putRequest(put, record.parameters, attribution);
  putResponse(put, record);
  putUsage(put, record, options);
  if (record.content !== undefined) putContent(put, record.content);
  putProviders(put, record);
  describePriceBasis(record, put);
  if (isBillable(record)) {
    describeCost(priced, { compat: options.costCompat, isEstimated }, put);
  }
  putAttribution(put, record, context);
  put(general.errorType, errorType);
  put(tokenmeter.outcome, record.outcome);
  if (isEstimated) put(tokenmeter.usageEstimated, true);
  if (record.operation !== 'fetch_response') put(tokenmeter.metered, true);
}

/** Content is JSON text on spans, in the form that the conventions give it. */
function putContent(put: PutAttribute, content: CallContent): void {
  put(genAi.inputMessages, jsonOf(content.messages));
  put(genAi.systemInstructions, jsonOf(content.systemInstructions));
  put(genAi.toolDefinitions, jsonOf(content.tools));
  put(genAi.outputMessages, jsonOf(content.output));
}

function jsonOf(value: readonly object[] | undefined): string | undefined {
  // A redaction hook may have made anything of it.
  return Array.isArray(value) && value.length > 0 ? JSON.stringify(value) : undefined;
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

function putRequest(
  put: PutAttribute,
  parameters: RequestParameters,
  attribution: Attribution,
): void {
  put(genAi.requestMaxTokens, parameters.maxTokens);
  put(genAi.requestTemperature, parameters.temperature);
  put(genAi.requestTopP, parameters.topP);
  put(genAi.requestTopK, parameters.topK);
  put(genAi.requestFrequencyPenalty, parameters.frequencyPenalty);
  put(genAi.requestPresencePenalty, parameters.presencePenalty);
  put(genAi.requestSeed, parameters.seed);
  if (parameters.choiceCount !== 1) put(genAi.requestChoiceCount, parameters.choiceCount);
  put(genAi.requestStopSequences, listOf(parameters.stopSequences));
  put(genAi.outputType, parameters.outputType);
  put(genAi.requestReasoningLevel, parameters.reasoningLevel);
  put(genAi.requestPreviousResponseId, parameters.previousResponseId);
  put(genAi.requestEncodingFormats, listOf(parameters.encodingFormats));
  put(genAi.embeddingsDimensionCount, parameters.embeddingsDimensionCount);
  put(genAi.conversationId, attribution.conversationId ?? parameters.conversationId);
}

function putResponse(put: PutAttribute, record: CallRecord): void {
  const { firstChunkEpochMs, startEpochMs } = record;
  // The conventions set the flag only when it is true.
  if (record.isStreaming) put(genAi.requestStream, true);
  put(genAi.responseId, record.responseId);
  put(genAi.responseModel, record.responseModel);
  put(genAi.responseFinishReasons, isCut(record) ? ['error'] : listOf(record.finishReasons));
  if (firstChunkEpochMs !== undefined) {
    put(genAi.responseTimeToFirstChunk, (firstChunkEpochMs - startEpochMs) / 1000);
  }
  put(general.httpResponseStatusCode, record.statusCode);
  if (record.resendCount > 0) put(general.httpRequestResendCount, record.resendCount);
}

/** The conventions: a generation that ended abnormally has the finish reason `error`; a refused one had not begun. */
function isCut(record: CallRecord): boolean {
  if (record.finishReasons !== undefined || !isInference(record)) return false;
  const isFailed = record.outcome === 'error' && record.statusCode === 200;
  return isFailed || record.outcome === 'incomplete';
}

function putUsage(put: PutAttribute, record: CallRecord, options: DescribeOptions): void {
  if (record.usage.kind !== 'reported' || record.operation === 'fetch_response') return;
  const totals = inclusiveTotals(record.usage.tokens);
  const isLegacy = options.semconv === 'legacy' || options.semconv === 'both';
  put(genAi.usageInputTokens, totals.inputTokens);
  put(genAi.usageOutputTokens, totals.outputTokens);
  put(genAi.usageCacheReadInputTokens, totals.cacheReadTokens);
  put(genAi.usageCacheWriteInputTokens, totals.cacheWriteTokens);
  if (isLegacy) put(genAi.usageCacheCreationInputTokens, totals.cacheWriteTokens);
  put(genAi.usageReasoningOutputTokens, totals.reasoningTokens);
  put(genAi.usageAudioInputTokens, totals.audioInputTokens);
  put(genAi.usageImageInputTokens, totals.imageInputTokens);
  put(genAi.usageAudioOutputTokens, totals.audioOutputTokens);
  put(genAi.usageImageOutputTokens, totals.imageOutputTokens);
}

const OPENAI_API_TYPES: Readonly<Record<string, string>> = {
  'openai.chat': 'chat_completions',
  'openai.responses': 'responses',
};

function putProviders(put: PutAttribute, record: CallRecord): void {
  if (record.provider !== 'openai') return;
  const requestTier = record.parameters.serviceTier;
  put(providerSpecific.openaiApiType, OPENAI_API_TYPES[record.api]);
  if (requestTier !== 'auto') put(providerSpecific.openaiRequestServiceTier, requestTier);
  put(providerSpecific.openaiResponseServiceTier, record.modifiers.serviceTier);
  put(providerSpecific.openaiResponseSystemFingerprint, record.systemFingerprint);
}

function putAttribution(
  put: PutAttribute,
  record: CallRecord,
  { attribution, options }: SpanContext,
): void {
  put(tokenmeter.tenantId, attribution.tenantId);
  put(genAi.promptName, attribution.promptName);
  const userId = attribution.userId ?? record.parameters.userId;
  const { userHashKey } = options;
  if (userHashKey === undefined) put(general.userId, userId);
  else if (userId !== undefined) put(general.userHash, hashUser(userId, userHashKey));
  put(general.sessionId, attribution.sessionId);
}

function listOf(values: readonly string[] | undefined): string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : [...values];
}
