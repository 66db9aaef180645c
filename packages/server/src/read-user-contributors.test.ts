import { expect, test } from 'vitest';
import { CALL, hexId, type TestSpan, tracesJson } from './otlp.test-kit.ts';
import { startTestServer } from './server.test-kit.ts';

const NOW = Date.now();
const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

interface Calls {
  readonly user: string;
  readonly count: number;
  readonly costUsd: number;
  readonly agoMs?: number;
  readonly feature?: string;
}

/** Spans of some calls of users. */
function spansOf(all: readonly Calls[]): TestSpan[] {
  return all.flatMap(({ user, count, costUsd, agoMs = 0, feature = 'search' }, part) =>
    Array.from({ length: count }, (_, index) => ({
      spanId: hexId(16, 1000 * part + index + 1),
      startEpochMs: NOW - agoMs - 60_000 - index * 1000,
      attributes: {
        ...CALL,
        'tokenmeter.feature': feature,
        'user.id': user,
        'tokenmeter.metered': true,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 10,
        'tokenmeter.cost.total': costUsd,
      },
    })),
  );
}

test.for([
  {
    note: 'users by what they cost more than a week before',
    calls: [
      { user: 'ann', count: 9, costUsd: 0.25 },
      { user: 'ann', count: 1, costUsd: 0.25, agoMs: WEEK_MS },
      { user: 'bob', count: 8, costUsd: 0.25 },
      { user: 'bob', count: 6, costUsd: 0.25, agoMs: WEEK_MS },
      { user: 'cat', count: 3, costUsd: 0.25, agoMs: WEEK_MS },
      { user: 'eve', count: 20, costUsd: 1, feature: 'chat' },
    ],
    // Two dollars and a half.
    want: [
      { dimension: 'user', name: 'ann', share: 0.8 },
      { dimension: 'user', name: 'bob', share: 0.2 },
    ],
  },
  {
    note: 'users by calls where nothing has a price',
    calls: [
      { user: 'ann', count: 3, costUsd: 0 },
      { user: 'bob', count: 1, costUsd: 0 },
    ],
    want: [
      { dimension: 'user', name: 'ann', share: 0.75 },
      { dimension: 'user', name: 'bob', share: 0.25 },
    ],
  },
  { note: 'one user says nothing', calls: [{ user: 'ann', count: 3, costUsd: 1 }], want: [] },
  { note: 'no calls say nothing', calls: [], want: [] },
])('$note', async ({ calls, want }) => {
  await using kit = await startTestServer();
  if (calls.length > 0) await kit.post('/v1/traces', tracesJson(spansOf(calls)));
  const { signal } = new AbortController();
  const query = {
    labels: { feature: 'search' },
    fromEpochMs: NOW - HOUR_MS,
    toEpochMs: NOW,
    signal,
  };
  expect(await kit.server.metricSource.readUserContributors?.(query)).toEqual(want);
});
