import { DEFAULT_RULES, type UsageMinute } from '@tokenmeter/anomaly';
import { createHourOfWeek, type MetricSource } from '@tokenmeter/worker';
import { expect, test } from 'vitest';
import { IncidentLog, summarizeRules } from './incident-log.ts';
import { renderTransitionLine } from './render-transition-line.ts';
import { type ReplayedTransition, replay } from './replay.ts';
import type { ReplayFeed } from './replay-feed.ts';
import { createSourceFeed } from './source-feed.ts';

const STEP = 300_000;
const HOUR = 3_600_000;
/** Friday 2026-10-09 14:00 UTC, after four weeks. */
const FRIDAY = Date.UTC(2026, 9, 9, 14);
const FROM = FRIDAY - 28 * 24 * HOUR;
const TO = FRIDAY + 3 * HOUR;
const labels = { service: 'shop', feature: 'chat', provider: 'openai', model: 'gpt-5-mini' };

function rowAt(at: number, factor: number): UsageMinute {
  const calls = Math.round((40 + ((at / STEP) % 7)) * factor);
  return {
    minuteEpochMs: at,
    labels,
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
  };
}

const rows = Array.from({ length: (TO - FROM) / STEP }, (_, index) => {
  const at = FROM + index * STEP;
  return rowAt(at, at >= FRIDAY && at < FRIDAY + HOUR ? 6 : 1);
});

function createFeed(gaps: readonly { fromEpochMs: number; toEpochMs: number }[] = []): ReplayFeed {
  let next = 0;
  return {
    fromEpochMs: FROM,
    toEpochMs: TO,
    next(until) {
      const first = next;
      while ((rows[next]?.minuteEpochMs ?? until) < until) next += 1;
      return Promise.resolve({ minutes: rows.slice(first, next), gaps });
    },
  };
}

async function run(feed: ReplayFeed) {
  const log = new IncidentLog();
  const changes: ReplayedTransition[] = [];
  await replay({
    feed,
    rules: DEFAULT_RULES,
    hourOfWeek: createHourOfWeek('UTC'),
    stepMs: STEP,
    signal: new AbortController().signal,
    onTransition(change) {
      changes.push(change);
      log.note(change);
    },
    onStep: (step) => log.add(step),
  });
  return { changes, log };
}

test('a burst is told soon after it begins, with its cost, and its end', async () => {
  const { changes, log } = await run(createFeed());
  const volume = changes.filter(({ incident }) => incident.finding.rule === 'volume');
  expect(volume.at(0)?.kind).toBe('firing');
  expect(volume.at(-1)?.kind).toBe('resolved');
  const [first] = log.list();
  expect(first?.finding.rule).toBe('volume');
  expect((first?.firedEpochMs ?? 0) - FRIDAY).toBeLessThanOrEqual(2 * STEP);
  // Five times the usual 43 calls every five minutes for an hour, at two cents.
  expect(first?.extraUsd).toBeGreaterThan(0.97 * 5 * 43 * 12 * 0.02);
  expect(first?.extraUsd).toBeLessThan(1.03 * 5 * 43 * 12 * 0.02);
  const [summary] = summarizeRules(['volume'], log.list(), 4);
  expect(summary).toMatchObject({ rule: 'volume', incidents: 1, criticals: 1, perWeek: 0.25 });
});

test('a line has the keys that are promised in their order, and then what explains it', async () => {
  const { changes } = await run(createFeed());
  const lines = changes.map((change) => JSON.parse(renderTransitionLine(change)));
  expect(Object.keys(lines[0])).toEqual([
    'rule',
    'severity',
    'state',
    'at',
    'labels',
    'observed',
    'expected',
    'usd_per_hour',
    'decomposition',
    'incident',
    'since',
    'basis',
    'score',
    'contributors',
  ]);
  expect(Object.keys(lines[0].expected)).toEqual(['low', 'mid', 'high']);
  expect(lines[0]).toMatchObject({ state: 'firing', labels: { service: 'shop', feature: 'chat' } });
});

test('what is declared unknown is not told', async () => {
  const { changes } = await run(
    createFeed([{ fromEpochMs: FRIDAY - HOUR, toEpochMs: FRIDAY + 2 * HOUR }]),
  );
  const during = changes.filter(
    ({ atEpochMs }) => atEpochMs > FRIDAY - HOUR && atEpochMs <= FRIDAY + 2 * HOUR,
  );
  expect(during).toEqual([]);
});

test('a source tells that data was missing and that calls were not metered', async () => {
  const lostFrom = FRIDAY + 2 * HOUR;
  const gap = { fromEpochMs: FRIDAY - 5 * HOUR, toEpochMs: FRIDAY - 4 * HOUR };
  const source: MetricSource = {
    name: 'holes',
    read: ({ fromEpochMs, toEpochMs }) =>
      Promise.resolve({
        ok: true,
        minutes: rows.filter(
          ({ minuteEpochMs: at }) =>
            at >= fromEpochMs && at < toEpochMs && !(at >= gap.fromEpochMs && at < gap.toEpochMs),
        ),
        gaps: [gap],
        coverage: Array.from({ length: (toEpochMs - fromEpochMs) / STEP }, (_, index) => {
          const minuteEpochMs = fromEpochMs + index * STEP;
          const metered = minuteEpochMs >= lostFrom ? 20 : 40;
          return { minuteEpochMs, service: 'shop', recognised: 40, metered };
        }),
        watermarkEpochMs: toEpochMs,
      }),
  };
  const range = { fromEpochMs: FROM, toEpochMs: TO, stepMs: STEP };
  const { changes } = await run(createSourceFeed(source, range, new AbortController().signal));
  const told = changes
    .map(({ kind, atEpochMs, incident: { severity, finding } }) => [
      finding.rule,
      kind,
      severity,
      (atEpochMs - FRIDAY) / 60_000,
    ])
    .filter(([rule]) => rule === 'pipeline_gap' || rule === 'coverage');
  expect(told.slice(0, 2)).toEqual([
    ['pipeline_gap', 'firing', 'warning', -295],
    ['pipeline_gap', 'escalated', 'critical', -270],
  ]);
  const kinds = told.slice(2).map(([rule, kind]) => [rule, kind]);
  expect(kinds.slice(0, 3)).toEqual([
    ['pipeline_gap', 'updated'],
    ['pipeline_gap', 'resolved'],
    ['coverage', 'firing'],
  ]);
  expect(told[4]?.slice(2)).toEqual(['warning', 125]);
});

test('a source that is read in pieces gives what a feed of all rows gives', async () => {
  const source: MetricSource = {
    name: 'pieces',
    read: ({ fromEpochMs, toEpochMs }) =>
      Promise.resolve({
        ok: true,
        minutes: rows.filter(
          (row) => row.minuteEpochMs >= fromEpochMs && row.minuteEpochMs < toEpochMs,
        ),
        gaps: [],
        watermarkEpochMs: toEpochMs,
      }),
  };
  const { signal } = new AbortController();
  const range = { fromEpochMs: FROM, toEpochMs: TO, stepMs: STEP };
  const [whole, pieces] = [
    await run(createFeed()),
    await run(createSourceFeed(source, range, signal)),
  ];
  expect(pieces.changes.map(renderTransitionLine)).toEqual(whole.changes.map(renderTransitionLine));
});

test('a source that fails ends the replay with its reason', async () => {
  const source: MetricSource = {
    name: 'gone',
    read: () => Promise.resolve({ ok: false, isRetryable: true, reason: 'store is away' }),
  };
  const feed = createSourceFeed(
    source,
    { fromEpochMs: FROM, toEpochMs: TO, stepMs: STEP },
    new AbortController().signal,
  );
  await expect(run(feed)).rejects.toThrow('source gone: store is away');
});
