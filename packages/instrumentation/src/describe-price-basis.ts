import type { CallRecord, PriceModifiers, Usage } from '@tokenmeter/core';
import { genAi, tokenmeter } from '@tokenmeter/semconv';
import { eachCount } from './each-count.ts';
import type { PutAttribute } from './put-attribute.ts';

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
export function describePriceBasis(
  { operation, provider, modifiers, usage }: CallRecord,
  put: PutAttribute,
): void {
  if (operation === 'fetch_response') return;
  putModifiers(put, modifiers, provider);
  putCounts(put, usage);
}

function putModifiers(put: PutAttribute, modifiers: PriceModifiers, provider: string): void {
  // OpenAI's tier has a name in the conventions.
  if (provider !== 'openai') put(tokenmeter.priceServiceTier, modifiers.serviceTier);
  put(tokenmeter.priceSpeed, modifiers.speed);
  put(tokenmeter.priceInferenceGeo, modifiers.inferenceGeo);
  put(tokenmeter.priceRegion, modifiers.region);
  put(tokenmeter.priceDeployment, modifiers.deployment);
}

function putCounts(put: PutAttribute, usage: Usage): void {
  if (usage.kind !== 'reported') return;
  const { tokens, requests, passes } = usage;
  put(genAi.usageAudioCacheReadInputTokens, tokens.cache_read_audio);
  put(genAi.usageImageCacheReadInputTokens, tokens.cache_read_image);
  put(tokenmeter.tokensCacheWrite5m, tokens.cache_write_5m);
  put(tokenmeter.tokensCacheWrite1h, tokens.cache_write_1h);
  put(tokenmeter.tokensInputVideo, tokens.input_video);
  if (passes !== undefined && passes.length > 1) put(tokenmeter.usagePasses, passes.length);
  eachCount(requests, (requestClass, count) => {
    const name = REQUEST_NAMES.get(requestClass);
    if (name !== undefined) put(name, count);
  });
}
