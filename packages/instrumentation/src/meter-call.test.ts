import { expect, test } from 'vitest';
import { withAttribution } from './attribution.ts';
import { meterCall } from './meter-call.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

// gpt-4o: $2.50 in and $10 out per million tokens.
const CALL = {
  provider: 'openai',
  requestModel: 'gpt-4o',
  tokens: { input: 1000, output: 500 },
  startEpochMs: 1_790_000_000_000,
};

test('a call that is not HTTP is priced, counted and attributed', async () => {
  using telemetry = startTelemetry();
  const priced = withAttribution({ feature: 'voice', team: 'a' }, () =>
    meterCall({ ...CALL, attribution: { team: 'b' } }),
  );
  expect(priced).toMatchObject({ kind: 'priced', costUsd: 0.0075 });
  expect(telemetry.calls[0]?.attribution).toEqual({ feature: 'voice', team: 'b' });
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(0.0075, 12);
  expect(telemetry.spans()[0]?.name).toBe('chat gpt-4o');
});

test.for([
  { note: 'no tokens', call: { tokens: undefined }, reason: 'no_usage' },
  { note: 'a negative count', call: { tokens: { input: -1 } }, reason: 'inconsistent_usage' },
  { note: 'half a token', call: { tokens: { input: 0.5 } }, reason: 'inconsistent_usage' },
  { note: 'a text', call: { tokens: JSON.parse('{"input":"5"}') }, reason: 'inconsistent_usage' },
  {
    note: 'a class that is none',
    call: { tokens: JSON.parse('{"foo":5}') },
    reason: 'inconsistent_usage',
  },
  { note: 'a list', call: { tokens: JSON.parse('[1,2]') }, reason: 'inconsistent_usage' },
  {
    note: 'a prototype in disguise',
    call: { tokens: JSON.parse('{"__proto__":5}') },
    reason: 'inconsistent_usage',
  },
  { note: 'null', call: { tokens: JSON.parse('null') }, reason: 'no_usage' },
  {
    note: 'more than can be counted',
    call: { tokens: { input: 1e308 } },
    reason: 'inconsistent_usage',
  },
  { note: 'a billion', call: { tokens: { input: 1e9 } }, reason: 'inconsistent_usage' },
  { note: 'a cost below 0', call: { providerCostUsd: -1 }, reason: 'inconsistent_usage' },
  { note: 'an endless cost', call: { providerCostUsd: 1e300 }, reason: 'inconsistent_usage' },
  { note: 'a cost that is none', call: { providerCostUsd: NaN }, reason: 'inconsistent_usage' },
  { note: 'an unknown model', call: { requestModel: 'no-such' }, reason: 'unknown_model' },
])('$note has no price, and never a zero', async ({ call, reason }) => {
  using telemetry = startTelemetry();
  const { tokens, ...rest } = { ...CALL, ...call };
  const priced = meterCall({ ...rest, ...(tokens === undefined ? {} : { tokens }) });
  expect(priced).toMatchObject({ kind: 'unpriced', reason });
  expect(await telemetry.points('tokenmeter.cost')).toEqual([]);
  expect(await telemetry.total('tokenmeter.unpriced', { 'tokenmeter.reason': reason })).toBe(1);
});

test('what is no call, and times that are none, never throw and are no number', async () => {
  using telemetry = startTelemetry();
  expect(meterCall(JSON.parse('null'))).toBeUndefined();
  meterCall({ ...CALL, startEpochMs: Number.NaN, endEpochMs: -5 });
  meterCall({ ...CALL, startEpochMs: 2e12, endEpochMs: 1e12 });
  expect(await telemetry.total('tokenmeter.calls')).toBe(2);
  const durations = await telemetry.points('gen_ai.client.inference.duration');
  expect(JSON.stringify(durations)).not.toMatch(/NaN|:-\d|null/);
});

test.for([
  { note: 'undefined counts', call: { tokens: { input: 1000, output: undefined } }, usd: 0.0025 },
  { note: 'null counts', call: { tokens: { input: 1000, cache_read: null } }, usd: 0.0025 },
  { note: 'a null cost', call: { providerCostUsd: null }, usd: 0.0075 },
  { note: 'null for requests', call: { requests: null }, usd: 0.0075 },
  { note: 'modifiers that are none', call: { modifiers: { serviceTier: 7 } }, usd: 0.0075 },
  { note: 'a number for attribution', call: { attribution: 7 }, usd: 0.0075 },
])('$note are nothing, and the call counts', async ({ call, usd }) => {
  using telemetry = startTelemetry();
  const priced = meterCall(Object.assign({ ...CALL }, call));
  expect(priced).toMatchObject({ kind: 'priced', costUsd: usd });
  expect(await telemetry.total('tokenmeter.calls')).toBe(1);
});

// Cohere's rerank: $2 for 1,000 searches.
test('counted requests alone are a usage', async () => {
  using telemetry = startTelemetry();
  const call = { provider: 'cohere', requestModel: 'rerank-v3.5', requests: { rerank: 3 } };
  expect(meterCall(call)).toMatchObject({ kind: 'priced', costUsd: 0.006 });
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(0.006, 12);
});

test('times that no receiver takes count as now, and texts that are no names as absent', () => {
  using telemetry = startTelemetry();
  const long = 'x'.repeat(257);
  const before = Date.now();
  meterCall({ ...CALL, startEpochMs: 9_223_372_036_855, endEpochMs: Number.MAX_VALUE });
  Reflect.apply(meterCall, undefined, [
    { ...CALL, provider: long, operation: long, responseModel: long, responseId: long },
  ]);
  const [odd, unnamed] = telemetry.calls.map(({ record }) => record);
  expect(odd?.startEpochMs).toBeGreaterThanOrEqual(before);
  expect(odd?.endEpochMs).toBeLessThanOrEqual(Date.now());
  expect(unnamed).toMatchObject({ provider: 'unknown', operation: 'chat' });
  expect(unnamed).not.toHaveProperty('responseModel');
  expect(unnamed).not.toHaveProperty('responseId');
});

test.for(['x', 7, true, Symbol('call'), 1n])('%s is no call', async (call) => {
  using telemetry = startTelemetry();
  expect(Reflect.apply(meterCall, undefined, [call])).toBeUndefined();
  expect(await telemetry.total('tokenmeter.calls')).toBe(0);
});

test('an outcome that is none counts as incomplete', async () => {
  using telemetry = startTelemetry();
  Reflect.apply(meterCall, undefined, [{ ...CALL, outcome: 'great' }]);
  expect(await telemetry.total('tokenmeter.calls', { 'tokenmeter.outcome': 'incomplete' })).toBe(1);
});

test('names of providers, operations and errors are capped on metrics, and totals stay exact', async () => {
  using telemetry = startTelemetry({ attributeCap: 3 });
  for (let index = 0; index < 300; index += 1) {
    const odd = { provider: `p${index}`, operation: `o${index}` };
    Reflect.apply(meterCall, undefined, [{ ...CALL, ...odd }]);
    meterCall({ ...CALL, outcome: 'error', errorType: `E${index}` });
  }
  const calls = await telemetry.points('tokenmeter.calls');
  const durations = await telemetry.points('gen_ai.client.inference.duration');
  // 200 pairs and two others, and the failed ones.
  expect(calls.length).toBeLessThanOrEqual(205);
  expect(new Set(durations.map(({ attributes }) => attributes['error.type']))).toEqual(
    new Set(['E0', 'E1', 'E2', '_OTHER']),
  );
  expect(await telemetry.total('tokenmeter.calls')).toBe(600);
});

test('without anything that meters, nothing happens', () => {
  expect(meterCall(CALL)).toBeUndefined();
});
