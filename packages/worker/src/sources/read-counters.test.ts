import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterCursor } from './counter-cursor.ts';
import { decodeMatrix } from './decode-matrix.ts';
import { describeRawSeries, measureOf } from './describe-raw-series.ts';
import { parseSources } from './parse-source-settings.ts';
import { planPieces } from './plan-pieces.ts';
import { UsageMinutes } from './usage-minutes.ts';

const MINUTE = 60_000;

test.for([
  { note: 'a word', value: [{ url: 'nowhere' }], path: [0, 'url'] },
  { note: 'a path of the API', value: [{ url: 'http://x/api/v1' }], path: [0, 'url'] },
  { note: 'another scheme', value: [{ url: 'ftp://x' }], path: [0, 'url'] },
  { note: 'a user in the URL', value: [{ url: 'http://u:p@x' }], path: [0, 'url'] },
  { note: 'an unknown key', value: [{ url: 'http://x', lag: 3 }], path: [0] },
  { note: 'two of a name', value: [{ url: 'http://x' }, { url: 'http://x' }], path: [1, 'name'] },
  {
    note: 'two ways to sign in',
    value: [
      {
        url: 'http://x',
        bearerToken: { env: 'A' },
        basic: { username: 'u', password: { env: 'B' } },
      },
    ],
    path: [0, 'basic'],
  },
])('settings with $note are refused with the place', ({ value, path }) => {
  const parsed = parseSources(value);
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toEqual([path]);
});

test.for([
  'tokenmeter_cost_USD_total',
  'tokenmeter_cost_total',
  'tokenmeter_cost',
  'tokenmeter.cost_USD_total',
  'tokenmeter.cost',
])('%s is the cost', (name) => {
  expect(measureOf(name)).toBe('cost');
});

test.for([
  { name: 'tokenmeter.self.recognised', want: 'recognised' },
  { name: 'tokenmeter_self_metered_total', want: 'metered' },
])('$name is of the instrumentation', ({ name, want }) => {
  expect(measureOf(name)).toBe(want);
});

test.for([
  'tokenmeter_call_cost_USD_sum',
  'tokenmeter_cost_created',
  'tokenmeter_self_cost_total',
  'cost',
])('%s is no counter of ours', (name) => {
  expect(measureOf(name)).toBeUndefined();
});

test('dotted and underscored labels mean the same', () => {
  const dotted = {
    'service.name': 'shop',
    'tokenmeter.feature': 'chat',
    'tokenmeter.team': 'web',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
    'deployment.environment.name': 'prod',
    'tokenmeter.cache': 'hit',
  };
  const underscored = Object.fromEntries(
    Object.entries(dotted).map(([name, value]) => [name.replaceAll('.', '_'), value]),
  );
  expect(describeRawSeries(underscored)).toEqual(describeRawSeries(dotted));
  expect(describeRawSeries({ job: 'shop' }).labels.service).toBe('shop');
});

test('a matrix keeps what is a count, and of what is none the time', () => {
  const decoded = decodeMatrix(
    '{"status":"success","data":{"result":[{"metric":{"a":"b","__name__":"x"},"values":[[1.5,"2"],[2,"NaN"],[3,"+Inf"],[4,"-1"],["5","6"],7]}]}}',
  );
  expect(decoded).toEqual({
    ok: true,
    data: [{ labels: { a: 'b' }, times: [1500], values: [2], refusedTimes: [2000, 3000, 4000] }],
  });
});

test('decoding never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      decodeMatrix(text);
    }),
  );
});

test('however a counter is read in pieces, the increases sum to the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 5 }),
      (values, cuts) => {
        const times = values.map((_, index) => (index + 1) * 20_000);
        const bucket = { lengthMs: MINUTE, openEpochMs: 0 };
        const sum = (list: readonly { readonly amount: number }[]): number =>
          list.reduce((total, one) => total + one.amount, 0);
        const whole = new CounterCursor().take('a', { times, values }, bucket);
        const cursor = new CounterCursor();
        const bounds = [
          0,
          ...cuts.filter((cut) => cut < values.length).sort((a, b) => a - b),
          values.length,
        ];
        const pieces = bounds.slice(1).map((to, index) => {
          // Each piece repeats two samples of the one before, as windows that overlap do.
          const from = Math.max(0, (bounds[index] ?? 0) - 2);
          return cursor.take(
            'a',
            { times: times.slice(from, to), values: values.slice(from, to) },
            bucket,
          );
        });
        expect(sum(pieces.flat())).toBe(sum(whole));
      },
    ),
  );
});

test.for([
  { note: 'an hour', from: 0, to: 60, want: [[0, 60, 'raw']] },
  { note: 'six hours', from: 0, to: 360, want: [[0, 360, 'coarse']] },
  {
    note: 'odd ends',
    from: 3,
    to: 362,
    want: [
      [3, 5, 'raw'],
      [5, 360, 'coarse'],
      [360, 362, 'raw'],
    ],
  },
])('$note is read in pieces', ({ from, to, want }) => {
  const pieces = planPieces(from * MINUTE, to * MINUTE);
  expect(pieces.map((one) => [one.fromEpochMs / MINUTE, one.toEpochMs / MINUTE, one.kind])).toEqual(
    want,
  );
});

test('minutes of usage and of the instrumentation are kept apart', () => {
  const minutes = new UsageMinutes();
  const usage = describeRawSeries({ job: 'shop', tokenmeter_feature: 'chat' });
  const own = describeRawSeries({ job: 'shop' });
  minutes.add('calls', usage, MINUTE, 3);
  minutes.add('recognised', own, MINUTE, 5);
  minutes.add('metered', own, MINUTE, 4);
  minutes.add('recognised', own, 0, 1);
  expect(minutes.list().map(({ minuteEpochMs, calls }) => [minuteEpochMs, calls])).toEqual([
    [MINUTE, 3],
  ]);
  expect(minutes.coverage()).toEqual([
    { minuteEpochMs: 0, service: 'shop', recognised: 1, metered: 0 },
    { minuteEpochMs: MINUTE, service: 'shop', recognised: 5, metered: 4 },
  ]);
});
