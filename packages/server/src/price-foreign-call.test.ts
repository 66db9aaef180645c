import { inclusiveTotals, type TokenCounts } from '@tokenmeter/core';
import {
  bundledPriceBook,
  type PriceBook,
  parsePriceFile,
  priceCall,
  withLayers,
} from '@tokenmeter/pricing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallRow, callText, describeCall } from './describe-call.ts';
import { describeCallUsage } from './describe-call-usage.ts';
import { CALL, hexId, type TestSpan, tracesJson } from './otlp.test-kit.ts';
import { priceForeignCall } from './price-foreign-call.ts';
import { startTestServer } from './server.test-kit.ts';
import { SERIES_COLUMNS } from './usage-series.ts';

const NOW = Date.now();
type Labels = TestSpan['attributes'];

const span = (attributes: Labels, more: Partial<TestSpan> = {}): TestSpan => ({
  spanId: hexId(16, 1),
  startEpochMs: NOW - 1000,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    ...attributes,
  },
  ...more,
});

const usage = (input: number, output: number, more: Labels = {}): Labels => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
  ...more,
});

// USD per million tokens, as published: gpt-4o 2.50, cached 1.25, 10; gpt-4o flex and batch half of it;
// claude-opus-5-5 4, cache read 0.20, write 5, 20.
test.for<{ note: string; attributes: Labels; pico: number; parts: Record<string, number> }>([
  {
    note: 'a plain call: 1,000 × 2.50 + 500 × 10',
    attributes: usage(1000, 500),
    pico: 7_500_000_000,
    parts: { input: 2_500_000_000, output: 5_000_000_000 },
  },
  {
    note: 'cached tokens are part of the input: 600 × 2.50 + 400 × 1.25 + 500 × 10',
    attributes: usage(1000, 500, { 'gen_ai.usage.cache_read.input_tokens': 400 }),
    pico: 7_000_000_000,
    parts: { input: 1_500_000_000, cache_read: 500_000_000, output: 5_000_000_000 },
  },
  {
    note: 'reads and writes are both part of the input: 7,000 × 4 + 2,000 × 0.20 + 1,000 × 5 + 100 × 20',
    attributes: {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-5-5',
      ...usage(10_000, 100, {
        'gen_ai.usage.cache_read.input_tokens': 2000,
        'gen_ai.usage.cache_write.input_tokens': 1000,
      }),
    },
    pico: 35_400_000_000,
    parts: {
      input: 28_000_000_000,
      cache_read: 400_000_000,
      cache_write: 5_000_000_000,
      output: 2_000_000_000,
    },
  },
  {
    note: 'the served model decides, and the tier as served halves it',
    attributes: {
      'gen_ai.request.model': 'an-alias',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'openai.response.service_tier': 'batch',
      ...usage(1000, 500),
    },
    pico: 3_750_000_000,
    parts: { input: 1_250_000_000, output: 2_500_000_000 },
  },
])('$note', async ({ attributes, pico, parts }) => {
  await using kit = await startTestServer({ priceBook: bundledPriceBook });
  expect((await kit.post('/v1/traces', tracesJson([span(attributes)]))).status).toBe(200);
  expect(
    await kit.rows(
      'SELECT cost_pico_usd, cost_source, price_version, unpriced_reason FROM llm_telemetry',
    ),
  ).toEqual([[pico, 'snapshot', bundledPriceBook().version, null]]);
  const costs = await kit.rows(
    "SELECT cost_class, cost_pico_usd FROM usage_1m WHERE measure = 'cost' AND cost_source = 'snapshot'",
  );
  expect(Object.fromEntries(costs.map(([name, amount]) => [String(name), amount]))).toEqual(parts);
  expect(await kit.rows('SELECT sum(unpriced_calls), sum(calls) FROM usage_1m')).toEqual([[0, 1]]);
});

test.for<{ note: string; attributes: Labels; reason: string }>([
  {
    note: 'an unknown model',
    attributes: { 'gen_ai.request.model': 'house-model-1', ...usage(10, 5) },
    reason: 'unknown_model',
  },
  {
    note: 'more cached tokens than tokens',
    attributes: usage(10, 5, { 'gen_ai.usage.cache_read.input_tokens': 11 }),
    reason: 'inconsistent_usage',
  },
  {
    note: 'more reasoning than output',
    attributes: usage(10, 5, { 'gen_ai.usage.reasoning.output_tokens': 6 }),
    reason: 'inconsistent_usage',
  },
])('$note has no cost and a reason, never 0', async ({ attributes, reason }) => {
  await using kit = await startTestServer({ priceBook: bundledPriceBook });
  await kit.post('/v1/traces', tracesJson([span(attributes)]));
  expect(
    await kit.rows('SELECT cost_pico_usd, unpriced_reason, price_version FROM llm_telemetry'),
  ).toEqual([[null, reason, bundledPriceBook().version]]);
  expect(
    await kit.rows(
      "SELECT reason, sum(unpriced_calls), sum(cost_pico_usd) FROM usage_1m WHERE measure = 'unpriced' GROUP BY ALL",
    ),
  ).toEqual([[reason, 1, 0]]);
});

test('a cost that came with the span, metered calls, agents and tools are left as they are', async () => {
  await using kit = await startTestServer({ priceBook: bundledPriceBook });
  const operation = (name: string, kind: number): Partial<TestSpan> => ({
    kind,
    attributes: { ...CALL, ...usage(1000, 500), 'gen_ai.operation.name': name },
  });
  const others = ['invoke_agent', 'execute_tool', 'invoke_workflow', 'create_agent', 'plan'];
  const spans = [
    span(usage(1000, 500, { 'tokenmeter.cost.total': 0.5 })),
    span(usage(1000, 500, { 'tokenmeter.metered': true })),
    span(usage(1000, 500, { 'tokenmeter.unpriced.reason': 'missing_rate' })),
    ...others.flatMap((name) => [span({}, operation(name, 3)), span({}, operation(name, 1))]),
  ].map((one, index) => ({ ...one, spanId: hexId(16, index + 1) }));
  await kit.post('/v1/traces', tracesJson(spans));
  expect(
    await kit.rows('SELECT cost_pico_usd, unpriced_reason FROM llm_telemetry ORDER BY ALL'),
  ).toEqual([
    [500_000_000_000, null],
    [null, 'missing_rate'],
    [null, null],
  ]);
});

test('the price book is asked for with each request', async () => {
  const cheap = parsePriceFile(
    '{"prices":[{"provider":"openai","model":"gpt-4o","rates":{"input":1,"output":2}}]}',
    { name: 'cheap', mode: 'overlay' },
  );
  if (!cheap.ok) throw new Error(JSON.stringify(cheap.problems));
  let book: PriceBook = bundledPriceBook();
  await using kit = await startTestServer({ priceBook: () => book });
  await kit.post('/v1/traces', tracesJson([span(usage(1000, 500))]));
  book = withLayers(bundledPriceBook(), [cheap.layer]);
  await kit.post('/v1/traces', tracesJson([span(usage(1000, 500), { spanId: hexId(16, 2) })]));
  // 1,000 × 1 + 500 × 2 = 2,000 millionths of a dollar.
  expect(await kit.rows('SELECT cost_pico_usd, cost_source FROM calls ORDER BY span_id')).toEqual([
    [7_500_000_000, 'snapshot'],
    [2_000_000_000, 'user'],
  ]);
  expect(await kit.json('/api/v1/overview')).toMatchObject({ priceBookInForce: book.version });
});

const count = fc.option(fc.integer({ min: 0, max: 3_000_000 }), { nil: undefined });
/** Mostly absent: few models have rates for media. */
const rarely = fc.oneof(
  { weight: 9, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: count },
);

test('a call priced from its totals costs what its disjoint classes cost, to the pico-dollar', () => {
  const classes = fc.record({
    input: count,
    cache_read: count,
    cache_write: count,
    input_audio: rarely,
    input_image: rarely,
    output: count,
    reasoning: count,
    output_audio: rarely,
  });
  const models = fc.constantFrom(
    ['openai', 'gpt-4o'],
    ['openai', 'gpt-6-astra'],
    ['anthropic', 'claude-opus-5-5'],
    ['gcp.gemini', 'gemini-3.8-flash'],
    ['x_ai', 'grok-4.6'],
  );
  const book = bundledPriceBook();
  let pricedCalls = 0;
  fc.assert(
    fc.property(classes, models, (given, [provider = '', model = '']) => {
      const tokens: TokenCounts = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      );
      const call = describe(provider, model, tokens);
      fc.pre(call !== undefined);
      const direct = priceCall(
        {
          provider,
          requestModel: model,
          startEpochMs: NOW,
          modifiers: {},
          usage: { kind: 'reported', tokens, requests: {}, raw: undefined },
        },
        book,
      );
      if (direct.kind === 'priced') pricedCalls += 1;
      const priced = priceForeignCall(call, book);
      expect(priced.costPicoUsd).toBe(
        direct.kind === 'priced' ? BigInt(direct.totalPicoUsd) : undefined,
      );
      expect(callText(priced, 'unpriced_reason')).toBe(
        direct.kind === 'priced' ? '' : direct.reason,
      );
      const counted = describeCallUsage(priced)
        .filter(({ series }) => series[SERIES_COLUMNS.indexOf('measure')] === 'tokens')
        .reduce((total, { amount }) => total + amount, 0n);
      const all = Object.values(tokens).reduce((total, value) => total + value, 0);
      expect(counted).toBe(BigInt(all));
    }),
    { numRuns: 400 },
  );
  expect(pricedCalls).toBeGreaterThan(100);
});

function describe(provider: string, model: string, tokens: TokenCounts): CallRow | undefined {
  const totals = inclusiveTotals(tokens);
  const attributes = new Map(
    Object.entries({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': totals.inputTokens,
      'gen_ai.usage.output_tokens': totals.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': totals.cacheReadTokens,
      'gen_ai.usage.cache_write.input_tokens': totals.cacheWriteTokens,
      'gen_ai.usage.reasoning.output_tokens': totals.reasoningTokens,
      'gen_ai.usage.audio.input_tokens': totals.audioInputTokens,
      'gen_ai.usage.audio.output_tokens': totals.audioOutputTokens,
      'gen_ai.usage.image.input_tokens': totals.imageInputTokens,
    }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  const described = describeCall(
    {
      traceId: hexId(32, 1),
      spanId: hexId(16, 1),
      parentSpanId: '',
      kind: 3,
      startEpochMs: NOW,
      endEpochMs: NOW,
      isError: false,
      attributes,
      resource: new Map(),
      scopeName: 'law',
    },
    NOW,
  );
  return described.kind === 'call' ? described.call : undefined;
}
