import { readFileSync } from 'node:fs';
import type { TokenCounts, Usage } from '@tokenmeter/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bundledPriceBook,
  type PriceableCall,
  type PriceBook,
  type PricedCall,
  parsePriceFile,
  priceCall,
  withLayers,
} from './index.ts';

const book = bundledPriceBook();

function reported(tokens: TokenCounts): Usage {
  return { kind: 'reported', tokens, requests: {}, raw: undefined };
}

function call(provider: string, model: string, tokens: TokenCounts): PriceableCall {
  return {
    provider,
    responseModel: model,
    startEpochMs: Date.UTC(2026, 10, 20, 12),
    modifiers: {},
    usage: reported(tokens),
  };
}

function usdOf(priced: PricedCall): number | string {
  return priced.kind === 'priced' ? priced.costUsd : priced.reason;
}

function articleBook(): PriceBook {
  const text = readFileSync(
    new URL('../../../examples/prices/article.json', import.meta.url),
    'utf8',
  );
  const parsed = parsePriceFile(text, { name: 'article', mode: 'replace' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return withLayers(book, [parsed.layer]);
}

describe('the price table of the article, in replace mode', () => {
  const article = articleBook();
  test.for([
    { model: 'gpt-4o', provider: 'openai', want: 0.0125 },
    { model: 'gpt-4o-mini', provider: 'openai', want: 0.000_45 },
    { model: 'claude-3-5-sonnet', provider: 'anthropic', want: 0.0105 },
    { model: 'claude-3-5-haiku', provider: 'anthropic', want: 0.003_75 },
    { model: 'haiku-3.5', provider: 'anthropic', want: 0.003_75 },
    { model: 'claude-3-5-haiku-20241022', provider: 'anthropic', want: 0.003_75 },
    { model: 'gpt-4.1', provider: 'openai', want: 'unknown_model' },
  ])('prices 1,000 + 500 tokens of $model', ({ provider, model, want }) => {
    expect(usdOf(priceCall(call(provider, model, { input: 1000, output: 500 }), article))).toBe(
      want,
    );
  });

  test('a hundred thousand such calls a day cost $1,250, and $37,500 in thirty days', () => {
    const priced = priceCall(call('openai', 'gpt-4o', { input: 1000, output: 500 }), article);
    const picoUsd = priced.kind === 'priced' ? priced.totalPicoUsd : Number.NaN;
    expect((picoUsd * 100_000) / 1e12).toBe(1250);
    expect((picoUsd * 100_000 * 30) / 1e12).toBe(37_500);
  });
});

describe('bundled prices', () => {
  test.for([
    {
      note: 'gpt-4o 2.50/10',
      call: call('openai', 'gpt-4o', { input: 1e6, output: 1e6 }),
      want: 12.5,
    },
    {
      note: 'a dated snapshot of gpt-4o with cached input at 1.25',
      call: call('openai', 'gpt-4o-2024-08-06', { input: 1e6, cache_read: 1e6 }),
      want: 3.75,
    },
    {
      note: 'gpt-4o of May 2024 keeps 5/15',
      call: call('openai', 'gpt-4o-2024-05-13', { input: 1e6, output: 1e6 }),
      want: 20,
    },
    {
      note: 'thinking costs what output costs',
      call: call('openai', 'o3', { output: 1e6, reasoning: 1e6 }),
      want: 16,
    },
    {
      note: 'cache writes of both lifetimes on claude-3-5-haiku',
      call: call('anthropic', 'claude-3-5-haiku-20241022', {
        cache_write_5m: 1e6,
        cache_write_1h: 1e6,
        cache_write: 1e6,
      }),
      want: 3.6,
    },
    {
      note: 'OpenTelemetry names Azure differently',
      call: call('azure.ai.openai', 'gpt-4o-2024-08-06', { input: 1e6 }),
      want: 2.5,
    },
    {
      note: "a seller's own prefix in front of its maker's model",
      call: call('azure.ai.openai', 'azure/gpt-4o-2024-08-06', { input: 1e6 }),
      want: 2.5,
    },
    {
      note: 'a model of Bedrock without its maker',
      call: call('aws.bedrock', 'nova-lite-v1:0', { input: 1e6 }),
      want: 0.06,
    },
    {
      note: 'a prompt of 200,000 is not long yet',
      call: call('gcp.gemini', 'gemini-2.5-pro', { input: 100_000, cache_read: 100_000 }),
      want: 0.1375,
    },
    {
      note: 'a prompt of 200,001, cache included, is long as a whole',
      call: call('gcp.gemini', 'gemini-2.5-pro', {
        input: 100_001,
        cache_read: 100_000,
        output: 10,
      }),
      want: 0.275_152_5,
    },
    {
      note: 'a Gemini path',
      call: call('gcp.gen_ai', 'models/gemini-2.5-pro', { input: 1000 }),
      want: 0.001_25,
    },
    {
      note: 'an unknown model',
      call: call('openai', 'gpt-99', { input: 1 }),
      want: 'unknown_model',
    },
    {
      note: 'an unknown provider',
      call: call('nobody', 'gpt-4o', { input: 1 }),
      want: 'unknown_model',
    },
    {
      note: 'a newer version is not its family',
      call: call('anthropic', 'claude-sonnet-5-7', { input: 1 }),
      want: 'unknown_model',
    },
    {
      note: 'a class without a rate',
      call: call('openai', 'gpt-4o', { output_audio: 1 }),
      want: 'missing_rate',
    },
    { note: 'no counts', call: call('openai', 'gpt-4o', {}), want: 'no_usage' },
    {
      note: 'a negative count',
      call: call('openai', 'gpt-4o', { input: -1 }),
      want: 'inconsistent_usage',
    },
    {
      note: 'half a token',
      call: call('openai', 'gpt-4o', { input: 0.5 }),
      want: 'inconsistent_usage',
    },
    {
      note: 'NaN',
      call: call('openai', 'gpt-4o', { input: Number.NaN }),
      want: 'inconsistent_usage',
    },
    {
      note: 'a free variant',
      call: call('openrouter', 'openai/gpt-oss-20b:free', { input: 9 }),
      want: 0,
    },
  ])('$note', ({ call: priceable, want }) => {
    expect(usdOf(priceCall(priceable, book))).toBe(want);
  });

  test('a free model says so', () => {
    expect(priceCall(call('openrouter', 'openai/gpt-oss-20b:free', { input: 9 }), book)).toEqual({
      kind: 'priced',
      costUsd: 0,
      totalPicoUsd: 0,
      picoUsd: { input: 0 },
      source: 'snapshot',
      bookVersion: book.version,
      row: 'openrouter/openai/gpt-oss-20b:free',
      modifiers: ['free'],
    });
  });

  test.for([
    { note: 'the day before', at: Date.UTC(2025, 5, 9, 23, 59, 59), want: 10 },
    { note: 'the day of the change', at: Date.UTC(2025, 5, 10), want: 2 },
  ])('o3 input of $note', ({ at, want }) => {
    expect(
      usdOf(priceCall({ ...call('openai', 'o3', { input: 1e6 }), startEpochMs: at }, book)),
    ).toBe(want);
  });

  test.for([
    { note: 'peak hours before they existed', at: Date.UTC(2026, 6, 15, 2), want: 0.14 },
    { note: 'off peak', at: Date.UTC(2026, 7, 19, 5), want: 0.22 },
    { note: 'peak', at: Date.UTC(2026, 7, 19, 2), want: 0.44 },
  ])('deepseek-v4-flash in $note', ({ at, want }) => {
    const priceable = {
      ...call('deepseek', 'deepseek-v4-flash', { input: 1e6 }),
      startEpochMs: at,
    };
    expect(usdOf(priceCall(priceable, book))).toBe(want);
  });
});

describe('cost that the provider reported', () => {
  test('wins, with the computed figure beside it', () => {
    const usage = { ...reported({ input: 1000 }), providerCostUsd: 0.003 } as const;
    expect(priceCall({ ...call('openai', 'gpt-4o', {}), usage }, book)).toEqual({
      kind: 'priced',
      costUsd: 0.003,
      totalPicoUsd: 3e9,
      picoUsd: { input: 2.5e9 },
      source: 'provider',
      bookVersion: book.version,
      row: 'openai/gpt-4o',
      modifiers: [],
      computedUsd: 0.0025,
    });
  });

  test('needs no known model', () => {
    const usage = { ...reported({ input: 1000 }), providerCostUsd: 0.003 } as const;
    const priced = priceCall({ ...call('openrouter', 'new/model', {}), usage }, book);
    expect(priced).toMatchObject({ kind: 'priced', costUsd: 0.003, picoUsd: {} });
  });
});

test.for([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 1_000_001])(
  'a reported cost of %d is none',
  (providerCostUsd) => {
    const usage = { ...reported({ input: 1000 }), providerCostUsd } as const;
    const priced = priceCall({ ...call('openai', 'gpt-4o', {}), usage }, book);
    expect(priced).toMatchObject({ kind: 'priced', source: 'snapshot', totalPicoUsd: 2.5e9 });
  },
);

describe('laws', () => {
  const count = fc.nat(50_000);
  const tokens = fc.record({ input: count, cache_read: count, output: count, reasoning: count });

  test('classes sum to the total, and twice the tokens cost twice as much within a tier', () => {
    fc.assert(
      fc.property(tokens, (counts) => {
        const once = priceCall(call('openai', 'gpt-4.1', counts), book);
        const doubled = Object.fromEntries(Object.entries(counts).map(([k, v]) => [k, v * 2]));
        const twice = priceCall(call('openai', 'gpt-4.1', doubled), book);
        if (once.kind !== 'priced' || twice.kind !== 'priced') throw new Error('expected prices');
        const sum = Object.values(once.picoUsd).reduce((a, b) => a + b, 0);
        expect(once.totalPicoUsd).toBe(sum);
        expect(twice.totalPicoUsd).toBe(2 * once.totalPicoUsd);
      }),
    );
  });

  test('no usage and no model name makes it throw', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.dictionary(fc.string(), fc.double()),
        (provider, model, counts) => {
          expect(priceCall(call(provider, model, counts), book).kind).toMatch(/priced/);
        },
      ),
    );
  });
});
