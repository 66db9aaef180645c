import type { SeriesLabels, UsageMinute, UserUsage } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import { UserLog } from './user-log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 9, 9, 14);
const CHAT: SeriesLabels = { service: 'shop', feature: 'chat', provider: 'openai', model: 'm' };
const SEARCH: SeriesLabels = { ...CHAT, feature: 'search' };

function minute(
  minuteEpochMs: number,
  byUser: Readonly<Record<string, UserUsage>>,
  labels: SeriesLabels = CHAT,
): UsageMinute {
  const none = { inputTokens: 0, cacheReadTokens: 0, outputTokens: 0, unpricedCalls: 0 };
  const all = Object.values(byUser);
  return {
    minuteEpochMs,
    labels,
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    costUsd: all.reduce((sum, { costUsd }) => sum + costUsd, 0),
    ...none,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
    byUser,
  };
}

const query = {
  labels: { service: 'shop', feature: 'chat' },
  fromEpochMs: NOW - HOUR,
  toEpochMs: NOW,
};

test.for([
  {
    note: 'who costs more than a week before is named by the share of it',
    minutes: [
      minute(NOW - 7 * DAY - HOUR, {
        ann: { calls: 10, costUsd: 1 },
        bob: { calls: 10, costUsd: 1 },
      }),
      minute(NOW - HOUR, { ann: { calls: 40, costUsd: 4 }, bob: { calls: 20, costUsd: 2 } }),
    ],
    want: [
      { dimension: 'user', name: 'ann', share: 0.75 },
      { dimension: 'user', name: 'bob', share: 0.25 },
    ],
  },
  {
    note: 'who has less is none of it',
    minutes: [
      minute(NOW - 7 * DAY - HOUR, { bob: { calls: 30, costUsd: 3 } }),
      minute(NOW - HOUR, { ann: { calls: 40, costUsd: 4 }, bob: { calls: 20, costUsd: 2 } }),
    ],
    want: [{ dimension: 'user', name: 'ann', share: 1 }],
  },
  {
    note: 'calls decide where nothing costs more',
    minutes: [minute(NOW - HOUR, { ann: { calls: 3, costUsd: 0 }, bob: { calls: 1, costUsd: 0 } })],
    want: [
      { dimension: 'user', name: 'ann', share: 0.75 },
      { dimension: 'user', name: 'bob', share: 0.25 },
    ],
  },
  {
    note: 'a single user says nothing',
    minutes: [minute(NOW - HOUR, { ann: { calls: 3, costUsd: 1 } })],
    want: [],
  },
  {
    note: 'other features and other times do not count',
    minutes: [
      minute(NOW - 3 * HOUR, { ann: { calls: 90, costUsd: 9 }, bob: { calls: 1, costUsd: 1 } }),
      minute(NOW - HOUR, { ann: { calls: 9, costUsd: 9 }, bob: { calls: 1, costUsd: 1 } }, SEARCH),
    ],
    want: [],
  },
  {
    note: 'a name may be any text',
    minutes: [
      minute(NOW - HOUR, {
        ...Object.fromEntries([['__proto__', { calls: 1, costUsd: 1 }]]),
        constructor: { calls: 1, costUsd: 3 },
      }),
    ],
    want: [
      { dimension: 'user', name: 'constructor', share: 0.75 },
      { dimension: 'user', name: '__proto__', share: 0.25 },
    ],
  },
])('$note', ({ minutes, want }) => {
  const log = new UserLog();
  log.add(minutes);
  expect(log.contributors(query)).toEqual(want);
});

test('what is read again counts once, and nine days are kept', () => {
  const log = new UserLog();
  const rows = [
    minute(NOW - HOUR, { ann: { calls: 3, costUsd: 3 }, bob: { calls: 1, costUsd: 1 } }),
  ];
  log.add(rows);
  log.forgetFrom(NOW - HOUR);
  log.add(rows);
  const told = log.contributors(query).map(({ share }) => share);
  expect(told).toEqual([0.75, 0.25]);
  log.add([minute(NOW + 9 * DAY, { ann: { calls: 1, costUsd: 1 } })]);
  expect(log.contributors(query)).toEqual([]);
});
