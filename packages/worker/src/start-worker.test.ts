import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageMinute } from '@tokenmeter/anomaly';
import { describe, expect, test } from 'vitest';
import type { IncidentView } from './incident-view.ts';
import { describeMetricSource } from './metric-source.test-kit.ts';
import type { MetricSource, Notice, Notifier } from './ports.ts';
import { startWorker } from './start-worker.ts';
import type { WorkerOptions } from './worker-options.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Friday 2026-10-09 14:00 UTC, after four weeks. */
const FRIDAY = Date.UTC(2026, 9, 9, 14);

function createMemorySource(
  minutes: UsageMinute[],
  now: () => number = () => Number.MAX_SAFE_INTEGER,
): MetricSource & { reads: number } {
  return {
    name: 'memory',
    reads: 0,
    read({ fromEpochMs, toEpochMs }) {
      this.reads += 1;
      const rows = minutes.filter(
        (row) => row.minuteEpochMs >= fromEpochMs && row.minuteEpochMs < toEpochMs,
      );
      return Promise.resolve({ ok: true, minutes: rows, gaps: [], watermarkEpochMs: now() });
    },
  };
}

describeMetricSource('memory', (minutes) =>
  Promise.resolve({
    source: createMemorySource([...minutes]),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
);

/** Four quiet weeks of 5 to 7 calls a minute by day, with the minutes after `FRIDAY` multiplied. */
function fourWeeks(factor: number, costFactor = 1): UsageMinute[] {
  const rows: UsageMinute[] = [];
  for (let at = FRIDAY - 28 * DAY; at < FRIDAY + 60 * MINUTE; at += MINUTE) {
    const isIncident = at >= FRIDAY;
    const wobble = 5 + ((at / MINUTE) % 3);
    const calls = Math.round(wobble * (isIncident ? factor : 1));
    const dear = isIncident ? costFactor : 1;
    rows.push({
      minuteEpochMs: at,
      labels: { service: 'shop', feature: 'smart-reply', provider: 'openai', model: 'gpt-5-mini' },
      calls,
      costUsd: calls * 0.02 * dear,
      inputTokens: calls * 1000,
      cacheReadTokens: 0,
      outputTokens: calls * 300 * dear,
      unpricedCalls: 0,
      cacheHits: 0,
      cacheMisses: 0,
      errors: 0,
      retries: 0,
    });
  }
  return rows;
}

function createMemoryNotifier(name: string, outcome: 'works' | 'hangs' | 'throws' = 'works') {
  const notices: Notice[] = [];
  const notifier: Notifier = {
    name,
    send(notice) {
      if (outcome === 'hangs') return new Promise(() => undefined);
      if (outcome === 'throws') throw new Error('broken');
      notices.push(notice);
      return Promise.resolve({ outcome: 'delivered' });
    },
  };
  return { notifier, notices };
}

function createClock(at: number) {
  const clock = { at, now: () => clock.at };
  return clock;
}

async function start(
  clock: { now: () => number },
  options: Partial<WorkerOptions> & Pick<WorkerOptions, 'source' | 'notifiers'>,
) {
  return startWorker({ clock: clock.now, evaluationSeconds: 3600, ...options });
}

describe('worker', () => {
  test('a tenfold burst is told once within three minutes, and its end once', async () => {
    const clock = createClock(FRIDAY);
    const rows = fourWeeks(10).filter((row) => row.minuteEpochMs < FRIDAY + 10 * MINUTE);
    const { notifier, notices } = createMemoryNotifier('memory');
    const views: (readonly IncidentView[])[] = [];
    await using worker = await start(clock, {
      source: createMemorySource(rows, clock.now),
      notifiers: [notifier],
      timeZone: 'Europe/Berlin',
      pageUrl: 'http://127.0.0.1:4318',
      onIncidents: (incidents) => views.push(incidents),
    });
    await worker.evaluateNow();
    for (let minute = 1; minute <= 50; minute += 1) {
      clock.at = FRIDAY + minute * MINUTE;
      await worker.evaluateNow();
      await worker.flush();
      if (minute === 3) {
        expect(notices.map((notice) => notice.transition)).toEqual(['firing']);
      }
    }
    const kinds = notices.map((notice) => notice.transition);
    expect(kinds.filter((kind) => kind === 'firing')).toHaveLength(1);
    expect(kinds.at(-1)).toBe('resolved');
    const text = notices[0]?.text ?? '';
    expect(text).toContain('shop/smart-reply');
    expect(text).toContain('usual for Friday 1');
    expect(text).toContain('Since: Fri');
    expect(text).toMatch(/Europe\/Berlin \(2026-10-09 1[34]:\d\d UTC\)/);
    expect(views.at(-1)?.[0]).toMatchObject({ state: 'resolved', rule: 'volume' });
  });

  test('a call that costs more is told with the reason', async () => {
    const clock = createClock(FRIDAY);
    const { notifier, notices } = createMemoryNotifier('memory');
    await using worker = await start(clock, {
      source: createMemorySource(fourWeeks(1, 3), clock.now),
      notifiers: [notifier],
    });
    await worker.evaluateNow();
    for (let minute = 1; minute <= 8; minute += 1) {
      clock.at = FRIDAY + minute * MINUTE;
      await worker.evaluateNow();
    }
    await worker.flush();
    expect(notices[0]?.finding.rule).toBe('cost_per_request');
    expect(notices[0]?.text).toContain('output tokens per call');
  });

  // A machine that is busy with something else may break a promise of time once.
  test('a dead channel delays no other', { retry: 2 }, async () => {
    const clock = createClock(FRIDAY);
    const good = createMemoryNotifier('good');
    await using worker = await start(clock, {
      source: createMemorySource(fourWeeks(10), clock.now),
      notifiers: [
        createMemoryNotifier('hanging', 'hangs').notifier,
        createMemoryNotifier('throwing', 'throws').notifier,
        good.notifier,
      ],
    });
    await worker.evaluateNow();
    for (let minute = 1; minute <= 4; minute += 1) {
      clock.at = FRIDAY + minute * MINUTE;
      await worker.evaluateNow();
    }
    await expect.poll(() => good.notices.length).toBeGreaterThan(0);
    const before = performance.now();
    await worker.close();
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('after a restart nothing is told twice and the past is not read again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-worker-'));
    const statePath = join(folder, 'worker.sqlite');
    const clock = createClock(FRIDAY);
    const source = createMemorySource(fourWeeks(10), clock.now);
    const { notifier, notices } = createMemoryNotifier('memory');
    const run = async (fromMinute: number, toMinute: number): Promise<void> => {
      await using worker = await start(clock, { source, notifiers: [notifier], statePath });
      for (let minute = fromMinute; minute <= toMinute; minute += 1) {
        clock.at = FRIDAY + minute * MINUTE;
        await worker.evaluateNow();
        await worker.flush();
      }
    };
    await run(0, 4);
    const readsBefore = source.reads;
    await run(5, 8);
    // The first start reads 112 pieces.
    expect(source.reads - readsBefore).toBeLessThan(40);
    expect(notices.filter((notice) => notice.transition === 'firing')).toHaveLength(1);
    expect(new Set(notices.map((notice) => notice.idempotencyKey)).size).toBe(notices.length);
    await rm(folder, { recursive: true });
  });

  test('history that is imported behind what was read is learned', async () => {
    const clock = createClock(FRIDAY);
    const rows: UsageMinute[] = [];
    const { notifier, notices } = createMemoryNotifier('memory');
    await using worker = await start(clock, {
      source: createMemorySource(rows, clock.now),
      notifiers: [notifier],
    });
    await worker.evaluateNow();
    rows.push(...fourWeeks(10));
    for (let minute = 1; minute <= 4; minute += 1) {
      clock.at = FRIDAY + minute * MINUTE;
      await worker.evaluateNow();
    }
    await worker.flush();
    expect(notices[0]?.finding.rule).toBe('volume');
  });

  test('history that is imported in two parts is learned whole', async () => {
    const clock = createClock(FRIDAY);
    const all = fourWeeks(10);
    const rows = all.slice(0, 10 * 1440);
    const { notifier, notices } = createMemoryNotifier('memory');
    await using worker = await start(clock, {
      source: createMemorySource(rows, clock.now),
      notifiers: [notifier],
    });
    await worker.evaluateNow();
    rows.push(...all.slice(10 * 1440));
    for (let minute = 1; minute <= 4; minute += 1) {
      clock.at = FRIDAY + minute * MINUTE;
      await worker.evaluateNow();
    }
    await worker.flush();
    expect(notices[0]?.finding).toMatchObject({ rule: 'volume', severity: 'critical' });
  });

  test('a source that fails is reported, and evaluation goes on when it is back', async () => {
    const clock = createClock(FRIDAY);
    const warnings: string[] = [];
    const inner = createMemorySource(fourWeeks(1), clock.now);
    let isUp = false;
    const source: MetricSource = {
      name: 'flaky',
      read: (query) =>
        isUp
          ? inner.read(query)
          : Promise.resolve({ ok: false, isRetryable: true, reason: 'store is away' }),
    };
    const logger = { warn: (text: string) => void warnings.push(text) };
    await using worker = await start(clock, { source, notifiers: [], logger });
    expect(await worker.evaluateNow()).toEqual({ ok: false, reason: 'store is away' });
    isUp = true;
    expect(await worker.evaluateNow()).toMatchObject({ ok: true, toEpochMs: FRIDAY });
    expect(warnings).toEqual(['source flaky: store is away']);
  });

  test('missing data is told, ends nothing, and is over when data is back', async () => {
    const clock = createClock(FRIDAY);
    const { notifier, notices } = createMemoryNotifier('memory');
    const inner = createMemorySource(fourWeeks(10), clock.now);
    let isUp = true;
    const source: MetricSource = {
      name: 'flaky',
      read: (query) =>
        isUp
          ? inner.read(query)
          : Promise.resolve({ ok: false, isRetryable: true, reason: 'store is away' }),
    };
    await using worker = await start(clock, { source, notifiers: [notifier] });
    await worker.evaluateNow();
    const run = async (from: number, to: number): Promise<void> => {
      for (let minute = from; minute <= to; minute += 1) {
        clock.at = FRIDAY + minute * MINUTE;
        await worker.evaluateNow();
      }
      await worker.flush();
    };
    await run(1, 4);
    isUp = false;
    await run(5, 25);
    expect(notices.map((one) => `${one.finding.rule} ${one.transition}`)).toEqual([
      'volume firing',
      'pipeline_gap firing',
    ]);
    expect(notices[1]?.title).toContain('no data for');
    isUp = true;
    await run(26, 42);
    expect(notices.map((one) => `${one.finding.rule} ${one.transition}`)).toContain(
      'pipeline_gap resolved',
    );
  });

  test('two channels of one name are refused', async () => {
    const { notifier } = createMemoryNotifier('same');
    const options = { source: createMemorySource([]), notifiers: [notifier, notifier] };
    await expect(startWorker(options)).rejects.toThrow('different names');
  });

  test('a test notice reaches every channel and says what it is', async () => {
    const clock = createClock(FRIDAY);
    const good = createMemoryNotifier('good');
    const notifiers = [good.notifier, createMemoryNotifier('bad', 'throws').notifier];
    await using worker = await start(clock, { source: createMemorySource([]), notifiers });
    expect(await worker.sendTest()).toMatchObject({
      good: { outcome: 'delivered' },
      bad: { outcome: 'retry' },
    });
    expect(good.notices[0]?.title).toContain('TEST');
  });
});
