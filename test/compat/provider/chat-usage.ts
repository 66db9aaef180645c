import type { Tokens } from './reply.ts';

/** Usage of a chat as a provider puts it into words, and what it means. */
export interface ChatUsage {
  readonly tokens: Tokens;
  readonly wire: object;
  /** Cost that the provider itself reports. */
  readonly costUsd?: number;
}

type UsageWriter = (input: number, output: number) => ChatUsage;

const plain: UsageWriter = (input, output) => ({
  tokens: { input, output },
  wire: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
});

/** 200 cached tokens and 9 of reasoning, parts of their totals. */
const detailed: UsageWriter = (input, output) => ({
  tokens: { input, cache_read: 200, output, reasoning: 9 },
  wire: {
    prompt_tokens: input + 200,
    completion_tokens: output + 9,
    total_tokens: input + 200 + output + 9,
    prompt_tokens_details: { cached_tokens: 200, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 9, audio_tokens: 0 },
  },
});

const deepseek: UsageWriter = (input, output) => ({
  tokens: { input, cache_read: 64, output },
  wire: {
    prompt_tokens: input + 64,
    prompt_cache_hit_tokens: 64,
    prompt_cache_miss_tokens: input,
    completion_tokens: output,
    total_tokens: input + 64 + output,
  },
});

const fireworks: UsageWriter = (input, output) => {
  const { tokens, wire } = plain(input + 32, output);
  return {
    tokens: { ...tokens, input, cache_read: 32 },
    wire: { ...wire, prompt_tokens_details: { cached_tokens: 32 } },
  };
};

/** OpenRouter: the cost of all, in USD. */
const openrouter: UsageWriter = (input, output) => {
  const usage = detailed(input, output);
  const costUsd = (input + output) / 1e6;
  return { ...usage, costUsd, wire: { ...usage.wire, cost: costUsd, is_byok: false } };
};

/** Perplexity: the cost of tokens and searches, in USD. */
const perplexity: UsageWriter = (input, output) => {
  const { tokens, wire } = plain(input, output);
  const costUsd = 0.005 + (input + output) / 1e6;
  const cost = {
    input_tokens_cost: input / 1e6,
    output_tokens_cost: output / 1e6,
    request_cost: 0.005,
    total_cost: costUsd,
  };
  return { tokens, costUsd, wire: { ...wire, search_context_size: 'low', cost } };
};

const WRITERS: ReadonlyMap<string, UsageWriter> = new Map([
  ['openai', detailed],
  ['azure.ai.openai', detailed],
  ['deepseek', deepseek],
  ['fireworks', fireworks],
  ['openrouter', openrouter],
  ['perplexity', perplexity],
]);

/** Usage of the answer at a position; every answer has counts of its own. */
export function chatUsage(provider: string, position: number): ChatUsage {
  return (WRITERS.get(provider) ?? plain)(800 + position, 40 + position);
}
