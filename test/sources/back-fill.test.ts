import { expect, test } from 'vitest';
import { createPromqlSource } from '../../packages/worker/src/sources/promql-source.ts';
import { findComponent } from '../support/components.ts';
import { importLines } from '../support/import-samples.ts';
import { type Store, startVictoriaMetrics } from './start-store.ts';

const victoria = findComponent('victoriametrics');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEKS = 6;
const SERIES = 12;

/** A repeatable source of numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface RawCounter {
  readonly timestamps: number[];
  readonly values: number[];
  readonly truth: number;
}

/** Six weeks of one counter each 30 to 90 s, with births, silences up to a day, and restarts that show in its values. */
function createCounter(endEpochMs: number, random: () => number): RawCounter {
  const timestamps: number[] = [];
  const values: number[] = [];
  let truth = 0;
  let value = 0;
  const bornMs = random() < 0.4 ? random() * WEEKS * 6 * 24 * HOUR_MS : 0;
  let at = endEpochMs - WEEKS * 7 * 24 * HOUR_MS + bornMs;
  while (at < endEpochMs) {
    const amount = random() < 0.3 ? 0 : random() * 5;
    // After a restart the counter begins below where it was, as its first sample shows.
    if (value > 10 && random() < 0.0005) value = 0;
    value += amount;
    truth += amount;
    timestamps.push(Math.round(at));
    values.push(value);
    at += 30_000 + random() * 60_000;
    if (random() < 0.0004) at += random() * 24 * HOUR_MS;
  }
  return { timestamps, values, truth };
}

async function fill(store: Store, counters: readonly RawCounter[]): Promise<void> {
  const lines = counters.map(({ timestamps, values }, index) =>
    JSON.stringify({
      metric: {
        __name__: 'tokenmeter_cost_USD_total',
        service_name: 'shop',
        instance: `process-${index}`,
        tokenmeter_feature: `feature-${index % 3}`,
        tokenmeter_cost_class: 'input',
      },
      timestamps,
      values,
    }),
  );
  await importLines(store.url, lines);
}

test.skipIf(!victoria.isThere)(
  'six weeks are read back to the last cent, six hours at a time',
  { timeout: 240_000 },
  async () => {
    const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const random = createRandom(6);
    const counters = Array.from({ length: SERIES }, () => createCounter(end, random));
    await using store = await startVictoriaMetrics(victoria.isThere ? victoria.path : '');
    await fill(store, counters);
    using source = createPromqlSource({ name: 'store', url: store.url });
    const signal = new AbortController().signal;
    let usd = 0;
    for (let from = end - (WEEKS * 7 * 24 + 6) * HOUR_MS; from < end; from += 6 * HOUR_MS) {
      const toEpochMs = Math.min(end, from + 6 * HOUR_MS);
      const read = await source.read({ fromEpochMs: from, toEpochMs, signal });
      if (!read.ok) throw new Error(read.reason);
      for (const minute of read.minutes) usd += minute.costUsd;
    }
    const truth = counters.reduce((sum, counter) => sum + counter.truth, 0);
    expect(Math.abs(usd / truth - 1)).toBeLessThan(1e-9);
  },
);
