import { expect, test } from 'vitest';
import { CALL, hexId, metricsJson, type TestSpan, tracesJson } from './otlp.test-kit.ts';
import { isSqlResult, startTestServer } from './server.test-kit.ts';

// A Saturday, 10:30 in UTC.
const NOW = Date.parse('2026-11-21T10:30:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const at = (
  epochMs: number,
  metric: string,
  value: number,
  more: object = {},
): Parameters<typeof metricsJson>[0][number] => ({
  metric,
  value,
  epochMs,
  temporality: 1,
  isDouble: metric === 'tokenmeter.cost',
  attributes: { ...CALL, ...more },
});

test('the tiles count today, this hour, the burn and the same day a week ago', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const input = { 'tokenmeter.token.class': 'input' };
  await kit.post(
    '/v1/metrics',
    metricsJson([
      at(NOW - 8 * DAY_MS, 'tokenmeter.cost', 100),
      at(NOW - 7 * DAY_MS - HOUR_MS, 'tokenmeter.cost', 3),
      at(NOW - 7 * DAY_MS - 60_000, 'tokenmeter.cost', 2),
      at(NOW - 7 * DAY_MS + HOUR_MS, 'tokenmeter.cost', 50),
      at(NOW - 11 * HOUR_MS, 'tokenmeter.cost', 70),
      at(NOW - 2 * HOUR_MS, 'tokenmeter.cost', 1),
      at(NOW - 60_000, 'tokenmeter.cost', 0.5),
      at(NOW - 60_000, 'tokenmeter.calls', 4, { 'tokenmeter.outcome': 'ok' }),
      at(NOW - 60_000, 'tokenmeter.calls', 1, { 'tokenmeter.outcome': 'error' }),
      at(NOW - 60_000, 'tokenmeter.unpriced', 2, { 'gen_ai.request.model': 'brand-new' }),
      at(NOW - 60_000, 'tokenmeter.tokens', 10, input),
      at(NOW - 60_000, 'tokenmeter.tokens', 6, { 'tokenmeter.token.class': 'cache_read' }),
      at(NOW - 60_000, 'tokenmeter.tokens', 3, { 'tokenmeter.token.class': 'output' }),
      at(NOW - 60_000, 'tokenmeter.tokens', 2, { 'tokenmeter.token.class': 'reasoning' }),
      at(NOW - 60_000, 'tokenmeter.self.recognised', 9),
      at(NOW - 60_000, 'tokenmeter.self.metered', 8),
    ]),
  );
  const figures = {
    calls: 5,
    errorCalls: 1,
    unpricedCalls: 2,
    inputTokens: 16,
    outputTokens: 5,
    cacheReadTokens: 6,
  };
  expect(await kit.json('/api/v1/overview')).toEqual({
    nowEpochMs: NOW,
    timeZone: 'UTC',
    today: { usd: 1.5, ...figures },
    thisHour: { usd: 0.5, ...figures },
    // The cost of Saturday a week ago, of the last days and of today; November ends with the 30th.
    month: { usd: 226.5, toEpochMs: Date.parse('2026-12-01T00:00:00Z') },
    // Half a dollar in the last four minutes, the present one being just begun.
    burnUsdPerHour: 7.5,
    lastWeek: { todayUsd: 5, burnUsdPerHour: 30 },
    coverage: { recognised: 9, metered: 8 },
    unpricedModels: [{ model: 'brand-new', calls: 2 }],
    priceBookVersions: [],
    firstDataEpochMs: NOW - 8 * DAY_MS - 60_000,
    lastDataEpochMs: NOW - 120_000,
    hasSeededData: false,
  });
});

test('the month has its forecast from what was learned, and its budget', async () => {
  await using kit = await startTestServer({ clock: () => NOW, monthBudgetUsd: 50 });
  await kit.post(
    '/v1/metrics',
    metricsJson([
      at(Date.parse('2026-10-31T23:30:00Z'), 'tokenmeter.cost', 64),
      at(Date.parse('2026-11-01T00:30:00Z'), 'tokenmeter.cost', 8),
      at(NOW - 10 * 60_000, 'tokenmeter.cost', 4),
      at(NOW - 60_000, 'tokenmeter.cost', 2),
    ]),
  );
  const asked: number[] = [];
  kit.server.setForecast((toEpochMs) => {
    asked.push(toEpochMs);
    return { low: 20, mid: 30, high: 45, fromEpochMs: NOW - 5 * 60_000 };
  });
  const toEpochMs = Date.parse('2026-12-01T00:00:00Z');
  // Of the 14 USD, 12 were spent when it was learned that 30 are to come.
  expect(await kit.json('/api/v1/overview')).toHaveProperty('month', {
    usd: 14,
    toEpochMs,
    forecast: { low: 32, mid: 42, high: 57 },
    budgetUsd: 50,
  });
  expect(asked).toEqual([toEpochMs]);
});

test('an empty ledger says so', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const none = {
    usd: 0,
    calls: 0,
    unpricedCalls: 0,
    errorCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
  };
  expect(await kit.json('/api/v1/overview')).toEqual({
    nowEpochMs: NOW,
    timeZone: 'UTC',
    today: none,
    thisHour: none,
    month: { usd: 0, toEpochMs: Date.parse('2026-12-01T00:00:00Z') },
    burnUsdPerHour: 0,
    coverage: { recognised: 0, metered: 0 },
    unpricedModels: [],
    priceBookVersions: [],
    hasSeededData: false,
  });
});

test('spend comes in steps without holes, largest first, small keys together', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const points = Array.from({ length: 15 }, (_, index) =>
    at(NOW - 90 * 60_000, 'tokenmeter.cost', 15 - index, { 'tokenmeter.feature': `f${index}` }),
  );
  await kit.post('/v1/metrics', metricsJson(points));
  const from = NOW - 2 * HOUR_MS;
  const answer = await kit.json(`/api/v1/spend?group_by=feature&from=${from}&to=${NOW}&step=3600`);
  expect(answer).toMatchObject({
    groupBy: 'feature',
    stepSeconds: 3600,
    times: [8, 9, 10].map((hour) =>
      Date.parse(`2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`),
    ),
  });
  expect(answer).toMatchObject({
    series: expect.arrayContaining([
      {
        key: 'f0',
        usd: [15, 0, 0],
        calls: [0, 0, 0],
        totalUsd: 15,
        totalCalls: 0,
        totalUnpricedCalls: 0,
      },
      {
        key: 'other',
        usd: [10, 0, 0],
        calls: [0, 0, 0],
        totalUsd: 10,
        totalCalls: 0,
        totalUnpricedCalls: 0,
      },
    ]),
  });
  // Eleven keys stand by themselves; the other four are told by their totals.
  const rest = [4, 3, 2, 1].map((usd) => ({
    key: `f${15 - usd}`,
    totalUsd: usd,
    totalCalls: 0,
    totalUnpricedCalls: 0,
  }));
  expect(answer).toHaveProperty('rest', rest);
});

test('spend by user is that of single calls, in the step in which they end', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const call = (number: number, more: TestSpan['attributes']): TestSpan => ({
    spanId: hexId(16, number),
    startEpochMs: NOW - HOUR_MS - 31 * 60_000,
    durationMs: number === 1 ? 120_000 : 100,
    attributes: { ...CALL, 'tokenmeter.metered': true, ...more },
  });
  const spans = [
    call(1, { 'user.id': 'ann', 'tokenmeter.cost.total': 0.5 }),
    call(2, { 'user.id': 'ann' }),
    call(3, { 'tokenmeter.cost.total': 0.25 }),
  ];
  await kit.post('/v1/traces', tracesJson(spans));
  const from = NOW - 2 * HOUR_MS;
  const answer = await kit.json(`/api/v1/spend?group_by=user&from=${from}&to=${NOW}&step=3600`);
  const [ann, none] = [
    { totalUsd: 0.5, totalCalls: 2, totalUnpricedCalls: 1 },
    { totalUsd: 0.25, totalCalls: 1, totalUnpricedCalls: 0 },
  ];
  expect(answer).toHaveProperty('series', [
    { key: 'ann', usd: [0, 0.5, 0], calls: [1, 1, 0], ...ann },
    { key: '(none)', usd: [0.25, 0, 0], calls: [1, 0, 0], ...none },
  ]);
});

test.for([
  '/api/v1/spend?group_by=weather',
  '/api/v1/spend?step=1',
  '/api/v1/spend?from=9&to=5',
  '/api/v1/spend?from=0&step=60',
  '/api/v1/calls?limit=0',
  '/api/v1/calls?order=name',
])('a wrong question gets a reason: %s', async (path) => {
  await using kit = await startTestServer();
  const answer = await fetch(kit.server.url + path);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: expect.stringMatching(/\w/) },
  ]);
});

test('calls are listed by cost or time, as JSON and as CSV that no spreadsheet runs', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const span = (number: number, costUsd: number): TestSpan => ({
    spanId: hexId(16, number),
    startEpochMs: NOW - number * 1000,
    attributes: {
      ...CALL,
      'tokenmeter.metered': true,
      'user.id': '=HYPERLINK("x")',
      'tokenmeter.cost.total': costUsd,
    },
  });
  await kit.post('/v1/traces', tracesJson([span(1, 0.1), span(2, 0.7)]));
  const ids = async (order: string): Promise<unknown> => {
    const answer = await kit.json(`/api/v1/calls?order=${order}&limit=1`);
    if (!isSqlResult(answer)) throw new Error('expected rows');
    return answer.rows.map((row) => row[2]);
  };
  expect([await ids('cost'), await ids('recent')]).toEqual([[hexId(16, 2)], [hexId(16, 1)]]);
  const rowCount = async (query: string): Promise<number> => {
    const answer = await kit.json(`/api/v1/calls?${query}`);
    if (!isSqlResult(answer)) throw new Error('expected rows');
    return answer.rows.length;
  };
  expect(await rowCount('feature=search&model=gpt-4o')).toBe(2);
  expect(await rowCount(`feature=${encodeURIComponent("it's checkpoint(1)")}`)).toBe(0);
  const csv = await (await fetch(`${kit.server.url}/api/v1/calls.csv`)).text();
  expect(csv.split('\r\n')).toHaveLength(4);
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
});
