import type { TokenClass } from '@tokenmeter/core';
import { type ListedPrice, listPrices, type UsdRates } from './list-prices.ts';
import type { PriceBook } from './price-book.ts';

/** Price-table providers by LiteLLM's names where they differ. */
const LITELLM_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['aws', 'bedrock_converse'],
  ['google', 'gemini'],
  ['x-ai', 'xai'],
  ['together', 'together_ai'],
  ['fireworks', 'fireworks_ai'],
  ['moonshotai', 'moonshot'],
  ['voyageai', 'voyage'],
]);

/** Providers whose models LiteLLM lists without a prefix. */
const BARE: ReadonlySet<string> = new Set(['openai', 'anthropic', 'aws', 'cohere', '*']);

const KEYS: readonly (readonly [TokenClass, string])[] = [
  ['input', 'input_cost_per_token'],
  ['output', 'output_cost_per_token'],
  ['cache_read', 'cache_read_input_token_cost'],
  ['cache_write_5m', 'cache_creation_input_token_cost'],
  ['cache_write_1h', 'cache_creation_input_token_cost_above_1hr'],
  ['cache_read_audio', 'cache_read_input_audio_token_cost'],
  ['cache_read_image', 'cache_read_input_image_token_cost'],
  ['input_audio', 'input_cost_per_audio_token'],
  ['input_image', 'input_cost_per_image_token'],
  ['input_video', 'input_cost_per_video_token'],
  ['reasoning', 'output_cost_per_reasoning_token'],
  ['output_audio', 'output_cost_per_audio_token'],
  ['output_image', 'output_cost_per_image_token'],
];

/**
 * The book in the form of LiteLLM's `model_prices_and_context_window.json`, with the prices in force at `epochMs`. What
 * that form cannot say (periods, hours, modifiers by factor) is left out. Ends with a line break.
 */
export function renderLitellm(book: PriceBook, epochMs: number): string {
  const entries = listPrices(book, epochMs).map((price) => {
    const provider = LITELLM_PROVIDERS.get(price.provider) ?? price.provider;
    const name = BARE.has(price.provider) ? price.model : `${provider}/${price.model}`;
    return `  ${JSON.stringify(name)}: ${JSON.stringify(entryOf(price, provider))}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

function entryOf(price: ListedPrice, provider: string): Readonly<Record<string, unknown>> {
  const { web_search: search, rerank } = price.usdPerRequest;
  return {
    ...(provider === '*' ? {} : { litellm_provider: provider }),
    ...(price.contextTokens === undefined ? {} : { max_input_tokens: price.contextTokens }),
    ...(price.isFree ? { input_cost_per_token: 0, output_cost_per_token: 0 } : {}),
    ...keysOf(price.usdPerMillionTokens, ''),
    ...Object.assign(
      {},
      ...price.longContext.map(({ aboveTokens, usdPerMillionTokens }) =>
        keysOf(usdPerMillionTokens, `_above_${Math.round(aboveTokens / 1000)}k_tokens`),
      ),
    ),
    ...(rerank === undefined ? {} : { input_cost_per_query: rerank }),
    ...(search === undefined
      ? {}
      : { search_context_cost_per_query: { search_context_size_medium: search } }),
    ...(price.source === undefined ? {} : { source: price.source }),
  };
}

function keysOf(rates: UsdRates, suffix: string): Record<string, number> {
  const keys: Record<string, number> = {};
  for (const [name, key] of KEYS) {
    const usd = rates[name];
    // One pico-USD per token is the smallest step, so twelve decimals are exact.
    if (usd !== undefined) keys[`${key}${suffix}`] = Number((usd / 1e6).toFixed(12));
  }
  return keys;
}
