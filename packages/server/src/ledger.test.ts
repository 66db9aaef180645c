import { expect, test } from 'vitest';
import {
  CALL,
  hexId,
  metricsJson,
  type TestPoint,
  type TestSpan,
  tracesJson,
} from './otlp.test-kit.ts';
import { startTestServer, type TestServer } from './server.test-kit.ts';

const NOW = Date.now();
const HOUR_MS = 3_600_000;

const metered = (number: number, costUsd: number, more: Partial<TestSpan> = {}): TestSpan => ({
  spanId: hexId(16, number + 1),
  startEpochMs: NOW - 1000,
  attributes: {
    ...CALL,
    'tokenmeter.metered': true,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
    'tokenmeter.cost.total': costUsd,
  },
  ...more,
});

const cost = (value: number, more: Partial<TestPoint> = {}): TestPoint => ({
  metric: 'tokenmeter.cost',
  epochMs: NOW,
  startEpochMs: NOW - HOUR_MS,
  value,
  isDouble: true,
  attributes: { ...CALL, 'tokenmeter.cost.class': 'output' },
  ...more,
});

const totals = async (kit: TestServer): Promise<unknown> =>
  (
    await kit.rows(
      'SELECT sum(calls), sum(tokens), sum(cost_pico_usd), sum(unpriced_calls) FROM usage_1m',
    )
  )[0];

test('which model and feature cost most in the last day', async () => {
  await using kit = await startTestServer();
  const old = metered(9, 50, { startEpochMs: NOW - 25 * HOUR_MS });
  const spans = [metered(0, 0.25), metered(1, 0.5), old];
  await kit.post('/v1/traces', tracesJson(spans));
  expect(
    await kit.rows(`SELECT feature, model, count(*), sum(input_tokens), sum(output_tokens), sum(cost_usd)
      FROM llm_telemetry WHERE timestamp > NOW() - INTERVAL '24 hours' GROUP BY ALL`),
  ).toEqual([['search', 'gpt-4o', 2, 200, 20, 0.75]]);
});

test('in which hour of the week a feature left its own average', async () => {
  await using kit = await startTestServer();
  const hours = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const spans = hours.map((hour) =>
    metered(hour, hour === 3 ? 9 : 1, { startEpochMs: NOW - hour * HOUR_MS }),
  );
  await kit.post('/v1/traces', tracesJson(spans));
  const rows = await kit.rows(`WITH per_hour AS (
      SELECT feature, date_trunc('hour', timestamp) AS h, sum(cost_usd) AS usd FROM llm_telemetry
      WHERE timestamp >= now() - INTERVAL '7 days' GROUP BY feature, h),
    usual AS (SELECT feature, avg(usd) AS mean, stddev(usd) AS spread FROM per_hour GROUP BY feature)
    SELECT p.feature, p.usd, round((p.usd - u.mean) / nullif(u.spread, 0), 2)
    FROM per_hour p JOIN usual u ON p.feature = u.feature WHERE p.usd > u.mean + 2 * u.spread`);
  // Mean 1.8, sample deviation 8 / sqrt(10): z = 7.2 / 2.5298 = 2.85.
  expect(rows).toEqual([['search', 9, 2.85]]);
});

test('a span that is sent again is one call, also after a restart', async () => {
  await using kit = await startTestServer();
  const spans = tracesJson([metered(0, 1), metered(1, 1), metered(0, 1)]);
  await kit.post('/v1/traces', spans);
  await kit.post('/v1/traces', spans);
  expect(await kit.rows('SELECT count(*) FROM calls')).toEqual([[2]]);
  await kit.server.close();
  await using again = await startTestServer({ dataDir: kit.dataDir });
  await again.post('/v1/traces', spans);
  expect(await again.rows('SELECT count(*) FROM calls')).toEqual([[2]]);
});

test('counters are exact over repetition, restart of the server and restart of the sender', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/metrics', metricsJson([cost(0.1, { epochMs: NOW - 30_000 })]));
  await kit.post('/v1/metrics', metricsJson([cost(0.3)]));
  await kit.post('/v1/metrics', metricsJson([cost(0.3)]));
  await kit.server.close();
  await using again = await startTestServer({ dataDir: kit.dataDir });
  await again.post('/v1/metrics', metricsJson([cost(0.3), cost(0.7, { epochMs: NOW + 1000 })]));
  const restarted = metricsJson([cost(0.9, { startEpochMs: NOW, epochMs: NOW + 2000 })]);
  await again.post('/v1/metrics', restarted);
  const other = metricsJson([cost(0.2)], { 'service.name': 'shop', 'service.instance.id': 'i-2' });
  await again.post('/v1/metrics', other);
  // 0.7 of the first process, 0.9 of its successor, 0.2 of the replica.
  expect(await totals(again)).toEqual([0, 0, 1_800_000_000_000, 0]);
});

test('delta temporality is added up once', async () => {
  await using kit = await startTestServer();
  const points = [1, 2, 3].map((value) =>
    cost(value, { temporality: 1, epochMs: NOW + value * 1000, startEpochMs: NOW }),
  );
  await kit.post('/v1/metrics', metricsJson(points));
  await kit.post('/v1/metrics', metricsJson(points));
  expect(await totals(kit)).toEqual([0, 0, 6_000_000_000_000, 0]);
});

test('the ledger adds nothing to what a counter said last', async () => {
  await using kit = await startTestServer();
  let usd = 0;
  const points: TestPoint[] = [];
  for (let index = 1; index <= 100_000; index += 1) {
    usd += 0.001;
    if (index % 1000 === 0) points.push(cost(usd, { epochMs: NOW - 1_000_000 + index * 10 }));
  }
  await kit.post('/v1/metrics', metricsJson(points));
  expect(await totals(kit)).toEqual([0, 0, Math.round(usd * 1e12), 0]);
});

const foreign = (number: number, attributes: TestSpan['attributes'] = {}): TestSpan => ({
  spanId: hexId(16, number + 1),
  startEpochMs: NOW - 1000,
  attributes: {
    ...CALL,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.usage.output_tokens': 10,
    ...attributes,
  },
});

test.for([
  {
    note: 'a metered span: the counters have it',
    span: metered(0, 1),
    calls: 1,
    want: [0, 0, 0, 0],
  },
  { note: 'a foreign span without a price', span: foreign(0), calls: 1, want: [1, 110, 0, 1] },
  {
    note: 'a foreign span with a price',
    span: foreign(0, { 'tokenmeter.cost.total': 0.5 }),
    calls: 1,
    want: [1, 110, 500_000_000_000, 0],
  },
  {
    note: 'an agent repeats the tokens of its calls',
    span: foreign(0, { 'gen_ai.operation.name': 'invoke_agent' }),
    calls: 0,
    want: [0, 0, 0, 0],
  },
  {
    note: 'a call of an instrumentation that writes internal spans',
    span: { ...foreign(0), kind: 1 },
    calls: 1,
    want: [1, 110, 0, 1],
  },
])('what a span adds: $note', async ({ span, calls, want }) => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([span]));
  const [counted] = await kit.rows('SELECT count(*) FROM calls');
  const sums = (
    await kit.rows(`SELECT coalesce(sum(calls), 0), coalesce(sum(tokens), 0),
    coalesce(sum(cost_pico_usd), 0), coalesce(sum(unpriced_calls), 0) FROM usage_1m`)
  )[0];
  expect([counted, sums]).toEqual([[calls], want]);
});

test.for([
  { note: 'inner first', isInnerFirst: true },
  { note: 'outer first', isInnerFirst: false },
])('a foreign span around a metered call is not a second call: $note', async (order) => {
  await using kit = await startTestServer();
  const inner = metered(1, 1, { parentSpanId: hexId(16, 1) });
  const spans = [inner, foreign(0)];
  await kit.post('/v1/traces', tracesJson(order.isInnerFirst ? spans : spans.toReversed()));
  expect(await kit.rows('SELECT count(*) FROM calls')).toEqual([[1]]);
});

test('the worker reads exact minutes by label', async () => {
  await using kit = await startTestServer();
  const minute = Math.floor(NOW / 60_000) * 60_000 - 120_000;
  const labels = {
    ...CALL,
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'tokenmeter.team': 'web',
  };
  const point = (metric: string, value: number, more: TestPoint['attributes']): TestPoint => ({
    metric,
    value,
    epochMs: minute + 30_000,
    isDouble: metric === 'tokenmeter.cost',
    attributes: { ...labels, ...more },
  });
  const v2 = { 'gen_ai.prompt.version': 'v2' };
  const outcome = { 'tokenmeter.outcome': 'error', 'tokenmeter.cache': 'hit' };
  await kit.post(
    '/v1/metrics',
    metricsJson([
      point('tokenmeter.calls', 3, {
        'tokenmeter.outcome': 'ok',
        'tokenmeter.cache': 'miss',
        ...v2,
      }),
      point('tokenmeter.calls', 2, { ...outcome, 'tokenmeter.retry': true }),
      point('tokenmeter.tokens', 70, { 'tokenmeter.token.class': 'input' }),
      point('tokenmeter.tokens', 7, { 'tokenmeter.token.class': 'cache_write_5m' }),
      point('tokenmeter.tokens', 20, { 'tokenmeter.token.class': 'cache_read' }),
      point('tokenmeter.tokens', 5, { 'tokenmeter.token.class': 'output' }),
      point('tokenmeter.tokens', 4, { 'tokenmeter.token.class': 'reasoning' }),
      point('tokenmeter.cost', 0.25, { 'tokenmeter.cost.class': 'input', ...v2 }),
      point('tokenmeter.cost', 0.5, { 'tokenmeter.cost.class': 'output' }),
      point('tokenmeter.cost', 0.01, { 'tokenmeter.cost.class': 'web_search' }),
      point('tokenmeter.unpriced', 1, { 'tokenmeter.reason': 'no_usage' }),
    ]),
  );
  const signal = new AbortController().signal;
  const read = await kit.server.metricSource.read({ fromEpochMs: 0, toEpochMs: NOW, signal });
  expect(read).toEqual({
    ok: true,
    gaps: [],
    coverage: [],
    watermarkEpochMs: expect.any(Number),
    minutes: [
      {
        minuteEpochMs: minute,
        labels: {
          service: 'shop',
          feature: 'search',
          team: 'web',
          provider: 'openai',
          model: 'gpt-4o-2024-08-06',
        },
        calls: 5,
        costUsd: 0.76,
        inputTokens: 77,
        cacheReadTokens: 20,
        outputTokens: 9,
        unpricedCalls: 1,
        cacheHits: 2,
        cacheMisses: 3,
        errors: 2,
        retries: 2,
        costByClass: { inputUsd: 0.25, cacheReadUsd: 0, outputUsd: 0.5 },
        byPromptVersion: { v2: { pricedCalls: 3, costUsd: 0.25 } },
      },
    ],
  });
});

test('the worker hears once of minutes that changed before the range it reads', async () => {
  await using kit = await startTestServer();
  const signal = new AbortController().signal;
  const minute = Math.floor(NOW / 60_000) * 60_000 - 3 * HOUR_MS;
  const read = async (): Promise<unknown> => {
    const range = { fromEpochMs: NOW - HOUR_MS, toEpochMs: NOW, signal };
    const answer = await kit.server.metricSource.read(range);
    return answer.ok && answer.revisedFromEpochMs;
  };
  await kit.post('/v1/metrics', metricsJson([cost(1, { epochMs: minute + 5000 })]));
  expect([await read(), await read()]).toEqual([minute, undefined]);
  await kit.post('/v1/metrics', metricsJson([cost(2, { epochMs: NOW - 1000 })]));
  expect(await read()).toBeUndefined();
});
