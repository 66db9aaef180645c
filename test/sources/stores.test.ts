import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { UsageMinute } from '../../packages/anomaly/src/usage-minute.ts';
import { createPromqlSource } from '../../packages/worker/src/sources/promql-source.ts';
import { findComponent } from '../support/components.ts';
import { type Store, startPrometheus, startThanos, startVictoriaMetrics } from './start-store.ts';
import { createTruth, type Truth } from './truth.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;
const prometheus = findComponent('prometheus');
const victoria = findComponent('victoriametrics');
const thanos = findComponent('thanos');

/** The end of a run: far enough in the past to be settled. */
const endOfRun = (): number => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS;

async function pushAll(store: Store, truth: Truth, killAt = Number.POSITIVE_INFINITY) {
  let sent = 0;
  for (const push of truth.pushes) {
    if (sent === Math.floor(truth.pushes.length * killAt)) await store.killOne();
    await store.push(push.body);
    sent += 1;
  }
}

/** Reads minute by minute, or in steps of some minutes, as a worker would have. */
async function readAll(store: Store, endEpochMs: number, stepMinutes: number) {
  const clock = { at: endEpochMs };
  using source = createPromqlSource({
    name: 'store',
    url: store.url,
    lagSeconds: 120,
    clock: () => clock.at,
  });
  const minutes: UsageMinute[] = [];
  const first = endEpochMs - 96 * MINUTE_MS;
  const last = endEpochMs + 2 * MINUTE_MS;
  let from = first;
  while (from < last) {
    const to = Math.min(last, from + stepMinutes * MINUTE_MS);
    clock.at = to + 130_000;
    const read = await source.read({ fromEpochMs: from, toEpochMs: to, signal });
    if (!read.ok) throw new Error(read.reason);
    minutes.push(...read.minutes);
    from = Math.max(from, Math.min(to, read.watermarkEpochMs));
    if (from < to) break;
  }
  return minutes;
}

function totalsOf(minutes: readonly UsageMinute[]) {
  const sum = (of: (minute: UsageMinute) => number): number =>
    minutes.reduce((total, minute) => total + of(minute), 0);
  return {
    calls: sum((minute) => minute.calls),
    usd: sum((minute) => minute.costUsd),
    tokens: sum((minute) => minute.outputTokens),
  };
}

function expectTotals(minutes: readonly UsageMinute[], truth: Truth): void {
  const totals = totalsOf(minutes);
  for (const name of ['calls', 'usd', 'tokens'] as const) {
    const error = Math.abs(totals[name] / truth.totals[name] - 1);
    expect({ name, error: error <= 1e-9 ? 'at most 1e-9' : error }).toEqual({
      name,
      error: 'at most 1e-9',
    });
  }
}

/** Minutes whose calls differ from the truth. */
function wrongMinutes(minutes: readonly UsageMinute[], truth: Truth): string[] {
  const found = new Map<string, number>();
  for (const minute of minutes) {
    const key = `${minute.labels.feature} ${minute.minuteEpochMs}`;
    found.set(key, (found.get(key) ?? 0) + minute.calls);
  }
  return [...new Set([...found.keys(), ...truth.calls.keys()])].filter(
    (key) => Math.abs((found.get(key) ?? 0) - (truth.calls.get(key) ?? 0)) > 1e-6,
  );
}

/** Waits until a store shows the last samples. */
async function settle(store: Store, endEpochMs: number, truth: Truth): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const minutes = await readAll(store, endEpochMs, 60);
    if (Math.abs(totalsOf(minutes).calls - truth.totals.calls) < 1e-6) return;
    await sleep(500);
  }
}

describe.skipIf(!prometheus.isThere)('Prometheus', () => {
  const path = prometheus.isThere ? prometheus.path : '';

  test.for([{ strategy: 'UnderscoreEscapingWithSuffixes' }, { strategy: 'NoTranslation' }])(
    'every minute is exact with $strategy',
    { timeout: 240_000 },
    async ({ strategy }) => {
      const end = endOfRun();
      const truth = createTruth(end, 1);
      await using store = await startPrometheus(path, strategy);
      await pushAll(store, truth);
      const minutes = await readAll(store, end, 1);
      expectTotals(minutes, truth);
      expect(wrongMinutes(minutes, truth)).toEqual([]);
      expect(minutes[0]?.labels).toMatchObject({
        service: 'shop',
        environment: 'test',
        provider: 'openai',
        model: 'gpt-5-mini-2025-08-07',
      });
    },
  );

  test('late and repeated pushes are counted once while they arrive', {
    timeout: 240_000,
  }, async () => {
    const end = endOfRun();
    const truth = createTruth(end, 2);
    await using store = await startPrometheus(path, 'UnderscoreEscapingWithSuffixes');
    const clock = { at: 0 };
    using source = createPromqlSource({
      name: 'live',
      url: store.url,
      lagSeconds: 120,
      clock: () => clock.at,
    });
    const minutes: UsageMinute[] = [];
    let next = 0;
    for (let at = end - 91 * MINUTE_MS; at <= end + 5 * MINUTE_MS; at += MINUTE_MS) {
      for (; (truth.pushes[next]?.arrivesEpochMs ?? Number.POSITIVE_INFINITY) <= at; next += 1) {
        await store.push(truth.pushes[next]?.body ?? new Uint8Array());
      }
      clock.at = at + 10_000;
      const to = at - 2 * MINUTE_MS;
      const read = await source.read({ fromEpochMs: to - MINUTE_MS, toEpochMs: to, signal });
      if (!read.ok) throw new Error(read.reason);
      minutes.push(...read.minutes);
    }
    expectTotals(minutes, truth);
    expect(wrongMinutes(minutes, truth)).toEqual([]);
  });

  test('a long stretch is exact in total, with its restarts', { timeout: 240_000 }, async () => {
    const end = endOfRun();
    const truth = createTruth(end, 3);
    await using store = await startPrometheus(path, 'UnderscoreEscapingWithSuffixes');
    await pushAll(store, truth);
    expectTotals(await readAll(store, end, 98), truth);
  });
});

describe.skipIf(!victoria.isThere)('VictoriaMetrics', () => {
  test('every minute is exact, and long stretches in total', { timeout: 400_000 }, async () => {
    const end = endOfRun();
    const truth = createTruth(end, 4);
    await using store = await startVictoriaMetrics(victoria.isThere ? victoria.path : '');
    await pushAll(store, truth);
    await settle(store, end, truth);
    const minutes = await readAll(store, end, 1);
    expectTotals(minutes, truth);
    expect(wrongMinutes(minutes, truth)).toEqual([]);
    expectTotals(await readAll(store, end, 98), truth);
  });
});

describe.skipIf(!thanos.isThere)('Thanos', () => {
  test('every minute is exact although one of three receivers dies in the middle', {
    timeout: 400_000,
  }, async () => {
    const end = endOfRun();
    const truth = createTruth(end, 5);
    await using store = await startThanos(thanos.isThere ? thanos.path : '');
    await pushAll(store, truth, 0.5);
    await settle(store, end, truth);
    const minutes = await readAll(store, end, 1);
    expectTotals(minutes, truth);
    expect(wrongMinutes(minutes, truth)).toEqual([]);
  });
});
