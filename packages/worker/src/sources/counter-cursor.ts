import type { RawSeries } from './decode-matrix.ts';

/** The latest known sample of a raw series. */
interface LastSample {
  readonly epochMs: number;
  readonly value: number;
}

/** An increase of a counter, in the bucket whose end is the first multiple of its length at or after the sample. */
export interface CounterIncrease {
  readonly bucketStartEpochMs: number;
  readonly amount: number;
}

/** Identity of a raw series: its metric and all of its labels, whatever their order. */
export function rawSeriesKey(metric: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return `${metric}\n${names.map((name) => `${name}=${labels[name]}`).join('\n')}`;
}

/**
 * Takes exact increases from the samples of cumulative counters, series by series.
 *
 * A sample adds the difference to the one before it; after a fall the counter began anew and counts in full, and so does
 * the first sample of a series that was never seen. Samples at or before the latest known one add nothing: it has counted
 * them (docs: method measured against Prometheus 3.15 and VictoriaMetrics 1.150, 2026-11-21).
 */
export class CounterCursor {
  readonly #last = new Map<string, LastSample>();

  /** Series that are known. */
  get size(): number {
    return this.#last.size;
  }

  has(key: string): boolean {
    return this.#last.has(key);
  }

  /** Time of the latest known sample; undefined for a series that is not known. */
  lastEpochMs(key: string): number | undefined {
    return this.#last.get(key)?.epochMs;
  }

  /** Starts a series at a value that counts nothing. */
  seed(key: string, sample: LastSample): void {
    this.#last.set(key, sample);
  }

  /**
   * Takes the samples of one series, in the order of time. Increases go to their bucket, or to `openEpochMs` where that
   * one is closed already.
   */
  take(
    key: string,
    series: Pick<RawSeries, 'times' | 'values'>,
    bucket: { readonly lengthMs: number; readonly openEpochMs: number },
  ): CounterIncrease[] {
    const increases: CounterIncrease[] = [];
    let last = this.#last.get(key);
    series.times.forEach((epochMs, index) => {
      const value = series.values[index];
      if (value === undefined || (last !== undefined && epochMs <= last.epochMs)) return;
      const isNew = last === undefined || value < last.value;
      const amount = isNew ? value : value - (last?.value ?? 0);
      last = { epochMs, value };
      if (amount === 0) return;
      const start = (Math.ceil(epochMs / bucket.lengthMs) - 1) * bucket.lengthMs;
      increases.push({ bucketStartEpochMs: Math.max(start, bucket.openEpochMs), amount });
    });
    if (last !== undefined) this.#last.set(key, last);
    return increases;
  }

  /** Forgets series without a sample since an instant. */
  forgetBefore(epochMs: number): void {
    for (const [key, last] of this.#last) {
      if (last.epochMs < epochMs) this.#last.delete(key);
    }
  }
}
