import type { CallRecord, TokenCounts } from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeCall, type MetricPoint } from './describe-call.ts';
import type { DescribeOptions } from './options.ts';

const OPTIONS: DescribeOptions = {
  semconv: 'latest',
  costCompat: 'none',
  defaultFeature: 'unattributed',
};
const RECORD: CallRecord = {
  api: 'openai.chat',
  provider: 'openai',
  operation: 'chat',
  requestModel: 'gpt-4o',
  responseModel: 'gpt-4o-2024-08-06',
  serverAddress: 'api.openai.com',
  serverPort: 443,
  startEpochMs: 1_790_000_000_000,
  endEpochMs: 1_790_000_002_500,
  isStreaming: false,
  outcome: 'ok',
  statusCode: 200,
  resendCount: 0,
  parameters: {},
  modifiers: {},
  usage: { kind: 'reported', tokens: { input: 1000, output: 500 }, requests: {}, raw: {} },
};
// $5 in and $15 out per million tokens: 1,000 in and 500 out cost $0.0125.
const PRICED: PricedCall = {
  kind: 'priced',
  costUsd: 0.0125,
  totalPicoUsd: 12_500_000_000,
  picoUsd: { input: 5_000_000_000, output: 7_500_000_000 },
  source: 'user',
  bookVersion: 'v1',
  modifiers: [],
};
const UNPRICED: PricedCall = { kind: 'unpriced', reason: 'unknown_model', bookVersion: 'v1' };

const describe = (
  record: CallRecord = RECORD,
  priced: PricedCall = PRICED,
  options: DescribeOptions = OPTIONS,
): ReturnType<typeof describeCall> =>
  describeCall(record, priced, { attribution: { userId: 'u', tenantId: 't' }, options });

const of = (points: readonly MetricPoint[], name: string): readonly MetricPoint[] =>
  points.filter(({ spec }) => spec.name === name);
const sum = (points: readonly MetricPoint[], name: string): number =>
  of(points, name).reduce((total, { value }) => total + value, 0);

test('a priced call has one cost point per class and they sum to its cost', () => {
  const { points } = describe();
  expect(
    of(points, 'tokenmeter.cost').map(({ value, attributes }) => [
      attributes['tokenmeter.cost.class'],
      value,
    ]),
  ).toEqual([
    ['input', 0.005],
    ['output', 0.0075],
  ]);
  expect(sum(points, 'tokenmeter.unpriced')).toBe(0);
});

test('an unpriced call has a reason and no cost, not even zero', () => {
  const { points, span } = describe(RECORD, UNPRICED);
  expect(of(points, 'tokenmeter.cost')).toEqual([]);
  expect(of(points, 'tokenmeter.unpriced')[0]?.attributes['tokenmeter.reason']).toBe(
    'unknown_model',
  );
  expect(span.endAttributes()['tokenmeter.cost.total']).toBeUndefined();
  expect(span.endAttributes()['tokenmeter.unpriced.reason']).toBe('unknown_model');
});

test('a cost that the provider reported is one point of its own class', () => {
  const { points, span } = describe(RECORD, {
    ...PRICED,
    source: 'provider',
    totalPicoUsd: 9e9,
    costUsd: 0.009,
    computedUsd: 0.008,
  });
  expect(span.endAttributes()).toMatchObject({
    'tokenmeter.cost.total': 0.009,
    'tokenmeter.cost.computed': 0.008,
  });
  expect(of(points, 'tokenmeter.cost').map(({ value }) => value)).toEqual([0.009]);
  expect(span.endAttributes()['tokenmeter.cost.input']).toBeUndefined();
});

test('user, tenant and session ids are on spans, never on metrics', () => {
  const { points, span } = describe();
  expect(span.endAttributes()).toMatchObject({ 'user.id': 'u', 'tokenmeter.tenant.id': 't' });
  const keys = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const key of ['user.id', 'tokenmeter.tenant.id', 'session.id', 'gen_ai.response.id']) {
    expect(keys.has(key)).toBe(false);
  }
});

test('fetching a stored response again is no call, and counts no tokens and no money', () => {
  const { points, span } = describe({ ...RECORD, operation: 'fetch_response' });
  expect(span.endAttributes()['tokenmeter.metered']).toBeUndefined();
  for (const name of [
    'tokenmeter.calls',
    'tokenmeter.tokens',
    'tokenmeter.cost',
    'tokenmeter.unpriced',
  ]) {
    expect(of(points, name)).toEqual([]);
  }
});

test.for([
  { outcome: 'ok', errorType: undefined, want: undefined },
  { outcome: 'aborted', errorType: 'AbortError', want: undefined },
  { outcome: 'incomplete', errorType: undefined, want: 'incomplete' },
  { outcome: 'error', errorType: '429', want: '429' },
] as const)('an $outcome call has error type $want', ({ outcome, errorType, want }) => {
  const record = { ...RECORD, outcome, ...(errorType === undefined ? {} : { errorType }) };
  const { span, points } = describe(record);
  expect(span.errorType).toBe(want);
  expect(span.endAttributes()['error.type']).toBe(want);
  expect(of(points, 'gen_ai.client.inference.duration')[0]?.attributes['error.type']).toBe(want);
});

test.for([
  {
    semconv: 'latest',
    names: ['gen_ai.client.inference.duration'],
    not: 'gen_ai.client.token.usage',
  },
  {
    semconv: 'legacy',
    names: ['gen_ai.client.token.usage', 'gen_ai.client.operation.duration'],
    not: 'gen_ai.client.inference.duration',
  },
  {
    semconv: 'both',
    names: ['gen_ai.client.token.usage', 'gen_ai.client.inference.duration'],
    not: 'x',
  },
  { semconv: 'off', names: [], not: 'gen_ai.client.inference.duration' },
] as const)('semconv $semconv', ({ semconv, names, not }) => {
  const { points } = describe(RECORD, PRICED, { ...OPTIONS, semconv });
  const seen = points.map(({ spec }) => spec.name);
  expect(seen).toEqual(expect.arrayContaining([...names]));
  expect(seen).not.toContain(not);
});

test.for([
  { costCompat: 'gen_ai.usage.cost', want: { 'gen_ai.usage.cost': 0.0125 } },
  {
    costCompat: 'otel-draft',
    want: { 'gen_ai.usage.cost.amount': 0.0125, 'gen_ai.usage.cost.source': 'local' },
  },
  {
    costCompat: 'openinference',
    want: { 'llm.cost.total': 0.0125, 'llm.cost.completion': 0.0075 },
  },
] as const)('cost attributes for $costCompat', ({ costCompat, want }) => {
  expect(describe(RECORD, PRICED, { ...OPTIONS, costCompat }).span.endAttributes()).toMatchObject(
    want,
  );
});

const count = fc.option(fc.nat(1_000_000), { nil: undefined });

test('token points sum to the reported tokens, and convention counters to the inclusive totals', () => {
  const counts = fc.record({
    input: count,
    cache_read: count,
    cache_read_audio: count,
    cache_write_5m: count,
    input_audio: count,
    input_image: count,
    output: count,
    reasoning: count,
    output_audio: count,
  });
  fc.assert(
    fc.property(counts, (drawn) => {
      const entries = Object.entries(drawn).filter(([, value]) => value !== undefined);
      const tokens: TokenCounts = Object.fromEntries(entries);
      const total = entries.reduce((all, [, value]) => all + (value ?? 0), 0);
      const { points } = describe({
        ...RECORD,
        usage: { kind: 'reported', tokens, requests: {}, raw: {} },
      });
      expect(sum(points, 'tokenmeter.tokens')).toBe(total);
      const input = sum(points, 'gen_ai.client.inference.usage.input_tokens');
      const output = sum(points, 'gen_ai.client.inference.usage.output_tokens');
      expect(input + output).toBe(total);
    }),
  );
});
