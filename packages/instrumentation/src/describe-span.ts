import type { Attributes } from '@opentelemetry/api';
import { type CallRecord, inclusiveTotals, type RequestParameters } from '@tokenmeter/core';
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
  const isEstimated = record.usage.kind === 'reported' && record.usage.isEstimated === true;
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
    endAttributes: () =>
      definedAttributes(
        requestAttributes(record.parameters, context.attribution),
        responseAttributes(record),
        usageAttributes(record, context.options),
        providerAttributes(record),
        describePriceBasis(record),
        isBillable(record) ? describeCost(priced, context.options.costCompat, isEstimated) : {},
        attributionAttributes(record, context),
        {
          [general.errorType]: errorType,
          [tokenmeter.outcome]: record.outcome,
          [tokenmeter.usageEstimated]: isEstimated ? true : undefined,
          [tokenmeter.metered]: record.operation === 'fetch_response' ? undefined : true,
        },
      ),
    ...(errorType === undefined ? {} : { errorType }),
  };
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

function requestAttributes(parameters: RequestParameters, attribution: Attribution): Attributes {
  const choiceCount = parameters.choiceCount === 1 ? undefined : parameters.choiceCount;
  return {
    [genAi.requestMaxTokens]: parameters.maxTokens,
    [genAi.requestTemperature]: parameters.temperature,
    [genAi.requestTopP]: parameters.topP,
    [genAi.requestTopK]: parameters.topK,
    [genAi.requestFrequencyPenalty]: parameters.frequencyPenalty,
    [genAi.requestPresencePenalty]: parameters.presencePenalty,
    [genAi.requestSeed]: parameters.seed,
    [genAi.requestChoiceCount]: choiceCount,
    [genAi.requestStopSequences]: listOf(parameters.stopSequences),
    [genAi.outputType]: parameters.outputType,
    [genAi.requestReasoningLevel]: parameters.reasoningLevel,
    [genAi.requestPreviousResponseId]: parameters.previousResponseId,
    [genAi.requestEncodingFormats]: listOf(parameters.encodingFormats),
    [genAi.embeddingsDimensionCount]: parameters.embeddingsDimensionCount,
    [genAi.conversationId]: attribution.conversationId ?? parameters.conversationId,
  };
}

function responseAttributes(record: CallRecord): Attributes {
  // The conventions: a generation that ended abnormally has the finish reason `error`.
  const isCut = record.outcome === 'incomplete' && record.finishReasons === undefined;
  const { firstChunkEpochMs, startEpochMs } = record;
  return {
    // The conventions set the flag only when it is true.
    [genAi.requestStream]: record.isStreaming ? true : undefined,
    [genAi.responseId]: record.responseId,
    [genAi.responseModel]: record.responseModel,
    [genAi.responseFinishReasons]: isCut ? ['error'] : listOf(record.finishReasons),
    [genAi.responseTimeToFirstChunk]:
      firstChunkEpochMs === undefined ? undefined : (firstChunkEpochMs - startEpochMs) / 1000,
    [general.httpResponseStatusCode]: record.statusCode,
    [general.httpRequestResendCount]: record.resendCount > 0 ? record.resendCount : undefined,
  };
}

function usageAttributes(record: CallRecord, options: DescribeOptions): Attributes {
  if (record.usage.kind !== 'reported' || record.operation === 'fetch_response') return {};
  const totals = inclusiveTotals(record.usage.tokens);
  const isLegacy = options.semconv === 'legacy' || options.semconv === 'both';
  return {
    [genAi.usageInputTokens]: totals.inputTokens,
    [genAi.usageOutputTokens]: totals.outputTokens,
    [genAi.usageCacheReadInputTokens]: totals.cacheReadTokens,
    [genAi.usageCacheWriteInputTokens]: totals.cacheWriteTokens,
    [genAi.usageCacheCreationInputTokens]: isLegacy ? totals.cacheWriteTokens : undefined,
    [genAi.usageReasoningOutputTokens]: totals.reasoningTokens,
    [genAi.usageAudioInputTokens]: totals.audioInputTokens,
    [genAi.usageImageInputTokens]: totals.imageInputTokens,
    [genAi.usageAudioOutputTokens]: totals.audioOutputTokens,
    [genAi.usageImageOutputTokens]: totals.imageOutputTokens,
  };
}

const OPENAI_API_TYPES: Readonly<Record<string, string>> = {
  'openai.chat': 'chat_completions',
  'openai.responses': 'responses',
};

function providerAttributes(record: CallRecord): Attributes {
  if (record.provider !== 'openai') return {};
  const requestTier = record.parameters.serviceTier;
  return {
    [providerSpecific.openaiApiType]: OPENAI_API_TYPES[record.api],
    [providerSpecific.openaiRequestServiceTier]: requestTier === 'auto' ? undefined : requestTier,
    [providerSpecific.openaiResponseServiceTier]: record.modifiers.serviceTier,
    [providerSpecific.openaiResponseSystemFingerprint]: record.systemFingerprint,
  };
}

function attributionAttributes(
  record: CallRecord,
  { attribution, options }: SpanContext,
): Attributes {
  return {
    [tokenmeter.tenantId]: attribution.tenantId,
    [genAi.promptName]: attribution.promptName,
    ...userAttributes(attribution.userId ?? record.parameters.userId, options.userHashKey),
    [general.sessionId]: attribution.sessionId,
  };
}

function userAttributes(userId: string | undefined, key: string | undefined): Attributes {
  if (key === undefined || userId === undefined) return { [general.userId]: userId };
  return { [general.userHash]: hashUser(userId, key) };
}

function listOf(values: readonly string[] | undefined): string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : [...values];
}
