import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bundledPriceBook,
  createPriceBook,
  type PriceableCall,
  type PricedCall,
  parsePriceFile,
  priceCall,
  renderLitellm,
} from './index.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

/** Entries as LiteLLM writes them (2026-08-01 and its tests), one for each shape of key. */
const FILE = {
  sample_spec: { input_cost_per_token: 0, litellm_provider: 'one of …' },
  'gpt-4o': {
    litellm_provider: 'openai',
    input_cost_per_token: 2.5e-6,
    output_cost_per_token: 1e-5,
    cache_read_input_token_cost: 1.25e-6,
    input_cost_per_token_batches: 1.25e-6,
    output_cost_per_token_batches: 5e-6,
    input_cost_per_token_priority: 4.25e-6,
    output_cost_per_token_priority: 1.7e-5,
    cache_read_input_token_cost_priority: 2.125e-6,
    search_context_cost_per_query: { search_context_size_medium: 0.035 },
  },
  'gpt-6-sol': {
    litellm_provider: 'openai',
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    input_cost_per_token_flex: 1e-6,
    output_cost_per_token_flex: 5e-6,
    input_cost_per_token_above_272k_tokens: 4e-6,
    output_cost_per_token_above_272k_tokens: 1.5e-5,
    input_cost_per_token_above_272k_tokens_flex: 2e-6,
    output_cost_per_token_above_272k_tokens_flex: 7.5e-6,
    regional_processing_uplift_multiplier_eu: 1.1,
  },
  'claude-opus-4-6': {
    litellm_provider: 'anthropic',
    input_cost_per_token: 5e-6,
    output_cost_per_token: 2.5e-5,
    cache_creation_input_token_cost: 6.25e-6,
    cache_creation_input_token_cost_above_1hr: 1e-5,
    cache_read_input_token_cost: 5e-7,
    provider_specific_entry: { fast: 6, us: 1.1 },
  },
  'azure/eu/gpt-4o-2024-08-06': {
    litellm_provider: 'azure',
    input_cost_per_token: 2.75e-6,
    output_cost_per_token: 1.1e-5,
  },
  'gemini/gemini-x': {
    litellm_provider: 'gemini',
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    input_cost_per_token_above_90k_tokens: 2e-6,
    input_cost_per_token_above_128k_tokens: 3e-6,
    input_cost_per_audio_token: 7e-6,
    output_cost_per_reasoning_token: 3e-6,
  },
  'dashscope/qwen-x': {
    litellm_provider: 'dashscope',
    tiered_pricing: [
      { range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
      { range: [32_000, 128_000], input_cost_per_token: 3e-6, output_cost_per_token: 4e-6 },
    ],
  },
  'deepseek/night': {
    litellm_provider: 'deepseek',
    input_cost_per_token: 4e-6,
    output_cost_per_token: 4e-6,
    off_peak_pricing: { hours_utc: '22:00-06:00', input_cost_per_token: 1e-6 },
  },
  'deepseek/weekend': {
    litellm_provider: 'deepseek',
    input_cost_per_token: 4e-6,
    off_peak_pricing: {
      input_cost_per_token: 2e-6,
      windows: [
        { hours_utc: ['00:00-01:00', '10:00-00:00'], weekdays: [1, 2, 3, 4, 5] },
        { hours_utc: '00:00-00:00', weekdays: [6, 7] },
      ],
    },
  },
  'free-model': { litellm_provider: 'groq', input_cost_per_token: 0, output_cost_per_token: 0 },
  'dall-e-3': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_image: 0.04 },
};

const parsed = parsePriceFile(JSON.stringify(FILE), { name: 'litellm', mode: 'replace' });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const book = createPriceBook([parsed.layer]);

function price(provider: string, model: string, call: Partial<PriceableCall>): PricedCall {
  return priceCall(
    {
      provider,
      responseModel: model,
      startEpochMs: NOON,
      modifiers: {},
      usage: {
        kind: 'reported',
        tokens: { input: 1000, output: 1000 },
        requests: {},
        raw: undefined,
      },
      ...call,
    },
    book,
  );
}

function tokens(counts: Readonly<Record<string, number>>): Partial<PriceableCall> {
  return { usage: { kind: 'reported', tokens: counts, requests: {}, raw: undefined } };
}

interface Case {
  readonly provider: string;
  readonly model: string;
  readonly call: Partial<PriceableCall>;
  readonly want: number | string;
}

describe('LiteLLM entries', () => {
  test.for<Case>([
    { provider: 'openai', model: 'gpt-4o', call: {}, want: 0.0125 },
    {
      provider: 'openai',
      model: 'gpt-4o',
      call: { modifiers: { serviceTier: 'batch' } },
      want: 0.00625,
    },
    {
      provider: 'openai',
      model: 'gpt-4o',
      call: { modifiers: { serviceTier: 'priority' } },
      want: 0.02125,
    },
    { provider: 'openai', model: 'gpt-6-sol', call: tokens({ input: 272_000 }), want: 0.544 },
    { provider: 'openai', model: 'gpt-6-sol', call: tokens({ input: 300_000 }), want: 1.2 },
    {
      provider: 'openai',
      model: 'gpt-6-sol',
      call: { ...tokens({ input: 300_000 }), modifiers: { serviceTier: 'flex' } },
      want: 0.6,
    },
    { provider: 'openai', model: 'gpt-6-sol', call: { modifiers: { region: 'eu' } }, want: 0.0132 },
    {
      provider: 'anthropic',
      model: 'claude-opus-4-6',
      call: tokens({ cache_write_1h: 1000, cache_write_5m: 1000, cache_read: 1000 }),
      want: 0.016_75,
    },
    {
      provider: 'anthropic',
      model: 'claude-opus-4-6',
      call: { modifiers: { speed: 'fast' } },
      want: 0.18,
    },
    {
      provider: 'anthropic',
      model: 'claude-opus-4-6',
      call: { modifiers: { inferenceGeo: 'us' } },
      want: 0.033,
    },
    {
      provider: 'azure.ai.openai',
      model: 'gpt-4o-2024-08-06',
      call: { modifiers: { region: 'EU' } },
      want: 0.013_75,
    },
    { provider: 'azure.ai.openai', model: 'gpt-4o-2024-08-06', call: {}, want: 'unknown_model' },
    { provider: 'gcp.gemini', model: 'gemini-x', call: tokens({ input: 90_001 }), want: 0.180_002 },
    {
      provider: 'gcp.gemini',
      model: 'gemini-x',
      call: tokens({ input: 128_001 }),
      want: 0.384_003,
    },
    {
      provider: 'gcp.gemini',
      model: 'gemini-x',
      call: tokens({ input_audio: 1000, reasoning: 1000 }),
      want: 0.01,
    },
    { provider: 'dashscope', model: 'qwen-x', call: tokens({ input: 32_000 }), want: 0.032 },
    { provider: 'dashscope', model: 'qwen-x', call: tokens({ input: 32_001 }), want: 0.096_003 },
    { provider: 'deepseek', model: 'night', call: {}, want: 0.008 },
    {
      provider: 'deepseek',
      model: 'night',
      call: { startEpochMs: NOON + 11 * 3_600_000 },
      want: 0.005,
    },
    { provider: 'deepseek', model: 'weekend', call: tokens({ input: 1000 }), want: 0.002 },
    {
      provider: 'deepseek',
      model: 'weekend',
      call: { ...tokens({ input: 1000 }), startEpochMs: NOON - 3 * 3_600_000 },
      want: 0.004,
    },
    {
      provider: 'deepseek',
      model: 'weekend',
      call: { ...tokens({ input: 1000 }), startEpochMs: NOON + 21 * 3_600_000 },
      want: 0.002,
    },
    { provider: 'groq', model: 'free-model', call: {}, want: 0 },
    { provider: 'openai', model: 'dall-e-3', call: {}, want: 'unknown_model' },
    { provider: 'openai', model: 'sample_spec', call: {}, want: 'unknown_model' },
  ])('$provider $model costs $want', ({ provider, model, call, want }) => {
    const result = price(provider, model, call);
    expect(result.kind === 'priced' ? result.costUsd : result.reason).toBe(want);
  });

  test('cost what LiteLLM computes from its own keys', () => {
    const count = fc.nat(60_000);
    fc.assert(
      fc.property(count, count, count, (input, cacheRead, output) => {
        const entry = FILE['gpt-4o'];
        const want =
          input * entry.input_cost_per_token +
          cacheRead * entry.cache_read_input_token_cost +
          output * entry.output_cost_per_token;
        const result = price('openai', 'gpt-4o', tokens({ input, cache_read: cacheRead, output }));
        expect(result.kind === 'priced' ? result.costUsd : result.reason).toBeCloseTo(want, 12);
      }),
    );
  });
});

test('an exported book read back prices every plain row the same', () => {
  const bundled = bundledPriceBook();
  const exported = parsePriceFile(renderLitellm(bundled, NOON), {
    name: 'export',
    mode: 'replace',
  });
  if (!exported.ok) throw new Error(JSON.stringify(exported.problems));
  const copy = createPriceBook([exported.layer]);
  for (const [provider, model] of [
    ['openai', 'gpt-5.4'],
    ['anthropic', 'claude-haiku-5-5'],
    ['gcp.gemini', 'gemini-2.5-pro'],
    ['x_ai', 'grok-4.7'],
    ['deepseek', 'deepseek-flash'],
    ['openrouter', 'openai/gpt-4o'],
  ] as const) {
    const call: PriceableCall = {
      provider,
      responseModel: model,
      startEpochMs: NOON,
      modifiers: {},
      usage: {
        kind: 'reported',
        tokens: { input: 300_000, cache_read: 1000, output: 1000 },
        requests: {},
        raw: undefined,
      },
    };
    const before = priceCall(call, bundled);
    const after = priceCall(call, copy);
    expect(before.kind === 'priced' && before.picoUsd).toEqual(
      after.kind === 'priced' && after.picoUsd,
    );
  }
});
