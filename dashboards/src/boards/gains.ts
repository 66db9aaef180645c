import type { Naming } from '../naming.ts';
import { deltaPerHour, deltaPerMinute, type RecordedCounter } from '../rules/recorded.ts';

/** Where a board reads what counters gained. */
export type BoardSource = 'recorded' | 'raw';

/** One question to a counter. */
interface GainQuery {
  readonly counter: RecordedCounter;
  /** Window: a duration or a variable of Grafana. */
  readonly window: string;
  /** Matchers in PromQL. */
  readonly matchers?: string;
  /** What to keep apart, as in a grouping; everything is summed without it. */
  readonly by?: string;
  /** Shift into the past, such as `1w`. */
  readonly offset?: string;
}

/** Writes the expression of what a counter gained. */
export type Gains = (query: GainQuery) => string;

/**
 * `recorded` sums the series of the recording rules, which are exact. `raw` asks `increase()` of the counters themselves,
 * for stores without our rules: first values of every new series are lost and the rest is extrapolated, which was wrong by
 * 0.1 to 9 % in measurements.
 */
export function createGains(source: BoardSource, naming: Naming): Gains {
  return ({ counter, window, matchers = '', by, offset }) => {
    const shift = offset === undefined ? '' : ` offset ${offset}`;
    const grouping = by === undefined ? '' : ` by (${by})`;
    if (source === 'raw') {
      return `sum${grouping} (increase(${naming.select(counter.spec, matchers)}[${window}]${shift}))`;
    }
    const name = isLong(window) ? deltaPerHour(counter) : deltaPerMinute(counter);
    return `sum${grouping} (sum_over_time(${name}{${matchers}}[${window}]${shift}))`;
  };
}

/** Days of minutes are slow to sum; hours say the same. */
function isLong(window: string): boolean {
  return /^\d+[dw]$/.test(window);
}
