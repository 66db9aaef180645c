import { expect, test } from 'vitest';
import { describeRawSeries } from './describe-raw-series.ts';
import { UsageMinutes } from './usage-minutes.ts';

test('what the priced calls of a prompt version cost stands beside the sum of all calls', () => {
  const minutes = new UsageMinutes();
  const names = { service_name: 'shop', tokenmeter_feature: 'chat', gen_ai_response_model: 'm' };
  const v2 = describeRawSeries({ ...names, gen_ai_prompt_version: 'v2' });
  const plain = describeRawSeries(names);
  minutes.add('calls', v2, 60_000, 5);
  minutes.add('unpriced', v2, 60_000, 2);
  minutes.add('cost', { ...v2, costClass: 'input' }, 60_000, 0.5);
  minutes.add('cost', { ...v2, costClass: 'output' }, 60_000, 0.25);
  minutes.add('calls', plain, 60_000, 3);
  minutes.add('calls', plain, 120_000, 1);
  expect(minutes.list().map(({ calls, byPromptVersion }) => ({ calls, byPromptVersion }))).toEqual([
    { calls: 8, byPromptVersion: { v2: { pricedCalls: 3, costUsd: 0.75 } } },
    { calls: 1, byPromptVersion: undefined },
  ]);
});

test.for([
  { note: 'user.id', labels: { 'user.id': 'ann' } },
  { note: 'user_id', labels: { user_id: 'ann', enduser_id: 'bob' } },
  { note: 'enduser_id', labels: { enduser_id: 'ann' } },
  { note: 'user', labels: { user: 'ann' } },
])('a user under $note is told apart from others', ({ labels }) => {
  const minutes = new UsageMinutes();
  const names = { service_name: 'shop', tokenmeter_feature: 'chat', gen_ai_response_model: 'm' };
  const ann = describeRawSeries({ ...names, ...labels });
  minutes.add('calls', ann, 60_000, 5);
  minutes.add('cost', { ...ann, costClass: 'input' }, 60_000, 0.5);
  minutes.add('tokens', { ...ann, tokenClass: 'input' }, 60_000, 100);
  minutes.add('calls', { ...describeRawSeries(names), user: '__proto__' }, 60_000, 2);
  minutes.add('calls', describeRawSeries(names), 60_000, 3);
  const [minute] = minutes.list();
  expect(minute?.calls).toBe(10);
  expect(Object.entries(minute?.byUser ?? {})).toEqual([
    ['ann', { calls: 5, costUsd: 0.5 }],
    ['__proto__', { calls: 2, costUsd: 0 }],
  ]);
});

test('a prompt version may have any name', () => {
  const minutes = new UsageMinutes();
  const odd = { ...describeRawSeries({}), promptVersion: '__proto__' };
  minutes.add('calls', odd, 60_000, 5);
  expect(Object.entries(minutes.list()[0]?.byPromptVersion ?? {})).toEqual([
    ['__proto__', { pricedCalls: 5, costUsd: 0 }],
  ]);
  expect(Object.hasOwn(Object.prototype, 'pricedCalls')).toBe(false);
});
