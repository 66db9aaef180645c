import type { BudgetRule, UsageMinute } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import type { MetricSource, Notice, Notifier } from './ports.ts';
import { startWorker } from './start-worker.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 1);
/** The last day of a month of 31. */
const NOON = Date.UTC(2026, 9, 31, 12);

/** 1 USD at 11:00 of every day of the month. */
const ROWS = Array.from(
  { length: 31 },
  (_, day): UsageMinute => ({
    minuteEpochMs: START + day * DAY + 11 * 3_600_000,
    labels: { service: 'shop', feature: 'chat', provider: 'openai', model: 'gpt-5-mini' },
    calls: 100,
    costUsd: 1,
    inputTokens: 1000,
    cacheReadTokens: 0,
    outputTokens: 300,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  }),
);

const SOURCE: MetricSource = {
  name: 'memory',
  isFinal: true,
  read: ({ fromEpochMs, toEpochMs }) =>
    Promise.resolve({
      ok: true,
      minutes: ROWS.filter(
        (row) => row.minuteEpochMs >= fromEpochMs && row.minuteEpochMs < toEpochMs,
      ),
      gaps: [],
      watermarkEpochMs: NOON,
    }),
};

const BUDGET: BudgetRule = {
  name: 'budget',
  limitUsd: 30,
  period: 'month',
  periodOf: () => ({ startEpochMs: START, endEpochMs: START + 31 * DAY }),
  labels: {},
  infoShare: 0.5,
  warningShare: 0.8,
};

test.for([{ lookbackDays: 28 }, { lookbackDays: 2 }])(
  'a budget knows its whole period, though only $lookbackDays days are learned else',
  async ({ lookbackDays }) => {
    const notices: Notice[] = [];
    const notifier: Notifier = {
      name: 'memory',
      send(notice) {
        notices.push(notice);
        return Promise.resolve({ outcome: 'delivered' });
      },
    };
    await using worker = await startWorker({
      source: SOURCE,
      notifiers: [notifier],
      rules: [BUDGET],
      lookbackDays,
      clock: () => NOON,
      evaluationSeconds: 3600,
    });
    await worker.evaluateNow();
    await worker.flush();
    expect(notices.map(({ severity, finding }) => [severity, finding.observed])).toEqual([
      ['critical', 31],
    ]);
  },
);
