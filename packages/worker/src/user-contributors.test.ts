import type { Contributor, Finding } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import type { MetricSource, UserQuery } from './ports.ts';
import { UserContributors } from './user-contributors.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);

const finding: Finding = {
  rule: 'volume',
  severity: 'warning',
  labels: { service: 'shop', feature: 'chat' },
  epochMs: NOW,
  quantity: 'calls',
  observed: 60,
  expected: { low: 5, mid: 10, high: 20, basis: 'usual for Friday 14:00, 4 weeks' },
  windowMinutes: 60,
  score: 8,
  usdPerHour: 3,
  sinceEpochMs: NOW - 30 * MINUTE,
  decomposition: { volume: 3 },
  contributors: [{ dimension: 'model', name: 'gpt-5', share: 0.7 }],
  evidenceCalls: 60,
};
const judgement = { epochMs: NOW, findings: [finding], unknownRules: new Set<string>() };
const { signal } = new AbortController();

function createSource(
  answer: (query: UserQuery) => Promise<readonly Contributor[]>,
): MetricSource & { readonly asked: UserQuery[] } {
  const asked: UserQuery[] = [];
  return {
    name: 'calls',
    asked,
    read: () => Promise.resolve({ ok: false, isRetryable: false, reason: 'not asked' }),
    readUserContributors(query) {
      asked.push(query);
      return answer(query);
    },
  };
}

const USERS: readonly Contributor[] = [
  { dimension: 'user', name: 'u-7', share: 0.9 },
  { dimension: 'user', name: 'u-2', share: 0.06 },
  { dimension: 'user', name: 'u-3', share: 0.01 },
];

test('the users who contribute most are named, from the onset on, and asked for once in ten minutes', async () => {
  const source = createSource(() => Promise.resolve(USERS));
  const users = new UserContributors(source);
  const { findings } = await users.add(judgement, signal);
  expect(findings[0]?.contributors).toEqual([
    { dimension: 'user', name: 'u-7', share: 0.9 },
    { dimension: 'model', name: 'gpt-5', share: 0.7 },
    { dimension: 'user', name: 'u-2', share: 0.06 },
  ]);
  for (let minute = 1; minute <= 10; minute += 1) {
    const later = await users.add({ ...judgement, epochMs: NOW + minute * MINUTE }, signal);
    expect(later.findings[0]?.contributors).toHaveLength(3);
  }
  expect(source.asked.map(({ fromEpochMs, toEpochMs }) => [fromEpochMs, toEpochMs])).toEqual([
    [NOW - 30 * MINUTE, NOW],
    [NOW - 30 * MINUTE, NOW + 10 * MINUTE],
  ]);
  expect(source.asked[0]?.labels).toEqual(finding.labels);
});

test.for([
  { note: 'a source that fails', answer: () => Promise.reject(new Error('gone')) },
  { note: 'a source that knows one user', answer: () => Promise.resolve([]) },
])('$note adds nobody', async ({ answer }) => {
  const users = new UserContributors(createSource(answer));
  expect(await users.add(judgement, signal)).toEqual(judgement);
});

// A machine that is busy with something else may break a promise of time once.
test('a source that never answers holds nobody up', { retry: 2 }, async () => {
  const users = new UserContributors(createSource(() => new Promise(() => undefined)));
  const started = performance.now();
  expect(await users.add(judgement, signal)).toEqual(judgement);
  expect(performance.now() - started).toBeLessThan(7000);
});
