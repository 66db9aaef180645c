import type { Attributes } from '@opentelemetry/api';
import type { CallRecord, PriceModifiers, Usage } from '@tokenmeter/core';
import { genAi, tokenmeter } from '@tokenmeter/semconv';

const REQUEST_NAMES: ReadonlyMap<string, string> = new Map([
  ['web_search', tokenmeter.requestsWebSearch],
  ['file_search', tokenmeter.requestsFileSearch],
  ['code_interpreter', tokenmeter.requestsCodeInterpreter],
  ['rerank', tokenmeter.requestsRerank],
  ['grounding', tokenmeter.requestsGrounding],
]);

/**
 * What decides a call's price and the totals of the conventions do not tell: cached media, the lifetime of cache writes,
 * counted requests, modifiers of the rate. With it a ledger can price the call again. Most calls have none of it.
 */
export function describePriceBasis({
  operation,
  provider,
  modifiers,
  usage,
}: CallRecord): Attributes {
  if (operation === 'fetch_response') return {};
  return { ...modifierAttributes(modifiers, provider), ...countAttributes(usage) };
}

function modifierAttributes(modifiers: PriceModifiers, provider: string): Attributes {
  return {
    // OpenAI's tier has a name in the conventions.
    [tokenmeter.priceServiceTier]: provider === 'openai' ? undefined : modifiers.serviceTier,
    [tokenmeter.priceSpeed]: modifiers.speed,
    [tokenmeter.priceInferenceGeo]: modifiers.inferenceGeo,
    [tokenmeter.priceRegion]: modifiers.region,
    [tokenmeter.priceDeployment]: modifiers.deployment,
  };
}

function countAttributes(usage: Usage): Attributes {
  if (usage.kind !== 'reported') return {};
  const { tokens, passes = [] } = usage;
  const attributes: Record<string, number | undefined> = {
    [genAi.usageAudioCacheReadInputTokens]: tokens.cache_read_audio,
    [genAi.usageImageCacheReadInputTokens]: tokens.cache_read_image,
    [tokenmeter.tokensCacheWrite5m]: tokens.cache_write_5m,
    [tokenmeter.tokensCacheWrite1h]: tokens.cache_write_1h,
    [tokenmeter.tokensInputVideo]: tokens.input_video,
    [tokenmeter.usagePasses]: passes.length > 1 ? passes.length : undefined,
  };
  for (const [requestClass, count] of Object.entries(usage.requests)) {
    const key = REQUEST_NAMES.get(requestClass);
    if (key !== undefined) attributes[key] = count;
  }
  return attributes;
}
