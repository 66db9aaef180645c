import { bundledPriceBook, parsePriceFile, withLayers } from '@tokenmeter/pricing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { priceLine } from './price-line.ts';

/** Rates in USD per million tokens that divide well, so that every expectation can be checked in the head. */
const FILE = {
  prices: [
    {
      provider: 'openai',
      model: 'round',
      rates: { input: 1, cache_read: 0.1, output: 10, reasoning: 20 },
      long_context: [{ above_tokens: 1000, rates: { input: 2, cache_read: 0.2, output: 20 } }],
      requests: { web_search: 0.01 },
    },
    { provider: 'openai', model: '*', deployment: 'prod-eu', rates: { input: 3, output: 30 } },
    {
      provider: 'anthropic',
      model: 'dated',
      rates: { input: 1, output: 1 },
      valid_to: '2026-01-31',
    },
    {
      provider: 'anthropic',
      model: 'dated',
      rates: { input: 5, output: 5 },
      valid_from: '2026-02-01',
    },
  ],
};

function createBook() {
  const parsed = parsePriceFile(JSON.stringify(FILE), { name: 'round', mode: 'replace' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return withLayers(bundledPriceBook(), [parsed.layer]);
}

const book = createBook();
const options = { book, isComputed: false, nowEpochMs: Date.UTC(2026, 10, 21) };
const common = { source: 'user', book: book.version };
const chat = { provider: 'openai', model: 'round', api: 'openai.chat' };

test.for([
  {
    note: 'our own classes',
    line: { id: 'a', provider: 'openai', model: 'round', usage: { input: 100, output: 10 } },
    want: {
      id: 'a',
      cost_usd: 0.0002,
      ...common,
      row: 'openai/round',
      classes: { input: 100, output: 10 },
      costs: { input: 0.0001, output: 0.0001 },
    },
  },
  {
    note: 'counted requests beside tokens',
    line: { provider: 'openai', model: 'round', usage: { input: 100, web_search: 2 } },
    want: {
      cost_usd: 0.0201,
      ...common,
      row: 'openai/round',
      classes: { input: 100 },
      requests: { web_search: 2 },
      costs: { input: 0.0001, web_search: 0.02 },
    },
  },
  {
    note: 'inclusive totals hold their parts',
    line: {
      provider: 'openai',
      model: 'round',
      semantics: 'inclusive',
      usage: {
        input_tokens: 500,
        cache_read_tokens: 400,
        output_tokens: 30,
        output_reasoning_tokens: 20,
      },
    },
    want: {
      cost_usd: 0.00064,
      ...common,
      row: 'openai/round',
      classes: { input: 100, cache_read: 400, output: 10, reasoning: 20 },
      costs: { input: 0.0001, cache_read: 0.00004, output: 0.0001, reasoning: 0.0004 },
    },
  },
  {
    note: 'exclusive input leaves cached tokens out',
    line: {
      provider: 'openai',
      model: 'round',
      semantics: 'exclusive',
      usage: { input_tokens: 100, cache_read_tokens: 400, output_tokens: 10 },
    },
    want: {
      cost_usd: 0.00024,
      ...common,
      row: 'openai/round',
      classes: { input: 100, cache_read: 400, output: 10 },
      costs: { input: 0.0001, cache_read: 0.00004, output: 0.0001 },
    },
  },
  {
    note: 'wire usage of an API, with a long prompt at half price',
    line: {
      ...chat,
      service_tier: 'batch',
      usage: {
        prompt_tokens: 2000,
        prompt_tokens_details: { cached_tokens: 1000 },
        completion_tokens: 10,
        total_tokens: 2010,
      },
    },
    want: {
      cost_usd: 0.0012,
      ...common,
      row: 'openai/round',
      tier: 'above_1k',
      modifiers: ['batch'],
      classes: { input: 1000, cache_read: 1000, output: 10 },
      costs: { input: 0.001, cache_read: 0.0001, output: 0.0001 },
    },
  },
  {
    note: 'the price of the day',
    line: {
      provider: 'anthropic',
      model: 'dated',
      timestamp: '2026-01-31T23:59:59+00:00',
      usage: { input: 1000 },
    },
    want: {
      cost_usd: 0.001,
      ...common,
      row: 'anthropic/dated',
      classes: { input: 1000 },
      costs: { input: 0.001 },
    },
  },
  {
    note: 'a deployment outranks the model',
    line: { provider: 'openai', model: 'round', deployment: 'prod-eu', usage: { input: 1000 } },
    want: {
      cost_usd: 0.003,
      ...common,
      row: 'openai/*@prod-eu',
      classes: { input: 1000 },
      costs: { input: 0.003 },
    },
  },
  {
    note: 'no row, no cost',
    line: { id: null, provider: 'openai', model: 'other', usage: { input: 1 } },
    want: {
      id: null,
      cost_usd: null,
      reason: 'unknown_model',
      source: null,
      book: book.version,
      row: null,
      classes: { input: 1 },
      costs: {},
    },
  },
  {
    note: 'counts that contradict each other',
    line: { ...chat, usage: { prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9 } } },
    want: {
      cost_usd: null,
      reason: 'inconsistent_usage',
      source: null,
      book: book.version,
      row: null,
      problem: 'input_parts_exceed_total',
      classes: {},
      costs: {},
    },
  },
  {
    note: 'no usage',
    line: { ...chat, usage: null },
    want: {
      cost_usd: null,
      reason: 'no_usage',
      source: null,
      book: book.version,
      row: null,
      classes: {},
      costs: {},
    },
  },
])('$note', ({ line, want }) => {
  const priced = priceLine(JSON.stringify(line), 1, options);
  expect(priced).toEqual({ isRead: true, output: want });
});

const routed = {
  provider: 'openrouter',
  api: 'openai.chat',
  usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cost: 0.5 },
};

test.for([
  { note: 'the provider’s cost wins', model: 'nobody/knows', isComputed: false, want: 0.5 },
  { note: 'without ours it stays', model: 'nobody/knows', isComputed: true, want: 0.5 },
  // USD 2.50 and 10 per million tokens, openrouter.ai/openai/gpt-4o (2026-11-20).
  {
    note: 'ours is preferred when asked for',
    model: 'openai/gpt-4o',
    isComputed: true,
    want: 0.00035,
  },
])('$note', ({ model, isComputed, want }) => {
  const bundled = { ...options, book: bundledPriceBook(), isComputed };
  const { output } = priceLine(JSON.stringify({ ...routed, model }), 1, bundled);
  expect(output).toMatchObject({ cost_usd: want, provider_cost_usd: 0.5 });
});

test.for([
  {
    note: 'no JSON',
    text: '{"id":1',
    want: { error: 'expected one JSON object per line', line: 3 },
  },
  { note: 'a list', text: '[1]', want: { error: 'expected a JSON object', line: 3 } },
  {
    note: 'no model',
    text: '{"id":4,"provider":"openai"}',
    want: { id: 4, error: 'expected model, a text', line: 3 },
  },
  {
    note: 'a model that is no text',
    text: '{"provider":"openai","model":5}',
    want: { error: 'expected model to be a text', line: 3 },
  },
  {
    note: 'an unknown API',
    text: '{"provider":"openai","model":"m","api":"__proto__"}',
    want: { error: expect.stringContaining('unknown api, expected one of openai.chat,'), line: 3 },
  },
  {
    note: 'unknown semantics',
    text: '{"provider":"openai","model":"m","semantics":"both"}',
    want: { error: 'expected semantics to be inclusive or exclusive', line: 3 },
  },
  {
    note: 'a day that is none',
    text: '{"provider":"openai","model":"m","timestamp":"2026-02-30"}',
    want: {
      error: 'expected timestamp to be an ISO time such as 2026-03-01T12:00:00Z',
      line: 3,
    },
  },
])('$note is told with its line', ({ text, want }) => {
  expect(priceLine(text, 3, options)).toEqual({ isRead: false, output: want });
});

test.for([
  '{"provider":"openai","model":"round","usage":{"input":1e400}}',
  '{"provider":"openai","model":"round","usage":{"input":-1}}',
  '{"provider":"openai","model":"round","usage":{"input":0.5}}',
  '{"provider":"openai","model":"round","usage":{"input":"7"}}',
  '{"provider":"openai","model":"round","usage":{"__proto__":7}}',
  '{"provider":"openai","model":"round","usage":[1]}',
  '{"provider":"__proto__","model":"constructor","usage":{"input":1}}',
  '{"provider":"","model":"","usage":{"input":1}}',
])('%s has no price and a reason', (text) => {
  const { output } = priceLine(text, 1, options);
  expect(output).toMatchObject({ cost_usd: null, reason: expect.any(String) });
});

test('any JSON gives a cost of at least 0, a reason or an error', () => {
  const counts = fc.oneof(fc.double(), fc.integer(), fc.jsonValue());
  const usage = fc.dictionary(fc.constantFrom('input', 'output', 'prompt_tokens'), counts);
  const line = fc.record({
    provider: fc.constantFrom('openai', 'anthropic', ''),
    model: fc.constantFrom('round', 'other'),
    api: fc.constantFrom(undefined, 'openai.chat', 'gemini.generate', 'nope'),
    usage: fc.oneof(usage, fc.jsonValue()),
  });
  fc.assert(
    fc.property(fc.oneof(line, fc.jsonValue()), (value) => {
      const { output } = priceLine(JSON.stringify(value), 1, options);
      const cost = output.cost_usd;
      const isCost = typeof cost === 'number' && cost >= 0 && Number.isFinite(cost);
      expect(isCost || typeof output.reason === 'string' || output.line === 1).toBe(true);
    }),
  );
});
