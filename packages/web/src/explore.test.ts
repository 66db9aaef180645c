import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEstimates, isKnownModels } from './decode-estimates.ts';
import { describeEstimates, describeRecord } from './describe-estimates.ts';
import {
  DEFAULT_ASSUMPTIONS,
  MOST_MODELS,
  parseAssumptions,
  renderEstimatePath,
  renderExploreLink,
} from './explore-link.ts';
import { ARTICLE_THRESHOLDS, renderRules } from './render-rules.ts';

// The article's prices of gpt-4o and gpt-4o-mini for 1,000 tokens in and 500 out.
const ESTIMATES = {
  priceBook: 'b',
  estimates: [
    { id: 'openai/gpt-4o', usdPerCall: 0.0125, refreshed: '2024-10-10' },
    { id: 'openai/gpt-4o-mini', usdPerCall: 0.00045 },
    { id: 'acme/none', reason: 'unknown_model' },
  ],
};

describe('assumptions', () => {
  test('all of them survive their URL', () => {
    const count = (most: number) => fc.integer({ min: 0, max: most });
    const any = fc.record({
      models: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: MOST_MODELS }),
      callsPerDay: count(1e9),
      inputTokens: count(1e7),
      cachedPercent: count(100),
      outputTokens: count(1e7),
    });
    fc.assert(
      fc.property(any, (assumptions) => {
        const { search } = new URL(renderExploreLink(assumptions), 'http://page');
        expect(parseAssumptions(search)).toEqual(assumptions);
      }),
    );
  });

  test('what is no number falls back to the example of the article', () => {
    expect(parseAssumptions('?calls=-5&input=1e3&cached=101&output=')).toEqual(DEFAULT_ASSUMPTIONS);
  });

  test('cached and uncached input are asked for apart', () => {
    const asked = {
      ...DEFAULT_ASSUMPTIONS,
      models: ['a/b&c'],
      inputTokens: 999,
      cachedPercent: 70,
    };
    expect(renderEstimatePath(asked)).toBe(
      '/api/v1/estimate?model=a%2Fb%26c&input=300&cache_read=699&output=500',
    );
  });
});

test('100,000 calls a day of the article cost 37,500 USD a month, and 36,150 less with the small model', () => {
  const rows = describeEstimates(ESTIMATES, DEFAULT_ASSUMPTIONS);
  expect(rows).toEqual([
    { id: 'openai/gpt-4o', refreshed: '2024-10-10', usdPerCall: 0.0125, usdPerMonth: 37_500 },
    {
      id: 'openai/gpt-4o-mini',
      usdPerCall: 0.00045,
      usdPerMonth: expect.closeTo(1350, 6),
      deltaUsd: expect.closeTo(-36_150, 6),
    },
    { id: 'acme/none' },
  ]);
  expect(describeRecord(rows, DEFAULT_ASSUMPTIONS, 'b')).toEqual({
    user_selections: { ...DEFAULT_ASSUMPTIONS, priceBook: 'b' },
    calculated_monthly_cost: {
      'openai/gpt-4o': 37_500,
      'openai/gpt-4o-mini': expect.closeTo(1350, 6),
      'acme/none': null,
    },
    comparison_delta: { 'openai/gpt-4o-mini': expect.closeTo(-36_150, 6), 'acme/none': null },
  });
});

test('thresholds become the rules of a tokenmeter.yaml', () => {
  expect(renderRules({ ...ARTICLE_THRESHOLDS, costWarning: 55 })).toBe(`rules:
  volume:
    warningRatio: 1.5
    criticalRatio: 2.5
  cost_per_request:
    warningRatio: 1.55
    criticalRatio: 2
  cache_hit_rate:
    warningRate: 0.6
    criticalRate: 0.4
`);
});

test.for([
  { note: 'estimates', value: ESTIMATES, want: [true, false] },
  { note: 'models', value: { priceBook: 'b', models: [{ id: 'a/b' }] }, want: [false, true] },
  { note: 'a list', value: [], want: [false, false] },
  {
    note: 'a cost that is a text',
    value: { priceBook: 'b', estimates: [{ id: 'a', usdPerCall: '1' }] },
    want: [false, false],
  },
])('$note are told from anything else', ({ value, want }) => {
  expect([isEstimates(value), isKnownModels(value)]).toEqual(want);
});
