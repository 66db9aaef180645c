import type { UsageMinute } from '@tokenmeter/anomaly';
import { describe, expect, test } from 'vitest';
import type { MetricSource } from './ports.ts';

/** A source under test that holds given minutes, complete up to its watermark. */
interface SourceUnderTest extends AsyncDisposable {
  readonly source: MetricSource;
}

/** Creates a source that holds exactly these minutes. */
export type CreateSource = (minutes: readonly UsageMinute[]) => Promise<SourceUnderTest>;

const MINUTE_MS = 60_000;
/** Ten days ago, on an hour: old enough to be complete in any source. */
const START_MS = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 10 * 86_400_000;

function row(index: number, feature: string, calls: number): UsageMinute {
  return {
    minuteEpochMs: START_MS + index * MINUTE_MS,
    labels: { service: 'shop', feature, provider: 'openai', model: 'gpt-5-mini' },
    calls,
    costUsd: calls * 0.25,
    inputTokens: calls * 100,
    cacheReadTokens: calls * 10,
    outputTokens: calls * 20,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

function total(
  minutes: readonly UsageMinute[],
  field: 'calls' | 'costUsd' | 'outputTokens',
): number {
  return minutes.reduce((sum, minute) => sum + minute[field], 0);
}

/** What every source must do. */
export function describeMetricSource(name: string, create: CreateSource): void {
  describe(`${name} as a metric source`, () => {
    const minutes = [row(0, 'chat', 3), row(1, 'chat', 5), row(1, 'search', 2), row(4, 'chat', 7)];
    const query = (from: number, to: number, signal = new AbortController().signal) => ({
      fromEpochMs: START_MS + from * MINUTE_MS,
      toEpochMs: START_MS + to * MINUTE_MS,
      signal,
    });

    test('answers the half-open range of minutes', async () => {
      await using one = await create(minutes);
      const read = await one.source.read(query(1, 4));
      if (!read.ok) throw new Error(read.reason);
      expect(read.minutes.every((minute) => minute.minuteEpochMs === START_MS + MINUTE_MS)).toBe(
        true,
      );
      expect([total(read.minutes, 'calls'), total(read.minutes, 'costUsd')]).toEqual([7, 1.75]);
    });

    test('reading in pieces gives the same as reading at once', async () => {
      await using one = await create(minutes);
      const whole = await one.source.read(query(0, 6));
      const pieces = await Promise.all(
        [query(0, 1), query(1, 2), query(2, 6)].map((part) => one.source.read(part)),
      );
      const parts = pieces.flatMap((piece) => (piece.ok ? piece.minutes : []));
      if (!whole.ok) throw new Error(whole.reason);
      expect(parts).toEqual(whole.minutes);
      expect(total(parts, 'outputTokens')).toBe(17 * 20);
    });

    test('one row per series and minute, at the start of a minute', async () => {
      await using one = await create(minutes);
      const read = await one.source.read(query(0, 6));
      if (!read.ok) throw new Error(read.reason);
      const keys = read.minutes.map((minute) =>
        JSON.stringify([minute.minuteEpochMs, minute.labels]),
      );
      expect(new Set(keys).size).toBe(keys.length);
      expect(read.minutes.filter((minute) => minute.minuteEpochMs % MINUTE_MS !== 0)).toEqual([]);
    });

    test('an empty range has no minutes', async () => {
      await using one = await create(minutes);
      const read = await one.source.read(query(2, 4));
      expect(read).toMatchObject({ ok: true, minutes: [] });
    });

    test('an aborted read ends soon and does not throw', async () => {
      await using one = await create(minutes);
      const read = await one.source.read(query(0, 6, AbortSignal.abort()));
      expect(typeof read.ok).toBe('boolean');
    });
  });
}
