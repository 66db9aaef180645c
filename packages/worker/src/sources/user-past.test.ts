import type { SeriesLabels, UsageMinute } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import { UserLog } from '../user-log.ts';
import { UserPast } from './user-past.ts';

const HOUR = 3_600_000;
/** A whole hour; the worker began 20 minutes later. */
const NOW = Date.UTC(2026, 9, 9, 14);
const BEGIN = NOW + HOUR / 3;
const LABELS: SeriesLabels = {
  service: 'shop',
  feature: 'chat',
  provider: 'openai',
  model: 'gpt-5-mini',
};

function minuteOf(minuteEpochMs: number, byUser: Readonly<Record<string, number>>): UsageMinute {
  const calls = Object.values(byUser).reduce((sum, one) => sum + one, 0);
  const users = Object.entries(byUser).map(([name, own]) => [name, { calls: own, costUsd: 0 }]);
  return {
    minuteEpochMs,
    labels: LABELS,
    calls,
    costUsd: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    outputTokens: 0,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
    byUser: Object.fromEntries(users),
  };
}

/** A log that began late, and a store in which ann has been busy for two hours and bob always. */
function makeKit(fail = (): boolean => false) {
  const asked: string[] = [];
  const log = new UserLog();
  const past = new UserPast(log, async ({ fromEpochMs, toEpochMs }) => {
    asked.push(`${(fromEpochMs - NOW) / HOUR} to ${((toEpochMs - NOW) / HOUR).toFixed(2)}`);
    if (fail()) throw new Error('the store is away');
    const rows: UsageMinute[] = [];
    for (let at = fromEpochMs; at < toEpochMs; at += 60_000) {
      rows.push(minuteOf(at, at >= NOW - 2 * HOUR ? { ann: 3, bob: 1 } : { ann: 1, bob: 1 }));
    }
    return rows;
  });
  return { asked, log, past };
}

const question = { fromEpochMs: NOW - 2 * HOUR, toEpochMs: BEGIN + 60_000, labels: LABELS };
const EXPECTED = [{ dimension: 'user', name: 'ann', share: 1 }];

test('what was before the log began is read once, with the same hours a week before', async () => {
  const { asked, log, past } = makeKit();
  past.begin(BEGIN);
  log.add([minuteOf(BEGIN, { ann: 3, bob: 1 })]);
  await Promise.all([past.fill(question), past.fill(question)]);
  await past.fill(question);
  expect(asked).toEqual(['-2 to 0.33', '-170 to -167.00']);
  expect(log.contributors(question)).toEqual(EXPECTED);
});

test('a store that fails is asked again, and what was read is not added twice', async () => {
  let isAway = true;
  const { asked, log, past } = makeKit(() => isAway);
  past.begin(BEGIN);
  log.add([minuteOf(BEGIN, { ann: 3, bob: 1 })]);
  await past.fill(question);
  isAway = false;
  await past.fill(question);
  expect(asked).toEqual(['-2 to 0.33', '-2 to 0.33', '-170 to -167.00']);
  expect(log.contributors(question)).toEqual(EXPECTED);
});

test('nothing is read where nobody is named, and of a long incident a day at most', async () => {
  const { asked, log, past } = makeKit();
  past.begin(BEGIN);
  await past.fill(question);
  expect(asked).toEqual([]);
  log.add([minuteOf(BEGIN, { ann: 3, bob: 1 })]);
  await past.fill({ fromEpochMs: NOW - 72 * HOUR, toEpochMs: BEGIN });
  expect(asked).toEqual(['-23 to 0.33', '-191 to -167.00']);
});
