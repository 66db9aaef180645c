import type { Attributes } from '@opentelemetry/api';
import type { CallRecord, TokenCounts } from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import type { MetricSpec } from '@tokenmeter/semconv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeCall } from './describe-call.ts';
import { createLabelSets } from './label-sets.ts';
import type { DescribeOptions } from './options.ts';
import { collectAttributes } from './put-attribute.ts';

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

interface Point {
  readonly spec: MetricSpec;
  readonly value: number;
  readonly attributes: Attributes;
}

interface Described {
  readonly errorType: string | undefined;
  readonly end: Attributes;
  readonly points: readonly Point[];
}

/** The attributes of the span's end, none of which may come twice, and the measurements in their order. */
function describe(
  record: CallRecord = RECORD,
  priced: PricedCall = PRICED,
  options: DescribeOptions = OPTIONS,
): Described {
  const attribution = { userId: 'u', tenantId: 't' };
  const { span, measure } = describeCall(record, priced, { attribution, options });
  const points: Point[] = [];
  measure((spec, value, attributes) => points.push({ spec, value, attributes }));
  const names: string[] = [];
  span.putEndAttributes((name, value) => {
    if (value !== undefined) names.push(name);
  });
  expect(names).toEqual([...new Set(names)]);
  return { errorType: span.errorType, end: collectAttributes(span.putEndAttributes), points };
}

test.for([
  { note: 'good', more: {} },
  { note: 'failed', more: { outcome: 'error', errorType: 'E', usage: { kind: 'missing' } } },
  { note: 'cut', more: { outcome: 'incomplete', usage: { kind: 'missing' } } },
  { note: 'without usage', more: { usage: { kind: 'missing' } } },
] as const)('two $note calls that are alike measure with the same objects', ({ more }) => {
  const attribution = {};
  const labelSets = createLabelSets();
  const options = { ...OPTIONS, semconv: 'both' } as const;
  const seen = [1, 2].map(() => {
    const attributes: Attributes[] = [];
    const { measure } = describeCall({ ...RECORD, ...more }, UNPRICED, {
      attribution,
      options,
      labelSets,
    });
    measure((_spec, _value, given) => attributes.push(given));
    return attributes;
  });
  const [first = [], second] = seen;
  expect(first.map((given, index) => given === second?.[index])).toEqual(first.map(() => true));
});

const of = (points: readonly Point[], name: string): readonly Point[] =>
  points.filter(({ spec }) => spec.name === name);
const sum = (points: readonly Point[], name: string): number =>
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
  const { points, end } = describe(RECORD, UNPRICED);
  expect(of(points, 'tokenmeter.cost')).toEqual([]);
  expect(of(points, 'tokenmeter.unpriced')[0]?.attributes['tokenmeter.reason']).toBe(
    'unknown_model',
  );
  expect(end['tokenmeter.cost.total']).toBeUndefined();
  expect(end['tokenmeter.unpriced.reason']).toBe('unknown_model');
});

test('a cost that the provider reported is one point of its own class', () => {
  const { points, end } = describe(RECORD, {
    ...PRICED,
    source: 'provider',
    totalPicoUsd: 9e9,
    costUsd: 0.009,
    computedUsd: 0.008,
  });
  expect(end).toMatchObject({
    'tokenmeter.cost.total': 0.009,
    'tokenmeter.cost.computed': 0.008,
  });
  expect(of(points, 'tokenmeter.cost').map(({ value }) => value)).toEqual([0.009]);
  expect(end['tokenmeter.cost.input']).toBeUndefined();
});

test('user, tenant and session ids are on spans, never on metrics', () => {
  const { points, end } = describe();
  expect(end).toMatchObject({ 'user.id': 'u', 'tokenmeter.tenant.id': 't' });
  const keys = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const key of ['user.id', 'tokenmeter.tenant.id', 'session.id', 'gen_ai.response.id']) {
    expect(keys.has(key)).toBe(false);
  }
});

test('fetching a stored response again is no call, and counts no tokens and no money', () => {
  const { points, end } = describe({ ...RECORD, operation: 'fetch_response' });
  expect(end['tokenmeter.metered']).toBeUndefined();
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
  const { errorType: told, end, points } = describe(record);
  expect(told).toBe(want);
  expect(end['error.type']).toBe(want);
  expect(of(points, 'gen_ai.client.inference.duration')[0]?.attributes['error.type']).toBe(want);
});

test.for([
  { note: 'cut', more: { outcome: 'incomplete' }, want: ['error'] },
  {
    note: 'that failed in the middle',
    more: { outcome: 'error', errorType: 'E' },
    want: ['error'],
  },
  { note: 'that was refused', more: { outcome: 'error', statusCode: 429 }, want: undefined },
  {
    note: 'that never arrived',
    more: { outcome: 'error', statusCode: undefined },
    want: undefined,
  },
  { note: 'that was stopped', more: { outcome: 'aborted' }, want: undefined },
  {
    note: 'cut after its reason',
    more: { outcome: 'incomplete', finishReasons: ['stop'] },
    want: ['stop'],
  },
  {
    note: 'cut, of an embedding',
    more: { outcome: 'incomplete', operation: 'embeddings' },
    want: undefined,
  },
] as const)('the finish reason of an answer $note is $want', ({ more, want }) => {
  const { statusCode, ...rest } = { ...RECORD, ...more };
  const record = { ...rest, ...(statusCode === undefined ? {} : { statusCode }) };
  expect(describe(record).end['gen_ai.response.finish_reasons']).toEqual(want);
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
  const { end } = describe(RECORD, PRICED, { ...OPTIONS, costCompat });
  expect(end).toMatchObject(want);
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
