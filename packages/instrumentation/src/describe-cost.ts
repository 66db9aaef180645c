import type { Attributes } from '@opentelemetry/api';
import type { PricedCall } from '@tokenmeter/pricing';
import { costCompat, tokenmeter } from '@tokenmeter/semconv';
import type { CostCompat } from './options.ts';

const CURRENCY = 'USD';
const PICO_USD = 1e12;

type Priced = Extract<PricedCall, { kind: 'priced' }>;

/** The part of the total that a cost class belongs to on a span. */
const PARTS: Readonly<Record<string, string>> = {
  input: tokenmeter.costInput,
  input_audio: tokenmeter.costInput,
  input_image: tokenmeter.costInput,
  input_video: tokenmeter.costInput,
  cache_read: tokenmeter.costCacheRead,
  cache_read_audio: tokenmeter.costCacheRead,
  cache_read_image: tokenmeter.costCacheRead,
  cache_write: tokenmeter.costCacheWrite,
  cache_write_5m: tokenmeter.costCacheWrite,
  cache_write_1h: tokenmeter.costCacheWrite,
  output: tokenmeter.costOutput,
  reasoning: tokenmeter.costOutput,
  output_audio: tokenmeter.costOutput,
  output_image: tokenmeter.costOutput,
};

/** Cost attributes of a span; for an unpriced call the reason instead, never a zero. */
export function describeCost(
  priced: PricedCall,
  compat: CostCompat,
  isEstimated = false,
): Attributes {
  if (priced.kind === 'unpriced') {
    return {
      [tokenmeter.unpricedReason]: priced.reason,
      [tokenmeter.costPriceVersion]: priced.bookVersion,
    };
  }
  return {
    [tokenmeter.costTotal]: priced.costUsd,
    ...(priced.computedUsd === undefined ? {} : { [tokenmeter.costComputed]: priced.computedUsd }),
    ...partAttributes(priced),
    [tokenmeter.costCurrency]: CURRENCY,
    [tokenmeter.costSource]: costSourceOf(priced, isEstimated),
    [tokenmeter.costPriceVersion]: priced.bookVersion,
    ...compatAttributes(priced, compat),
  };
}

/** Where a cost comes from; what is computed from estimated tokens is an estimate, whatever its rates. */
export function costSourceOf(priced: Priced, isEstimated: boolean): string {
  return isEstimated ? 'estimate' : priced.source;
}

/** Sums by part; empty when the provider reported the total, whose split is unknown. */
function partAttributes(priced: Priced): Record<string, number> {
  if (priced.source === 'provider') return {};
  const picoUsd: Record<string, number> = {};
  for (const [costClass, amount] of Object.entries(priced.picoUsd)) {
    const part = PARTS[costClass] ?? tokenmeter.costRequests;
    picoUsd[part] = (picoUsd[part] ?? 0) + amount;
  }
  // Divided once, at the end: the sums are exact in integers.
  for (const part in picoUsd) picoUsd[part] = (picoUsd[part] ?? 0) / PICO_USD;
  return picoUsd;
}

function compatAttributes(priced: Priced, compat: CostCompat): Attributes {
  switch (compat) {
    case 'none':
      return {};
    case 'gen_ai.usage.cost':
      return { [costCompat.usageCost]: priced.costUsd };
    case 'otel-draft':
      return {
        [costCompat.draftAmount]: priced.costUsd,
        [costCompat.draftCurrency]: CURRENCY,
        [costCompat.draftSource]: priced.source === 'provider' ? 'provider' : 'local',
      };
    case 'openinference':
      return openInferenceAttributes(priced);
    default:
      return compat satisfies never;
  }
}

function openInferenceAttributes(priced: Priced): Attributes {
  const total = { [costCompat.openInferenceTotal]: priced.costUsd };
  if (priced.source === 'provider') return total;
  const parts = partAttributes(priced);
  const completion = parts[tokenmeter.costOutput] ?? 0;
  return {
    ...total,
    [costCompat.openInferencePrompt]: priced.costUsd - completion,
    [costCompat.openInferenceCompletion]: completion,
  };
}
