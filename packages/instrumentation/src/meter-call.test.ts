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
  { note: 'an unknown model', call: { requestModel: 'no-such' }, reason: 'unknown_model' },
])('$note has no price, and never a zero', async ({ call, reason }) => {
  using telemetry = startTelemetry();
  const { tokens, ...rest } = { ...CALL, ...call };
  const priced = meterCall({ ...rest, ...(tokens === undefined ? {} : { tokens }) });
  expect(priced).toMatchObject({ kind: 'unpriced', reason });
  expect(await telemetry.points('tokenmeter.cost')).toEqual([]);
  expect(await telemetry.total('tokenmeter.unpriced', { 'tokenmeter.reason': reason })).toBe(1);
});

test('without anything that meters, nothing happens', () => {
  expect(meterCall(CALL)).toBeUndefined();
});
