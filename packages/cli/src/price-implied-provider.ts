import type { PriceBook } from '@tokenmeter/pricing';

/** First-party providers first: a reseller's price is never meant by a bare model id. */
const LIKELY_PROVIDERS = [
  'openai',
  'anthropic',
  'gcp.gemini',
  'mistral_ai',
  'cohere',
  'deepseek',
  'x_ai',
  'groq',
  'perplexity',
  'aws.bedrock',
  'azure.ai.openai',
];

/** The provider that a bare model id means; empty, which is the model's maker, when none of the well-known has it. */
export function impliedProvider(model: string, book: PriceBook): string {
  return LIKELY_PROVIDERS.find((name) => book.find(name, model) !== undefined) ?? '';
}
