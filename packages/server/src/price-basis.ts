import type { PriceModifiers } from '@tokenmeter/core';
import { decodeCounts, type PriceableCall } from '@tokenmeter/pricing';
import { genAi, providerSpecific, tokenmeter } from '@tokenmeter/semconv';
import type { Attributes } from './received-telemetry.ts';
import { textOf } from './usage-series.ts';

/** What `calls` says where a span names no provider. */
const UNKNOWN_PROVIDER = 'unknown';

/** What decides a call's price beside the columns of `calls`. */
export interface PriceBasis {
  /** Counts by the names that `decodeCounts` gives inclusive totals and their parts. */
  readonly counts: Readonly<Record<string, number>>;
  readonly modifiers: PriceModifiers;
  /** How many passes with prompts of their own the totals are the sum of; undefined for one. */
  readonly passes?: number;
}

/** A call's names, times and inclusive totals, as `calls` keeps them. Empty names and undefined totals are absent. */
export interface PricedTotals {
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
}

const COUNTS: readonly (readonly [string, string])[] = [
  [genAi.usageAudioInputTokens, 'input_audio_tokens'],
  [genAi.usageImageInputTokens, 'input_image_tokens'],
  [tokenmeter.tokensInputVideo, 'input_video_tokens'],
  [genAi.usageAudioCacheReadInputTokens, 'cache_audio_read_tokens'],
  [genAi.usageImageCacheReadInputTokens, 'cache_image_read_tokens'],
  [tokenmeter.tokensCacheWrite5m, 'cache_write_5m_tokens'],
  [tokenmeter.tokensCacheWrite1h, 'cache_write_1h_tokens'],
  [genAi.usageAudioOutputTokens, 'output_audio_tokens'],
  [genAi.usageImageOutputTokens, 'output_image_tokens'],
  [tokenmeter.requestsWebSearch, 'web_search'],
  [tokenmeter.requestsFileSearch, 'file_search'],
  [tokenmeter.requestsCodeInterpreter, 'code_interpreter'],
  [tokenmeter.requestsRerank, 'rerank'],
  [tokenmeter.requestsGrounding, 'grounding'],
];

const MODIFIERS: readonly (readonly [string, keyof PriceModifiers])[] = [
  [providerSpecific.openaiResponseServiceTier, 'serviceTier'],
  [tokenmeter.priceServiceTier, 'serviceTier'],
  [tokenmeter.priceSpeed, 'speed'],
  [tokenmeter.priceInferenceGeo, 'inferenceGeo'],
  [tokenmeter.priceRegion, 'region'],
  [tokenmeter.priceDeployment, 'deployment'],
];

/** The attributes that a price basis is made of. */
export const PRICE_BASIS_ATTRIBUTES: readonly string[] = [
  ...COUNTS.map(([key]) => key),
  ...MODIFIERS.map(([key]) => key),
  tokenmeter.usagePasses,
];

/** Reads the price basis of a span; undefined when the columns of `calls` say all. `countOf` refuses what is no count. */
export function describePriceBasis(
  attributes: Attributes,
  countOf: (key: string) => number | undefined,
): PriceBasis | undefined {
  const counts: Record<string, number> = {};
  for (const [key, name] of COUNTS) {
    const count = countOf(key);
    if (count !== undefined) counts[name] = count;
  }
  const modifiers: Partial<Record<keyof PriceModifiers, string>> = {};
  for (const [key, name] of MODIFIERS) {
    const text = textOf(attributes, key);
    if (text !== '') modifiers[name] = text;
  }
  const passes = countOf(tokenmeter.usagePasses) ?? 0;
  const isPlain = Object.keys(counts).length === 0 && Object.keys(modifiers).length === 0;
  if (isPlain && passes < 2) return undefined;
  return { counts, modifiers, ...(passes > 1 && { passes }) };
}

/** The call as the price book asks for it. Parts beyond their total make its usage inconsistent. */
export function toPriceableCall(
  totals: PricedTotals,
  basis: PriceBasis | undefined,
): PriceableCall {
  const counts = {
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    cache_read_tokens: totals.cacheReadTokens,
    cache_write_tokens: totals.cacheWriteTokens,
    output_reasoning_tokens: totals.reasoningTokens,
    ...basis?.counts,
  };
  return {
    // Without a provider the maker of the model is meant.
    provider: totals.provider === UNKNOWN_PROVIDER ? '' : totals.provider,
    ...(totals.requestModel !== '' && { requestModel: totals.requestModel }),
    ...(totals.responseModel !== '' && { responseModel: totals.responseModel }),
    startEpochMs: totals.startEpochMs,
    endEpochMs: totals.endEpochMs,
    modifiers: basis?.modifiers ?? {},
    usage: decodeCounts(counts, 'inclusive'),
  };
}

/** A price basis from its text, or that it cannot be known. */
export type ParsedPriceBasis =
  | { readonly ok: true; readonly value: PriceBasis | undefined }
  | { readonly ok: false };

/** The text that `parsePriceBasis` reads; empty when there is nothing beside the columns. */
export function renderPriceBasis(basis: PriceBasis | undefined): string {
  return basis === undefined ? '' : JSON.stringify(basis);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPriceBasis(value: unknown): value is PriceBasis {
  return (
    isRecord(value) &&
    isRecord(value.counts) &&
    isRecord(value.modifiers) &&
    Object.values(value.modifiers).every((text) => typeof text === 'string')
  );
}

/** Reads what `renderPriceBasis` wrote. Never throws. */
export function parsePriceBasis(text: string | undefined): ParsedPriceBasis {
  if (text === undefined) return { ok: false };
  if (text === '') return { ok: true, value: undefined };
  try {
    const value: unknown = JSON.parse(text);
    return isPriceBasis(value) ? { ok: true, value } : { ok: false };
  } catch {
    return { ok: false };
  }
}
