import type { UsageMinute } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import type { MetricSource, Notice, Notifier } from './ports.ts';
import { startWorker } from './start-worker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Friday 2026-10-09 14:00 UTC, after four weeks. */
const FRIDAY = Date.UTC(2026, 9, 9, 14);

/** Four steady weeks and a day, with ten times the calls in a stretch. */
function usage(from: number, to: number): UsageMinute[] {
  const rows: UsageMinute[] = [];
  for (let at = FRIDAY - 28 * DAY; at < FRIDAY + DAY; at += 5 * MINUTE) {
    const calls = (30 + ((at / MINUTE) % 7)) * (at >= from && at < to ? 10 : 1);
    rows.push({
      minuteEpochMs: at,
      labels: { service: 'shop', feature: 'chat', provider: 'openai', model: 'gpt-5-mini' },
      calls,
      costUsd: calls * 0.02,
      inputTokens: calls * 1000,
      cacheReadTokens: 0,
      outputTokens: calls * 300,
      unpricedCalls: 0,
      cacheHits: 0,
      cacheMisses: 0,
      errors: 0,
      retries: 0,
    });
  }
  return rows;
}

function sourceOf(rows: readonly UsageMinute[], now: () => number): MetricSource {
  return {
    name: 'memory',
    isFinal: true,
    read: ({ fromEpochMs, toEpochMs }) =>
      Promise.resolve({
        ok: true,
        minutes: rows.filter(
          (row) => row.minuteEpochMs >= fromEpochMs && row.minuteEpochMs < toEpochMs,
        ),
        gaps: [],
        watermarkEpochMs: now(),
      }),
  };
}

function collect(): { readonly notifier: Notifier; readonly notices: Notice[] } {
  const notices: Notice[] = [];
  const notifier: Notifier = {
    name: 'memory',
    send(notice) {
      notices.push(notice);
      return Promise.resolve({ outcome: 'delivered' });
    },
  };
  return { notifier, notices };
}

test('what began and ended while the worker was away is learned and not told', async () => {
  const clock = { at: FRIDAY };
  const rows = usage(FRIDAY + HOUR, FRIDAY + 3 * HOUR);
  const { notifier, notices } = collect();
  await using worker = await startWorker({
    source: sourceOf(rows, () => clock.at),
    notifiers: [notifier],
    clock: () => clock.at,
    evaluationSeconds: 3600,
  });
  await worker.evaluateNow();
  clock.at = FRIDAY + 14 * HOUR;
  await worker.evaluateNow();
  await worker.flush();
  expect(notices.map((notice) => notice.title)).toEqual([]);
});

test('what still goes on after a pause is told once', async () => {
  const clock = { at: FRIDAY };
  const rows = usage(FRIDAY + HOUR, FRIDAY + DAY);
  const { notifier, notices } = collect();
  await using worker = await startWorker({
    source: sourceOf(rows, () => clock.at),
    notifiers: [notifier],
    clock: () => clock.at,
    evaluationSeconds: 3600,
  });
  await worker.evaluateNow();
  for (const minute of [0, 1, 2, 3]) {
    clock.at = FRIDAY + 5 * HOUR + minute * MINUTE;
    await worker.evaluateNow();
  }
  await worker.flush();
  const firing = notices.filter((notice) => notice.transition === 'firing');
  expect(firing.map((notice) => notice.finding.rule)).toEqual(['volume']);
});

test('a clock that jumps back is followed, and nothing is told twice', async () => {
  const clock = { at: FRIDAY };
  const { notifier, notices } = collect();
  await using worker = await startWorker({
    source: sourceOf(usage(0, 0), () => clock.at),
    notifiers: [notifier],
    clock: () => clock.at,
    evaluationSeconds: 3600,
  });
  await worker.evaluateNow();
  clock.at = FRIDAY - 3 * HOUR;
  const back = await worker.evaluateNow();
  expect(back).toMatchObject({ ok: true, toEpochMs: FRIDAY - 3 * HOUR });
  clock.at = FRIDAY + 10 * MINUTE;
  expect(await worker.evaluateNow()).toMatchObject({ toEpochMs: FRIDAY + 10 * MINUTE });
  await worker.flush();
  expect(notices).toEqual([]);
});

test('after a clock was a day ahead what goes wrong is told at once', async () => {
  const clock = { at: FRIDAY };
  const real = { at: FRIDAY };
  const warnings: string[] = [];
  const { notifier, notices } = collect();
  await using worker = await startWorker({
    source: sourceOf(usage(FRIDAY, FRIDAY + DAY), () => real.at),
    notifiers: [notifier],
    clock: () => clock.at,
    evaluationSeconds: 3600,
    logger: { warn: (text) => void warnings.push(text) },
  });
  await worker.evaluateNow();
  clock.at = FRIDAY + 26 * HOUR;
  real.at = clock.at;
  await worker.evaluateNow();
  for (const minute of [10, 11, 12]) {
    clock.at = FRIDAY + minute * MINUTE;
    real.at = clock.at;
    await worker.evaluateNow();
  }
  await worker.flush();
  const told = notices.filter(({ transition }) => transition === 'firing');
  expect(told.map(({ finding }) => [finding.rule, finding.epochMs])).toContainEqual([
    'volume',
    FRIDAY + 10 * MINUTE,
  ]);
  expect(warnings).toEqual(['the clock went back by 1550 min: learning again']);
});

test('a worker whose source never answers holds up no other', async () => {
  const clock = { at: FRIDAY };
  const stuck: MetricSource = { name: 'stuck', read: () => new Promise(() => undefined) };
  const { notifier } = collect();
  const shared = { notifiers: [notifier], clock: () => clock.at, evaluationSeconds: 3600 };
  await using slow = await startWorker({ ...shared, source: stuck, shard: 'stuck' });
  await using quick = await startWorker({
    ...shared,
    source: sourceOf(usage(0, 0), () => clock.at),
    shard: 'quick',
  });
  expect(await quick.evaluateNow()).toMatchObject({ ok: true, toEpochMs: FRIDAY });
  expect(slow.stats().evaluations).toBe(0);
});

test('rows that cannot be used are left out, counted and told by no alert', async () => {
  const rows = usage(0, 0);
  const spoiled = rows.flatMap((row, index) => {
    if (index % 1000 === 7) return [{ ...row, calls: Number.NaN }];
    if (index % 1000 === 8) return [{ ...row, costUsd: -1 }];
    return index % 1000 === 9 ? [row, { ...row, calls: row.calls - 1 }] : [row];
  });
  const { notifier, notices } = collect();
  const clock = (): number => FRIDAY;
  await using worker = await startWorker({
    source: sourceOf(spoiled, clock),
    notifiers: [notifier],
    clock,
    evaluationSeconds: 3600,
  });
  await worker.evaluateNow();
  await worker.flush();
  // 28 days of 288 rows are 8,064: numbers 7, 1007, … 8007 are nine.
  expect(worker.stats().refused).toEqual({ invalid: 18, late: 0, early: 0, repeated: 9 });
  expect(notices).toEqual([]);
});
