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
