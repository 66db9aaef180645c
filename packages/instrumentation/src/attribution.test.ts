import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { ambientAttribution } from './ambient-attribution.ts';
import { currentAttribution, withAttribution } from './attribution.ts';

const later = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1);
  });

test('attribution reaches code behind await without any context manager', async () => {
  const seen = await withAttribution({ feature: 'search', userId: 'u' }, async () => {
    await later();
    return currentAttribution();
  });
  expect(seen).toEqual({ feature: 'search', userId: 'u' });
  expect(currentAttribution()).toEqual({});
});

test('inner fields win, outer ones stay, undefined is no value', () => {
  const seen = withAttribution({ feature: 'a', team: 'x' }, () =>
    withAttribution({ feature: 'b', ...JSON.parse('{"team":null}') }, currentAttribution),
  );
  expect(seen).toEqual({ feature: 'b', team: 'x' });
});

test('results and errors pass through unchanged', () => {
  const value = {};
  expect(withAttribution({}, () => value)).toBe(value);
  const error = new Error('own');
  expect(() =>
    withAttribution({}, () => {
      throw error;
    }),
  ).toThrow(error);
});

test.for([
  ['null', null],
  ['nothing', undefined],
  ['a number', 7],
  ['a list', [1, 2]],
  ['an empty text', { feature: '' }],
  ['fields that are no texts', { feature: 42, team: {}, userId: 7n }],
  [
    'a field that throws',
    {
      get feature() {
        throw new Error('own');
      },
    },
  ],
] as const)('an attribution that is %s changes nothing, and the code runs', ([, attribution]) => {
  const run = (): unknown =>
    Reflect.apply(withAttribution, undefined, [attribution, currentAttribution]);
  expect(withAttribution({ feature: 'outer' }, run)).toEqual({ feature: 'outer' });
});

test('parallel branches do not see each other', async () => {
  const run = (feature: string): Promise<string | undefined> =>
    withAttribution({ feature }, async () => {
      await later();
      return currentAttribution().feature;
    });
  expect(await Promise.all(['a', 'b', 'c'].map(run))).toEqual(['a', 'b', 'c']);
});

const RPC_KEY = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

test.for<{ note: string; from: Context; want: string | undefined }>([
  { note: 'no server span', from: ROOT_CONTEXT, want: undefined },
  {
    note: 'route in the RPC metadata',
    from: ROOT_CONTEXT.setValue(RPC_KEY, { type: 'http', route: '/a/:id' }),
    want: '/a/:id',
  },
  {
    note: 'route on the server span',
    from: ROOT_CONTEXT.setValue(RPC_KEY, { span: { attributes: { 'http.route': '/b' } } }),
    want: '/b',
  },
  { note: 'an empty route', from: ROOT_CONTEXT.setValue(RPC_KEY, { route: '' }), want: undefined },
])('http.route is taken from the active server span: $note', ({ from, want }) => {
  expect(ambientAttribution(from).route).toBe(want);
  expect(withAttribution({ route: '/own' }, () => ambientAttribution(from).route)).toBe('/own');
  expect(context.active()).toBe(ROOT_CONTEXT);
});
