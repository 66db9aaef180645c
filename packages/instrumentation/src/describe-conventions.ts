import type { Attributes } from '@opentelemetry/api';
import { type CallRecord, inclusiveTotals, type TokenCounts, type Usage } from '@tokenmeter/core';
import {
  GEN_AI_METRICS,
  genAi,
  general,
  LEGACY_GEN_AI_METRICS,
  type MetricSpec,
} from '@tokenmeter/semconv';
import type { MetricPoint } from './describe-call.ts';
import { labelVariant, withLabel } from './label-sets.ts';
import type { SemconvMode } from './options.ts';

/** Operations that the conventions call inference. */
const INFERENCE: ReadonlySet<string> = new Set(['chat', 'text_completion', 'generate_content']);

/**
 * The points of the conventions' own metrics for one call, without attribution.
 *
 * `latest`: semantic-conventions-genai 6fd0d76. `legacy`: semantic-conventions up to 1.41. `both` deliberately reports
 * `gen_ai.client.operation.duration` for inference too, against a SHOULD NOT of the newer version.
 */
export function describeConventions(
  record: CallRecord,
  labels: Attributes,
  mode: SemconvMode,
): readonly MetricPoint[] {
  if (mode === 'off') return [];
  const server = `server ${record.serverAddress} ${record.serverPort}`;
  const base = labelVariant(labels, server, () => baseAttributes(record, labels));
  const points: MetricPoint[] = [];
  if (mode !== 'legacy') points.push(...latestPoints(record, base));
  if (mode !== 'latest') points.push(...legacyPoints(record, base, mode));
  return points;
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
  if (record.outcome === 'incomplete') return { ...base, [general.errorType]: 'incomplete' };
  if (record.outcome !== 'error') return base;
  return { ...base, [general.errorType]: record.errorType ?? '_OTHER' };
}

function latestPoints(record: CallRecord, base: Attributes): readonly MetricPoint[] {
  const durationSeconds = (record.endEpochMs - record.startEpochMs) / 1000;
  const attributes = withErrorType(record, base);
  if (!INFERENCE.has(record.operation)) {
    return [{ spec: GEN_AI_METRICS.operationDuration, value: durationSeconds, attributes }];
  }
  const points: MetricPoint[] = [
    { spec: GEN_AI_METRICS.inferenceDuration, value: durationSeconds, attributes },
  ];
  points.push(...chunkPoints(record, base, GEN_AI_METRICS));
  if (isReported(record.usage)) points.push(...usagePoints(record.usage.tokens, base));
  return points;
}

interface ChunkMetrics {
  readonly timeToFirstChunk: MetricSpec;
  readonly timePerOutputChunk: MetricSpec;
}

function chunkPoints(
  { startEpochMs, firstChunkEpochMs, chunkGapSeconds = [] }: CallRecord,
  attributes: Attributes,
  { timeToFirstChunk, timePerOutputChunk }: ChunkMetrics,
): readonly MetricPoint[] {
  if (firstChunkEpochMs === undefined) return [];
  const value = (firstChunkEpochMs - startEpochMs) / 1000;
  const gaps = chunkGapSeconds.map((gap) => ({ spec: timePerOutputChunk, value: gap, attributes }));
  return [{ spec: timeToFirstChunk, value, attributes }, ...gaps];
}

/** Estimates stay out of the conventions' metrics, where nothing could tell them apart. */
function isReported(usage: Usage): usage is Extract<Usage, { kind: 'reported' }> {
  return usage.kind === 'reported' && usage.isEstimated !== true;
}

function usagePoints(tokens: TokenCounts, base: Attributes): readonly MetricPoint[] {
  const totals = inclusiveTotals(tokens);
  return [
    ...byModality(GEN_AI_METRICS.inputTokens, base, {
      total: totals.inputTokens,
      audio: totals.audioInputTokens,
      image: totals.imageInputTokens,
    }),
    ...byModality(GEN_AI_METRICS.outputTokens, base, {
      total: totals.outputTokens,
      audio: totals.audioOutputTokens,
      image: totals.imageOutputTokens,
    }),
    ...byModality(GEN_AI_METRICS.cacheReadTokens, base, {
      total: totals.cacheReadTokens,
      audio: tokens.cache_read_audio,
      image: tokens.cache_read_image,
    }),
    ...byModality(GEN_AI_METRICS.cacheWriteTokens, base, { total: totals.cacheWriteTokens }),
    ...byModality(GEN_AI_METRICS.reasoningTokens, base, { total: totals.reasoningTokens }),
    ...perCall(GEN_AI_METRICS.inputTokensPerCall, totals.inputTokens, base),
    ...perCall(GEN_AI_METRICS.outputTokensPerCall, totals.outputTokens, base),
  ];
}

interface ModalityCounts {
  readonly total: number | undefined;
  readonly audio?: number | undefined;
  readonly image?: number | undefined;
}

/** Points that sum to the total. What has no reported modality is `unknown`; text is never guessed. */
function byModality(
  spec: MetricSpec,
  base: Attributes,
  { total, audio = 0, image = 0 }: ModalityCounts,
): readonly MetricPoint[] {
  if (total === undefined) return [];
  const parts: readonly (readonly [string, number])[] = [
    ['audio', audio],
    ['image', image],
    ['unknown', total - audio - image],
  ];
  return parts
    .filter(([modality, value]) => value > 0 || (modality === 'unknown' && total === 0))
    .map(([modality, value]) => ({
      spec,
      value,
      attributes: withLabel(base, genAi.tokenModality, modality),
    }));
}

function perCall(
  spec: MetricSpec,
  value: number | undefined,
  attributes: Attributes,
): readonly MetricPoint[] {
  return value === undefined ? [] : [{ spec, value, attributes }];
}

function legacyPoints(
  record: CallRecord,
  base: Attributes,
  mode: SemconvMode,
): readonly MetricPoint[] {
  const value = (record.endEpochMs - record.startEpochMs) / 1000;
  // In mode `both` the newer set already reports this metric for what is not inference.
  const isTimed = mode === 'both' && !INFERENCE.has(record.operation);
  const chunks = INFERENCE.has(record.operation)
    ? chunkPoints(record, base, LEGACY_GEN_AI_METRICS)
    : [];
  const duration: readonly MetricPoint[] = isTimed
    ? chunks
    : [
        ...chunks,
        {
          spec: LEGACY_GEN_AI_METRICS.operationDuration,
          value,
          attributes: withErrorType(record, base),
        },
      ];
  if (!isReported(record.usage) || record.operation === 'fetch_response') return duration;
  const totals = inclusiveTotals(record.usage.tokens);
  const typed = (type: string): Attributes => withLabel(base, genAi.tokenType, type);
  return [
    ...duration,
    ...perCall(LEGACY_GEN_AI_METRICS.tokenUsage, totals.inputTokens, typed('input')),
    ...perCall(LEGACY_GEN_AI_METRICS.tokenUsage, totals.outputTokens, typed('output')),
  ];
}
