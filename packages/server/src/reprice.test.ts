import { bundledPriceBook } from '@tokenmeter/pricing';
import { describe, expect, test } from 'vitest';
import type { RepriceReport } from './api.ts';
import { hexId, type TestSpan, tracesJson } from './otlp.test-kit.ts';
import { repriceLedger } from './reprice-ledger.ts';
import { startTestServer, type TestServer } from './server.test-kit.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.now();
const RANGE = { from: NOW - HOUR_MS, to: NOW };
const BOOK = bundledPriceBook().version;
type Labels = TestSpan['attributes'];

/** A metered call of 1,000 + 500 tokens at 5 and 15 USD per million: 0.0125 USD. */
const metered = (
  number: number,
  attributes: Labels = {},
  more: Partial<TestSpan> = {},
): TestSpan => ({
  spanId: hexId(16, number),
  startEpochMs: NOW - 60_000,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 500,
    'tokenmeter.metered': true,
    'tokenmeter.feature': 'search',
    'tokenmeter.cost.total': 0.0125,
    'tokenmeter.cost.source': 'user',
    'tokenmeter.cost.price_version': 'old',
    ...attributes,
  },
  ...more,
});

function isReport(value: unknown): value is RepriceReport {
  return typeof value === 'object' && value !== null && 'token' in value;
}

async function reprice(kit: TestServer, body: object = {}): Promise<RepriceReport> {
  const answer = await kit.post('/api/v1/ledger/reprice', { ...RANGE, ...body });
  const report: unknown = await answer.json();
  if (!isReport(report)) throw new Error(JSON.stringify(report));
  return report;
}

const priceFile = (input: number, output: number): object => ({
  name: 'contract.json',
  text: JSON.stringify({
    prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input, output } }],
  }),
});

const OLD_AND_NEW = `SELECT cost_usd, price_version, reported_cost_usd, reported_price_version,
  repriced_at IS NOT NULL FROM llm_telemetry ORDER BY span_id`;

test('a preview writes nothing, applying writes the new cost beside the old, and twice is once', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([metered(1), metered(2)]));
  const preview = await reprice(kit);
  // Today gpt-4o costs 2.50 and 10 per million: 0.0075 instead of 0.0125 for each of the two.
  expect(preview).toEqual({
    fromEpochMs: RANGE.from,
    toEpochMs: RANGE.to,
    priceBook: BOOK,
    calls: 2,
    changedCalls: 2,
    before: { usd: 0.025, unpricedCalls: 0 },
    after: { usd: 0.015, unpricedCalls: 0 },
    kept: { reportedCost: 0, severalPasses: 0, notRecorded: 0 },
    models: [
      {
        model: 'gpt-4o',
        calls: 2,
        changedCalls: 2,
        before: { usd: 0.025, unpricedCalls: 0 },
        after: { usd: 0.015, unpricedCalls: 0 },
      },
    ],
    token: expect.any(String),
    isApplied: false,
  });
  expect(await kit.rows('SELECT count(*) FROM call_costs')).toEqual([[0]]);
  const applied = await reprice(kit, { apply: true, expected: preview.token });
  expect(applied).toEqual({ ...preview, isApplied: true });
  const both = [0.0075, BOOK, 0.0125, 'old', true];
  expect(await kit.rows(OLD_AND_NEW)).toEqual([both, both]);
  expect(await reprice(kit, { apply: true })).toMatchObject({
    changedCalls: 0,
    before: { usd: 0.015 },
    after: { usd: 0.015 },
  });
  expect(await kit.rows('SELECT count(*) FROM call_costs')).toEqual([[2]]);
  expect(
    await kit.rows('SELECT calls, reported_cost_usd, cost_usd, difference_usd FROM repriced_1m'),
  ).toEqual([[2, 0.025, 0.015, -0.01]]);
});

test('the newest cost is shown, whatever came before, also after a restart', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([metered(1)]));
  await reprice(kit, { apply: true });
  // 1,000 × 1 + 500 × 2 = 0.002 USD.
  const report = await reprice(kit, { apply: true, prices: [priceFile(1, 2)] });
  expect(report).toMatchObject({ before: { usd: 0.0075 }, after: { usd: 0.002 } });
  await kit.server.close();
  await using again = await startTestServer({ dataDir: kit.dataDir });
  expect(await again.rows(OLD_AND_NEW)).toEqual([[0.002, report.priceBook, 0.0125, 'old', true]]);
  expect(report.priceBook).toContain('contract.json-');
  expect(
    await again.rows('SELECT cost_pico_usd, repricing FROM call_costs ORDER BY repricing'),
  ).toEqual([
    [7_500_000_000, 1],
    [2_000_000_000, 2],
  ]);
});

test('a model without a price becomes unpriced with replace, and priced again without', async () => {
  await using kit = await startTestServer();
  const unpriced: Labels = {
    'gen_ai.request.model': 'gpt-4o-mini',
    'tokenmeter.unpriced.reason': 'unknown_model',
  };
  const { 'tokenmeter.cost.total': _, ...rest } = metered(2).attributes;
  await kit.post(
    '/v1/traces',
    tracesJson([metered(1), { ...metered(2), attributes: { ...rest, ...unpriced } }]),
  );
  // gpt-4o-mini: 1,000 × 0.15 + 500 × 0.60 = 0.00045 USD.
  expect(await reprice(kit)).toMatchObject({
    before: { usd: 0.0125, unpricedCalls: 1 },
    after: { usd: 0.00795, unpricedCalls: 0 },
  });
  const prices = [
    {
      name: 'mini.json',
      text: '{"prices":[{"model":"gpt-4o-mini","rates":{"input":1,"output":1}}]}',
    },
  ];
  expect(await reprice(kit, { apply: true, replace: true, prices })).toMatchObject({
    before: { usd: 0.0125, unpricedCalls: 1 },
    after: { usd: 0.0015, unpricedCalls: 1 },
  });
  expect(
    await kit.rows('SELECT model, cost_usd, unpriced_reason FROM llm_telemetry ORDER BY span_id'),
  ).toEqual([
    ['gpt-4o', null, 'unknown_model'],
    ['gpt-4o-mini', 0.0015, null],
  ]);
  await reprice(kit, { apply: true });
  expect(await kit.rows('SELECT sum(cost_usd) FROM llm_telemetry')).toEqual([[0.00795]]);
});

test('classes and modifiers that the totals do not tell count', async () => {
  await using kit = await startTestServer();
  const opus: Labels = {
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-opus-5-5',
    'gen_ai.usage.input_tokens': 10_000,
    'gen_ai.usage.output_tokens': 100,
    'gen_ai.usage.cache_read.input_tokens': 2000,
    'gen_ai.usage.cache_write.input_tokens': 3000,
    'tokenmeter.tokens.cache_write_5m': 1000,
    'tokenmeter.tokens.cache_write_1h': 2000,
  };
  const spans = [
    metered(1, opus),
    metered(2, { ...opus, 'tokenmeter.price.service_tier': 'batch' }),
    metered(3, { ...opus, 'tokenmeter.requests.web_search': 2 }),
  ];
  await kit.post('/v1/traces', tracesJson(spans));
  await reprice(kit, { apply: true });
  // 5,000 × 4 + 2,000 × 0.20 + 1,000 × 5 + 2,000 × 8 + 100 × 20 = 43,400 millionths; batch is half of it;
  // two searches at 10 USD a thousand are 20,000 millionths more.
  expect(await kit.rows('SELECT cost_pico_usd FROM llm_telemetry ORDER BY span_id')).toEqual([
    [43_400_000_000],
    [21_700_000_000],
    [63_400_000_000],
  ]);
});

test('what cannot be priced again keeps its cost and is counted', async () => {
  await using kit = await startTestServer();
  const failed = metered(4, {}, { statusCode: 2 });
  const {
    'gen_ai.usage.input_tokens': _i,
    'gen_ai.usage.output_tokens': _o,
    ...noUsage
  } = failed.attributes;
  const { 'tokenmeter.cost.total': _c, 'tokenmeter.cost.source': _s, ...refused } = noUsage;
  const spans = [
    metered(1, { 'tokenmeter.cost.source': 'provider' }),
    metered(2, { 'tokenmeter.cost.source': '' }),
    metered(3, { 'tokenmeter.usage.passes': 2 }),
    { ...failed, attributes: refused },
    metered(5),
  ];
  await kit.post('/v1/traces', tracesJson(spans));
  expect(await reprice(kit, { apply: true })).toMatchObject({
    calls: 5,
    changedCalls: 1,
    kept: { reportedCost: 2, severalPasses: 1, notRecorded: 0 },
    before: { usd: 0.05, unpricedCalls: 0 },
    after: { usd: 0.045, unpricedCalls: 0 },
  });
});

describe('the range and the filters', () => {
  const spans = [
    metered(1, {}, { startEpochMs: RANGE.from - 1 }),
    metered(2, {}, { startEpochMs: RANGE.from }),
    metered(3, { 'gen_ai.response.model': 'gpt-4o-2024-08-06' }),
    metered(4, { 'gen_ai.provider.name': 'azure.ai.openai' }),
    metered(5, { 'tokenmeter.feature': 'chat' }),
    metered(6, {}, { startEpochMs: RANGE.to, durationMs: 1 }),
  ];
  test.for([
    { filter: {}, calls: 4 },
    { filter: { provider: 'openai' }, calls: 3 },
    { filter: { model: 'gpt-4o-2024-08-06' }, calls: 1 },
    { filter: { model: 'gpt-4o' }, calls: 4 },
    { filter: { feature: 'chat' }, calls: 1 },
    { filter: { feature: "x' OR '1'='1" }, calls: 0 },
  ])('$filter means $calls calls', async ({ filter, calls }) => {
    await using kit = await startTestServer();
    await kit.post('/v1/traces', tracesJson(spans));
    expect((await reprice(kit, filter)).calls).toBe(calls);
  });
});

test('figures that are no longer those agreed to are not written', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([metered(1)]));
  const { token } = await reprice(kit);
  await kit.post('/v1/traces', tracesJson([metered(2)]));
  const body = { ...RANGE, apply: true, expected: token };
  const answer = await kit.post('/api/v1/ledger/reprice', body);
  expect(answer.status).toBe(409);
  expect(await kit.rows('SELECT count(*) FROM call_costs')).toEqual([[0]]);
});

test.for([
  { note: 'no range', body: { from: undefined }, status: 400, want: 'from' },
  { note: 'a range that ends before it begins', body: { to: 1 }, status: 400, want: 'before' },
  { note: 'an unknown key', body: { aply: true }, status: 400, want: 'aply' },
  { note: 'replace without files', body: { replace: true }, status: 400, want: 'replace' },
  {
    note: 'a broken price file',
    body: { prices: [{ name: 'a.json', text: '{\n  "prices": [}' }] },
    status: 400,
    want: 'a.json:2:14',
  },
])('$note is refused with the reason', async ({ body, status, want }) => {
  await using kit = await startTestServer();
  const answer = await kit.post('/api/v1/ledger/reprice', { ...RANGE, ...body });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error: expect.stringContaining(want) });
});

test('the guards of every write hold here too', async () => {
  await using kit = await startTestServer();
  const cross = { origin: 'https://evil.example' };
  expect((await kit.post('/api/v1/ledger/reprice', RANGE, cross)).status).toBe(403);
  const form = { 'content-type': 'text/plain' };
  expect((await kit.post('/api/v1/ledger/reprice', RANGE, form)).status).toBe(415);
  expect((await fetch(`${kit.server.url}/api/v1/ledger/reprice`)).status).toBe(404);
});

test('a closed ledger is priced again without a server', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([metered(1)]));
  const order = {
    fromEpochMs: RANGE.from,
    toEpochMs: RANGE.to,
    filters: {},
    book: bundledPriceBook(),
    isApplied: true,
  };
  await kit.server.close();
  await expect(repriceLedger(`${kit.dataDir}/none`, order)).rejects.toMatchObject({
    name: 'LedgerError',
  });
  const outcome = await repriceLedger(kit.dataDir, order);
  expect(outcome).toMatchObject({ kind: 'done', report: { changedCalls: 1, isApplied: true } });
  await using again = await startTestServer({ dataDir: kit.dataDir });
  expect(await again.rows('SELECT cost_usd FROM llm_telemetry')).toEqual([[0.0075]]);
});
