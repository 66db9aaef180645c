import { describe, expect, test } from 'vitest';
import {
  bundledPriceBook,
  type PriceableCall,
  type PricedCall,
  parsePriceFile,
  parsePriceFileValue,
  priceCall,
  withLayers,
} from './index.ts';

const bundled = bundledPriceBook();
const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 20, 12);

function call(overrides: Partial<PriceableCall>): PriceableCall {
  return {
    provider: 'openai',
    responseModel: 'gpt-4o',
    startEpochMs: NOON,
    endEpochMs: NOON + HOUR,
    modifiers: {},
    usage: {
      kind: 'reported',
      tokens: { input: 1000, output: 1000 },
      requests: {},
      raw: undefined,
    },
    ...overrides,
  };
}

function priced(
  file: unknown,
  overrides: Partial<PriceableCall>,
  mode: 'overlay' | 'replace' = 'overlay',
): PricedCall {
  const parsed = parsePriceFile(JSON.stringify(file), { name: 'mine', mode });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return priceCall(call(overrides), withLayers(bundled, [parsed.layer]));
}

function costOf(result: PricedCall): number | string {
  return result.kind === 'priced' ? result.costUsd : result.reason;
}

interface FileCase {
  readonly note: string;
  readonly prices: readonly unknown[];
  readonly call?: Partial<PriceableCall>;
  readonly want: number | string;
}

describe('a file of our own form', () => {
  test.for<FileCase>([
    {
      note: 'rates in USD per million tokens',
      prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input: 1, output: 2 } }],
      want: 0.003,
    },
    {
      note: 'a discount on everything below',
      prices: [{ provider: 'openai', model: '*', multiplier: 0.8 }],
      want: 0.01,
    },
    {
      note: 'a discount on own rates',
      prices: [
        { provider: 'openai', model: 'gpt-4o', multiplier: 0.5, rates: { input: 1, output: 2 } },
      ],
      want: 0.0015,
    },
    {
      note: 'an alias of another model',
      prices: [{ provider: 'openai', model: 'my-model', base: 'anthropic/claude-opus-5-5' }],
      call: { responseModel: 'my-model' },
      want: 0.024,
    },
    {
      note: 'an alias with a rate of its own',
      prices: [
        { provider: 'openai', model: 'my-model', base: 'openai/gpt-4o', rates: { input: 1 } },
      ],
      call: { responseModel: 'my-model' },
      want: 0.011,
    },
    {
      note: 'a base that nobody knows',
      prices: [{ provider: 'openai', model: 'my-model', base: 'openai/nothing' }],
      call: { responseModel: 'my-model' },
      want: 'unknown_model',
    },
    {
      note: 'free of charge',
      prices: [{ provider: 'ollama', model: '*', free: true }],
      call: { provider: 'ollama', responseModel: 'llama3.2' },
      want: 0,
    },
    {
      note: 'free of charge even without usage',
      prices: [{ provider: 'ollama', model: '*', free: true }],
      call: { provider: 'ollama', responseModel: 'llama3.2', usage: { kind: 'missing' } },
      want: 0,
    },
    {
      note: 'a machine by the second',
      prices: [{ provider: 'vllm', model: 'llama', per_second: 0.001 }],
      call: { provider: 'vllm', responseModel: 'llama', usage: { kind: 'missing' } },
      want: 3.6,
    },
    {
      note: 'a deployment before its model',
      prices: [
        { provider: 'azure', model: 'gpt-4o', rates: { input: 1, output: 1 } },
        { provider: 'azure', deployment: 'Prod-EU', base: 'openai/gpt-4o', multiplier: 1.1 },
      ],
      call: {
        provider: 'azure.ai.openai',
        modifiers: { deployment: 'prod-eu' },
      },
      want: 0.01375,
    },
    {
      note: 'a region',
      prices: [
        { provider: 'aws', model: 'x', region: 'eu-west-1', rates: { input: 1, output: 1 } },
      ],
      call: { provider: 'aws.bedrock', responseModel: 'x', modifiers: { region: 'us-east-1' } },
      want: 'unknown_model',
    },
    {
      note: 'a tier with a row of its own',
      prices: [
        {
          provider: 'openai',
          model: 'gpt-4o',
          service_tier: 'flex',
          rates: { input: 1, output: 1 },
        },
      ],
      call: { modifiers: { serviceTier: 'flex' } },
      want: 0.002,
    },
    {
      note: 'a variant for a tier',
      prices: [
        { provider: 'openai', model: 'gpt-5-nano', variants: { priority: { multiplier: 2 } } },
      ],
      call: { responseModel: 'gpt-5-nano', modifiers: { serviceTier: 'priority' } },
      want: 0.0009,
    },
    {
      note: 'a contract on its last day',
      prices: [
        {
          provider: 'openai',
          model: 'gpt-4o',
          valid_from: '2026-01-01',
          valid_to: '2026-11-20',
          rates: { input: 1, output: 1 },
        },
      ],
      want: 0.002,
    },
    {
      note: 'a contract that has ended',
      prices: [
        {
          provider: 'openai',
          model: 'gpt-4o',
          valid_to: '2026-11-19',
          rates: { input: 1, output: 1 },
        },
      ],
      want: 0.0125,
    },
    {
      note: 'hours of the day',
      prices: [
        { provider: 'x', model: 'm', rates: { input: 1, output: 1 } },
        {
          provider: 'x',
          model: 'm',
          hours_utc: { from: '11:00', to: '13:00', weekdays: ['fri'] },
          rates: { input: 2, output: 2 },
        },
      ],
      call: { provider: 'x', responseModel: 'm' },
      want: 0.004,
    },
    {
      note: 'a long prompt',
      prices: [
        {
          provider: 'x',
          model: 'm',
          rates: { input: 1, output: 1 },
          long_context: [{ above_tokens: 999, rates: { input: 2, output: 3 } }],
        },
      ],
      call: { provider: 'x', responseModel: 'm' },
      want: 0.005,
    },
    {
      note: 'any provider',
      prices: [{ model: 'm*x', rates: { input: 1, output: 1 } }],
      call: { provider: 'whoever', responseModel: 'm-1-x' },
      want: 0.002,
    },
  ])('$note', ({ prices, want, call: overrides = {} }) => {
    expect(costOf(priced({ prices }, overrides))).toBe(want);
  });

  test('the order of its entries does not matter', () => {
    const entries = [
      { provider: 'x', model: 'm', rates: { input: 1, output: 1 } },
      { provider: 'x', model: 'm', valid_from: '2026-01-01', rates: { input: 2, output: 2 } },
      { provider: 'x', model: '*', rates: { input: 9, output: 9 } },
    ];
    const there = priced({ prices: entries }, { provider: 'x', responseModel: 'm' });
    const back = priced({ prices: [...entries].reverse() }, { provider: 'x', responseModel: 'm' });
    expect([costOf(there), costOf(back)]).toEqual([0.004, 0.004]);
  });

  test('a discount names itself in the result', () => {
    expect(
      priced({ prices: [{ provider: 'openai', model: '*', multiplier: 0.85 }] }, {}),
    ).toMatchObject({
      source: 'user',
      row: 'openai/*',
      modifiers: ['x0.85'],
      totalPicoUsd: 10_625_000_000,
    });
  });

  test('a value of another parser keeps its positions', () => {
    const file = {
      value: { prices: [{ model: 'm', rates: { input: -1 } }] },
      text: '',
      positionOf: () => ({ line: 7, column: 3 }),
    };
    expect(parsePriceFileValue(file, { name: 'mine', mode: 'overlay' })).toEqual({
      ok: false,
      problems: [
        {
          path: 'prices.0.rates.input',
          message: 'expected a number of USD from 0 to 1,000,000',
          position: { line: 7, column: 3 },
        },
        {
          path: 'prices.0',
          message: 'expected rates, a base, a multiplier, variants or free',
          position: { line: 7, column: 3 },
        },
      ],
    });
  });
});

describe('a file of models.dev', () => {
  const file = {
    openai: {
      id: 'openai',
      models: {
        'gpt-x': { cost: { input: 1, output: 2, context_over_200k: { input: 3, output: 4 } } },
        'gpt-y': {},
      },
    },
  };
  test.for([
    { note: 'its rates', overrides: { responseModel: 'gpt-x' }, want: 0.003 },
    { note: 'no cost, no row', overrides: { responseModel: 'gpt-y' }, want: 'unknown_model' },
  ])('$note', ({ overrides, want }) => {
    expect(costOf(priced(file, overrides))).toBe(want);
  });
});
