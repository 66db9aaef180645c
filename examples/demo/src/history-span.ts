import { genAi, general, providerSpecific, tokenmeter } from '@tokenmeter/semconv';
import type { PlannedCall } from './features.ts';
import type { CountedCalls } from './history-totals.ts';
import { labelsOf } from './history-totals.ts';
import { type OtlpValue, renderAttributes, toUnixNano } from './otlp-json.ts';
import type { Random } from './random.ts';

const PICO_PER_USD = 1e12;
const CLIENT_KIND = 3;

/** A call of the seeded past that is also kept as a span. */
export interface PastCall extends CountedCalls {
  readonly planned: PlannedCall;
  readonly startEpochMs: number;
  readonly durationMs: number;
  readonly costSource: string;
  readonly priceVersion: string;
}

/** Renders one call as an OTLP/JSON span, marked as already counted. */
export function renderPastSpan(call: PastCall, random: Random): string {
  const { feature } = call.planned;
  const traceId = hex(random, 4);
  const spanId = hex(random, 2);
  const attributes = renderAttributes({
    ...labelsOf(feature),
    ...detailsOf(call, random),
    [genAi.responseId]: `past-${spanId}`,
  });
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}","name":"chat ${feature.model}","kind":${CLIENT_KIND},` +
    `"startTimeUnixNano":"${toUnixNano(call.startEpochMs)}",` +
    `"endTimeUnixNano":"${toUnixNano(call.startEpochMs + call.durationMs)}",` +
    `"attributes":${attributes}}`
  );
}

function detailsOf(call: PastCall, random: Random): Record<string, OtlpValue> {
  const { tokens, picoUsd, planned } = call;
  const totalPicoUsd = picoUsd.input + picoUsd.cache_read + picoUsd.output;
  const isOpenai = planned.feature.provider === 'openai';
  return {
    [genAi.promptName]: planned.feature.promptName,
    [genAi.requestMaxTokens]: planned.maxOutputTokens,
    [genAi.usageInputTokens]: tokens.input + tokens.cache_read,
    [genAi.usageOutputTokens]: tokens.output,
    [genAi.usageCacheReadInputTokens]: tokens.cache_read,
    [genAi.conversationId]: `ticket-${random.between(1000, 9999)}`,
    [general.userId]: `user-${random.between(1, 40)}`,
    [general.httpResponseStatusCode]: 200,
    [tokenmeter.outcome]: 'ok',
    [tokenmeter.metered]: true,
    [tokenmeter.costTotal]: totalPicoUsd / PICO_PER_USD,
    [tokenmeter.costInput]: picoUsd.input / PICO_PER_USD,
    [tokenmeter.costCacheRead]: picoUsd.cache_read / PICO_PER_USD,
    [tokenmeter.costOutput]: picoUsd.output / PICO_PER_USD,
    [tokenmeter.costCurrency]: 'USD',
    [tokenmeter.costSource]: call.costSource,
    [tokenmeter.costPriceVersion]: call.priceVersion,
    ...(isOpenai && { [providerSpecific.openaiResponseServiceTier]: 'default' }),
  };
}

function hex(random: Random, words: number): string {
  let text = '';
  for (let word = 0; word < words; word += 1) {
    text += Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text;
}
