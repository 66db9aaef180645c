import type { Attributes } from '@opentelemetry/api';
import { type CallRecord, inclusiveTotals, type TokenCounts, type Usage } from '@tokenmeter/core';
import {
  GEN_AI_METRICS,
  genAi,
  general,
  LEGACY_GEN_AI_METRICS,
  type MetricSpec,
} from '@tokenmeter/semconv';
import type { Measure } from './describe-call.ts';
import type { BoundValue } from './describe-labels.ts';
import { isInference } from './is-inference.ts';
import { labelVariant, withLabel } from './label-sets.ts';
import type { SemconvMode } from './options.ts';
import { serverKeys } from './server-keys.ts';

/** Where the measurements of one call go, and under which labels, already bounded. */
interface Target {
  readonly labels: Attributes;
  readonly mode: SemconvMode;
  readonly measure: Measure;
  /** Providers name their errors as they like. */
  readonly bound?: BoundValue | undefined;
}

/**
 * Measures one call in the conventions' own metrics, without attribution.
 *
 * `latest`: semantic-conventions-genai 6fd0d76. `legacy`: semantic-conventions up to 1.41. `both` deliberately reports
 * `gen_ai.client.operation.duration` for inference too, against a SHOULD NOT of the newer version.
 */
export function measureConventions(
  call: CallRecord,
  { labels, mode, measure, bound }: Target,
): void {
  if (mode === 'off') return;
  const record = call.outcome === 'error' ? withFewErrors(call, bound) : call;
  const { metrics } = serverKeys(record);
  const base = labelVariant(labels, metrics, () => baseAttributes(record, labels));
  if (mode !== 'legacy') measureLatest(record, base, measure);
  if (mode !== 'latest') measureLegacy(record, base, { mode, measure });
}

/** The convention's word for whatever has no name of its own stands for those beyond the cap. */
function withFewErrors(record: CallRecord, bound: BoundValue | undefined): CallRecord {
  const errorType = record.errorType ?? '_OTHER';
  const labels = { [general.errorType]: errorType };
  return bound === undefined || bound(labels) === labels
    ? record
    : { ...record, errorType: '_OTHER' };
}

function baseAttributes(record: CallRecord, labels: Attributes): Attributes {
  const base: Attributes = {};
  for (const key of [
    genAi.operationName,
    genAi.providerName,
    genAi.requestModel,
    genAi.responseModel,
  ]) {
    const value = labels[key];
    if (value !== undefined) base[key] = value;
  }
  if (record.serverAddress === undefined) return base;
  base[general.serverAddress] = record.serverAddress;
  if (record.serverPort !== undefined) base[general.serverPort] = record.serverPort;
  return base;
}

function withErrorType(record: CallRecord, base: Attributes): Attributes {
  if (record.outcome === 'incomplete') return withLabel(base, general.errorType, 'incomplete');
  if (record.outcome !== 'error') return base;
  return withLabel(base, general.errorType, record.errorType ?? '_OTHER');
}

function durationSeconds({ startEpochMs, endEpochMs }: CallRecord): number {
  return (endEpochMs - startEpochMs) / 1000;
}

function measureLatest(record: CallRecord, base: Attributes, measure: Measure): void {
  const attributes = withErrorType(record, base);
  if (!isInference(record)) {
    measure(GEN_AI_METRICS.operationDuration, durationSeconds(record), attributes);
    return;
  }
  measure(GEN_AI_METRICS.inferenceDuration, durationSeconds(record), attributes);
  measureChunks(record, base, { metrics: GEN_AI_METRICS, measure });
  if (isReported(record.usage)) measureUsage(record.usage.tokens, base, measure);
}

interface Chunks {
  readonly metrics: {
    readonly timeToFirstChunk: MetricSpec;
    readonly timePerOutputChunk: MetricSpec;
  };
  readonly measure: Measure;
}

function measureChunks(
  { startEpochMs, firstChunkEpochMs, chunkGapSeconds = [] }: CallRecord,
  attributes: Attributes,
  { metrics: { timeToFirstChunk, timePerOutputChunk }, measure }: Chunks,
): void {
  if (firstChunkEpochMs === undefined) return;
  measure(timeToFirstChunk, (firstChunkEpochMs - startEpochMs) / 1000, attributes);
  for (const gap of chunkGapSeconds) measure(timePerOutputChunk, gap, attributes);
}

/** Estimates stay out of the conventions' metrics, where nothing could tell them apart. */
function isReported(usage: Usage): usage is Extract<Usage, { kind: 'reported' }> {
  return usage.kind === 'reported' && usage.isEstimated !== true;
}

function measureUsage(tokens: TokenCounts, base: Attributes, measure: Measure): void {
  const totals = inclusiveTotals(tokens);
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = totals;
  const target = { base, measure };
  const { audioInputTokens: audio, imageInputTokens: image } = totals;
  byModality(target, GEN_AI_METRICS.inputTokens, { total: inputTokens, audio, image });
  byModality(target, GEN_AI_METRICS.outputTokens, {
    total: outputTokens,
    audio: totals.audioOutputTokens,
    image: totals.imageOutputTokens,
  });
  byModality(target, GEN_AI_METRICS.cacheReadTokens, {
    total: cacheReadTokens,
    audio: tokens.cache_read_audio,
    image: tokens.cache_read_image,
  });
  byModality(target, GEN_AI_METRICS.cacheWriteTokens, { total: cacheWriteTokens });
  byModality(target, GEN_AI_METRICS.reasoningTokens, { total: reasoningTokens });
  if (inputTokens !== undefined) measure(GEN_AI_METRICS.inputTokensPerCall, inputTokens, base);
  if (outputTokens !== undefined) measure(GEN_AI_METRICS.outputTokensPerCall, outputTokens, base);
}

interface ModalityCounts {
  readonly total: number | undefined;
  readonly audio?: number | undefined;
  readonly image?: number | undefined;
}

/** Measurements that sum to the total. What has no reported modality is `unknown`; text is never guessed. */
function byModality(
  { base, measure }: { readonly base: Attributes; readonly measure: Measure },
  spec: MetricSpec,
  { total, audio = 0, image = 0 }: ModalityCounts,
): void {
  if (total === undefined) return;
  const rest = total - audio - image;
  if (audio > 0) measure(spec, audio, withLabel(base, genAi.tokenModality, 'audio'));
  if (image > 0) measure(spec, image, withLabel(base, genAi.tokenModality, 'image'));
  if (rest > 0 || total === 0) {
    measure(spec, rest, withLabel(base, genAi.tokenModality, 'unknown'));
  }
}

interface LegacyTarget {
  readonly mode: SemconvMode;
  readonly measure: Measure;
}

function measureLegacy(
  record: CallRecord,
  base: Attributes,
  { mode, measure }: LegacyTarget,
): void {
  const isInferred = isInference(record);
  if (isInferred) measureChunks(record, base, { metrics: LEGACY_GEN_AI_METRICS, measure });
  // In mode `both` the newer set already reports this metric for what is not inference.
  if (mode !== 'both' || isInferred) {
    const attributes = withErrorType(record, base);
    measure(LEGACY_GEN_AI_METRICS.operationDuration, durationSeconds(record), attributes);
  }
  if (!isReported(record.usage) || record.operation === 'fetch_response') return;
  const { inputTokens, outputTokens } = inclusiveTotals(record.usage.tokens);
  const { tokenUsage } = LEGACY_GEN_AI_METRICS;
  const typed = (type: string): Attributes => withLabel(base, genAi.tokenType, type);
  if (inputTokens !== undefined) measure(tokenUsage, inputTokens, typed('input'));
  if (outputTokens !== undefined) measure(tokenUsage, outputTokens, typed('output'));
}
