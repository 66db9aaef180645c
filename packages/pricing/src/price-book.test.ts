import type { TokenCounts, Usage } from '@tokenmeter/core';
import { describe, expect, test } from 'vitest';
import {
  bundledPriceBook,
  comparePrices,
  implausibleChanges,
  listPrices,
  type PriceableCall,
  parsePriceFile,
  priceCall,
  renderModelCatalog,
  unknownBases,
  withLayers,
} from './index.ts';

const book = bundledPriceBook();
const NOON = Date.UTC(2026, 10, 20, 12);

function call(model: string, tokens: TokenCounts, usage: Partial<Usage> = {}): PriceableCall {
  const reported: Usage = { kind: 'reported', tokens, requests: {}, raw: undefined };
  return {
    provider: 'anthropic',
    responseModel: model,
    startEpochMs: NOON,
    modifiers: {},
    usage: Object.assign({}, reported, usage),
  };
}

describe('passes inside a call', () => {
  test('each has a prompt and a model of its own', () => {
    const usage: Usage = {
      kind: 'reported',
      tokens: { input: 160_000, output: 300 },
      requests: { web_search: 1 },
      passes: [
        { tokens: { input: 80_000, output: 100 } },
        { tokens: { input: 80_000, output: 100 } },
        { model: 'claude-opus-5-5', tokens: { output: 100 } },
      ],
      raw: undefined,
    };
    // Two prompts of 80,000 stay below 100,000: 2 × (80,000 × 0.10 + 100 × 0.50) + 100 × 20 per million, and a search.
    expect(priceCall({ ...call('claude-haiku-5-5', {}), usage }, book)).toEqual({
      kind: 'priced',
      costUsd: 0.0281,
      totalPicoUsd: 28_100_000_000,
      picoUsd: { input: 16_000_000_000, output: 2_100_000_000, web_search: 10_000_000_000 },
      source: 'snapshot',
      bookVersion: book.version,
      row: 'anthropic/claude-haiku-5-5',
      modifiers: [],
    });
  });

  test('one of an unknown model leaves the call without a price', () => {
    const passes = [{ tokens: { input: 1 } }, { model: 'claude-next', tokens: { input: 1 } }];
    const usage: Usage = { kind: 'reported', tokens: { input: 2 }, requests: {}, passes, raw: 0 };
    expect(priceCall({ ...call('claude-opus-5-5', {}), usage }, book)).toEqual({
      kind: 'unpriced',
      reason: 'unknown_model',
      bookVersion: book.version,
    });
  });
});

test('a call above 9,007 USD is summed exactly and rounded once', () => {
  const tokens = { input: 900_719_925_474, output: 180_143_985_095, cache_read: 1 };
  const priced = priceCall(call('claude-opus-5-5', tokens), book);
  const exact = 900_719_925_474n * 4_000_000n + 180_143_985_095n * 20_000_000n + 200_000n;
  expect(priced.kind === 'priced' && priced.totalPicoUsd).toBe(Number(exact));
});

test('the requested model prices a call whose response named none', () => {
  const { responseModel: _, ...rest } = call('', { input: 1000 });
  expect(priceCall({ ...rest, requestModel: 'claude-opus-5-5' }, book)).toMatchObject({
    kind: 'priced',
    costUsd: 0.004,
  });
});

test('a served model that is unknown is not priced as the requested one', () => {
  const served = { ...call('claude-next', { input: 1 }), requestModel: 'claude-opus-5-5' };
  expect(priceCall(served, book)).toMatchObject({ kind: 'unpriced', reason: 'unknown_model' });
});

test.for([
  { model: 'gpt-4o', want: 'openai/gpt-4o' },
  { model: 'claude-opus-5-5', want: 'anthropic/claude-opus-5-5' },
  { model: 'gemini-2.5-pro', want: 'google/gemini-2.5-pro' },
])('without a provider, $model means its maker', ({ model, want }) => {
  expect(book.find('', model)?.row.id).toBe(want);
});

test.for(['ft:gpt-4o:acme::abc', 'openai/ft:gpt-4o:acme::abc', 'ft:gpt-4o'])(
  '%s is a fine-tuned gpt-4o',
  (model) => {
    // 3.75 USD per million input tokens (https://developers.openai.com/api/docs/pricing).
    const tuned = { ...call(model, { input: 1000 }), provider: 'openai' };
    expect(priceCall(tuned, book)).toMatchObject({ costUsd: 0.00375, row: 'openai/ft:gpt-4o' });
  },
);

test('the first file has the first word, and its version is part of the book version', () => {
  const layers = ['1', '2'].map((usd) => {
    const text = JSON.stringify({ prices: [{ model: 'm', rates: { input: Number(usd) } }] });
    const parsed = parsePriceFile(text, { name: `file${usd}`, mode: 'overlay' });
    if (!parsed.ok) throw new Error('expected a layer');
    return parsed.layer;
  });
  const layered = withLayers(book, layers);
  expect(layered.version).toMatch(
    /^2026-\d\d-\d\d\+[0-9a-f]{8}\+file2-[0-9a-f]{8}\+file1-[0-9a-f]{8}$/,
  );
  expect(priceCall(call('m', { input: 1e6 }), layered)).toMatchObject({
    costUsd: 1,
    source: 'user',
  });
});

describe('lists', () => {
  const before = listPrices(book, Date.UTC(2026, 6, 29));
  const after = listPrices(book, Date.UTC(2026, 6, 31));

  test('a change of price is named with both figures', () => {
    const changes = comparePrices(before, after).filter(({ id }) => id === 'openai/gpt-5.6-luna');
    expect(changes.slice(0, 2)).toEqual([
      { id: 'openai/gpt-5.6-luna', what: 'input', beforeUsd: 1, afterUsd: 0.2 },
      { id: 'openai/gpt-5.6-luna', what: 'cache_read', beforeUsd: 0.1, afterUsd: 0.02 },
    ]);
  });

  test('the catalogue has a date for every model', () => {
    const catalog: unknown = JSON.parse(renderModelCatalog(book, NOON));
    expect(catalog).toMatchObject({ version: book.version });
    const dates = [...renderModelCatalog(book, NOON).matchAll(/"refreshed":"(\d{4}-\d\d-\d\d)"/g)];
    expect(dates.length).toBe(listPrices(book, NOON).length);
  });

  test('a jump of more than five times is held back', () => {
    const changes = [
      { id: 'x/a', what: 'input', beforeUsd: 1, afterUsd: 5 },
      { id: 'x/b', what: 'input', beforeUsd: 1, afterUsd: 5.1 },
      { id: 'x/c', what: 'input', beforeUsd: 1, afterUsd: 0.1 },
      { id: 'x/d', what: 'input', beforeUsd: 1, afterUsd: 0 },
      { id: 'x/e', what: 'input', afterUsd: 100 },
    ];
    expect(implausibleChanges(changes).map(({ id }) => id)).toEqual(['x/b', 'x/c', 'x/d']);
  });
});

test('a base that nobody knows is named by a check', () => {
  const text = JSON.stringify({
    prices: [
      { model: 'a', base: 'openai/gpt-4o' },
      { model: 'b', base: 'openai/nothing' },
    ],
  });
  const parsed = parsePriceFile(text, { name: 'mine', mode: 'replace' });
  if (!parsed.ok) throw new Error('expected a layer');
  expect(unknownBases(withLayers(book, [parsed.layer]))).toEqual([
    { layer: 'mine', row: '*/b', base: 'openai/nothing' },
  ]);
});
