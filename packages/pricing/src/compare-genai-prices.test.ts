import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import type { TokenCounts } from '@tokenmeter/core';
import { expect, test } from 'vitest';
import { bundledPriceBook, priceCall } from './index.ts';

// A Friday at noon UTC: no provider's peak hours.
const AT = Date.UTC(2026, 10, 20, 12);

interface Mix {
  readonly ours: TokenCounts;
  readonly theirs: Readonly<Record<string, number>>;
}

/** The same use in disjoint classes and in inclusive totals. */
const MIXES: readonly Mix[] = [
  { ours: { input: 1000, output: 500 }, theirs: { input_tokens: 1000, output_tokens: 500 } },
  {
    ours: { input: 600, cache_read: 400, output: 500 },
    theirs: { input_tokens: 1000, cache_read_tokens: 400, output_tokens: 500 },
  },
  {
    ours: { input: 600, cache_write_5m: 400, output: 500 },
    theirs: { input_tokens: 1000, cache_write_tokens: 400, output_tokens: 500 },
  },
  {
    ours: { input: 250_000, cache_read: 50_000, output: 5000 },
    theirs: { input_tokens: 300_000, cache_read_tokens: 50_000, output_tokens: 5000 },
  },
  {
    ours: { input: 1000, output: 300, reasoning: 200 },
    theirs: { input_tokens: 1000, output_tokens: 500, output_reasoning_tokens: 200 },
  },
];

/** Rows in which we differ in price, and why ours is right. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'aws/openai.gpt-5.4': 'prompts above 272,000 tokens cost twice as much at Bedrock too',
  'aws/openai.gpt-5.5': 'prompts above 272,000 tokens cost twice as much at Bedrock too',
  'deepseek/deepseek-chat': 'billed at the V4 flash price since 2026-04-24',
  'deepseek/deepseek-reasoner': 'billed at the V4 flash price since 2026-04-24',
  'deepseek/deepseek-v4-flash': 'served and billed as deepseek-flash since 2026-09-10',
  'openai/gpt-4o-search-preview': 'every call pays for a search',
};

type Outcome =
  | 'equal'
  | 'rounded'
  | 'theirs_has_no_price'
  | 'no_rate_for_a_class'
  | 'free'
  | 'different';

function theirPrice(provider: string, model: string, mix: Mix): number | undefined {
  try {
    const options = { providerId: provider, timestamp: new Date(AT) };
    return calcPrice({ ...mix.theirs }, model, options)?.total_price;
  } catch {
    return undefined;
  }
}

const book = bundledPriceBook();

function compare(provider: string, model: string, mix: Mix): Outcome {
  const theirs = theirPrice(provider, model, mix);
  const ours = priceCall(
    {
      provider,
      responseModel: model,
      startEpochMs: AT,
      modifiers: {},
      usage: { kind: 'reported', tokens: mix.ours, requests: {}, raw: undefined },
    },
    book,
  );
  if (theirs === undefined) return 'theirs_has_no_price';
  // They price a class without a rate at 0 or as input; we say that it has no rate.
  if (ours.kind === 'unpriced') {
    return ours.reason === 'missing_rate' ? 'no_rate_for_a_class' : 'different';
  }
  if (ours.modifiers.includes('free') && theirs === 0) return 'free';
  const difference = Math.abs(ours.costUsd - theirs);
  if (difference <= 1e-9 * theirs) return 'equal';
  // A rate with more than six decimals per million tokens is rounded to whole pico-USD per token.
  const tokens = Object.values(mix.ours).reduce((sum, count) => sum + count, 0);
  return difference <= tokens * 0.5e-12 ? 'rounded' : 'different';
}

test('every model of genai-prices costs what it says, or the reason is listed', async () => {
  const outcomes: Record<Outcome, number> = {
    equal: 0,
    rounded: 0,
    theirs_has_no_price: 0,
    no_rate_for_a_class: 0,
    free: 0,
    different: 0,
  };
  const different = new Set<string>();
  for (const provider of (await waitForUpdate()) ?? []) {
    for (const model of provider.models) {
      for (const mix of MIXES) {
        const outcome = compare(provider.id, model.id, mix);
        outcomes[outcome] += 1;
        if (outcome === 'different') different.add(`${provider.id}/${model.id}`);
      }
    }
  }
  expect([...different].sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  expect(outcomes.equal).toBeGreaterThan(6800);
  expect(outcomes.rounded).toBeLessThan(10);
});
