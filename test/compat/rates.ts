import type { Tokens } from './provider/reply.ts';

/**
 * USD per million tokens by provider and model, by hand from the providers' pages (2026-11-21). What a class has no
 * entry for is billed as its kind: reasoning as output. A model that is not here has no price.
 */
const RATES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'openai gpt-4o': { input: 2.5, cache_read: 1.25, output: 10, reasoning: 10 },
  'openai text-embedding-3-small': { input: 0.02 },
  'openai gpt-3.5-turbo-instruct': { input: 1.5, output: 2 },
  'openai gpt-image-1': { input: 5, output_image: 40 },
  'openai gpt-4o-transcribe': { input: 2.5, input_audio: 6, output: 10 },
  'openai gpt-4o-mini-tts': { input: 0.6, output_audio: 12 },
  'openai omni-moderation-latest': { input: 0 },
  'azure.ai.openai gpt-4o': { input: 2.5, cache_read: 1.25, output: 10, reasoning: 10 },
  'azure.ai.openai text-embedding-3-small': { input: 0.02 },
  'deepseek deepseek-chat': { input: 0.14, cache_read: 0.0028, output: 0.28 },
  'fireworks accounts/fireworks/models/deepseek-v3p2': {
    input: 0.56,
    cache_read: 0.28,
    output: 1.68,
  },
  'azure.ai.inference Phi-4': { input: 0.07, output: 0.14 },
  'anthropic claude-haiku-4-5': { input: 1, cache_read: 0.1, cache_write_5m: 1.25, output: 5 },
  'gcp.gemini gemini-2.5-flash': { input: 0.3, cache_read: 0.03, output: 2.5, reasoning: 2.5 },
  'mistral_ai mistral-large-2512': { input: 0.5, output: 1.5 },
  'mistral_ai mistral-embed': { input: 0.1 },
  'cohere embed-v4.0': { input: 0.12 },
  'cohere rerank-v3.5': {},
  'cohere command-a-03-2025': { input: 2.5, output: 10 },
  'groq llama-3.3-70b-versatile': { input: 0.59, output: 0.79 },
  'together meta-llama/Llama-3.3-70B-Instruct-Turbo': { input: 0.88, output: 0.88 },
  'aws.bedrock us.anthropic.claude-haiku-4-5-20251001-v1:0': {
    input: 1.1,
    cache_read: 0.11,
    cache_write_5m: 1.375,
    output: 5.5,
  },
  'aws.bedrock meta.llama3-1-8b-instruct-v1:0': { input: 0.22, output: 0.22 },
  'aws.bedrock mistral.mistral-large-2402-v1:0': { input: 4, output: 12 },
  'aws.bedrock amazon.titan-text-express-v1': { input: 0.2, output: 0.6 },
  'aws.bedrock amazon.nova-lite-v1:0': { input: 0.06, cache_read: 0.015, output: 0.24 },
};

/** Cost in integer pico-USD; undefined without a price. Throws for a class that the rates forgot. */
export function costOf(provider: string, model: string, tokens: Tokens): number | undefined {
  const rates = RATES[`${provider} ${model}`];
  if (rates === undefined) return undefined;
  let picoUsd = 0;
  for (const [tokenClass, count] of Object.entries(tokens)) {
    const rate = rates[tokenClass];
    if (rate === undefined) throw new Error(`expected a rate of ${model} for ${tokenClass}`);
    picoUsd += Math.round(rate * 1e6) * count;
  }
  return picoUsd;
}
