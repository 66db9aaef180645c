import type { UsageMinute } from '@tokenmeter/anomaly';
import type { ReplayedStep } from './replay.ts';

/** Calls and USD by hour of one feature or of everything; index 0 is the first hour of the replay. */
export interface HourlyUsage {
  readonly calls: number[];
  readonly usd: number[];
}

const HOUR_MS = 3_600_000;
/** More features than a report can show. */
const MOST_FEATURES = 2000;

/** Keeps hourly sums of a replay for its charts. */
export class UsageLog {
  readonly fromEpochMs: number;
  readonly total: HourlyUsage = { calls: [], usd: [] };
  readonly #features = new Map<string, HourlyUsage>();
  readonly #keys = new Map<UsageMinute['labels'], string>();
  #rows = 0;
  #lastEpochMs: number;

  constructor(fromEpochMs: number) {
    this.fromEpochMs = Math.floor(fromEpochMs / HOUR_MS) * HOUR_MS;
    this.#lastEpochMs = fromEpochMs;
  }

  /** Rows that were replayed. */
  get rows(): number {
    return this.#rows;
  }

  /** End of the last step. */
  get toEpochMs(): number {
    return this.#lastEpochMs;
  }

  get seriesCount(): number {
    return this.#keys.size;
  }

  add(step: ReplayedStep): void {
    this.#rows += step.minutes.length;
    this.#lastEpochMs = step.toEpochMs;
    for (const minute of step.minutes) {
      const hour = Math.floor((minute.minuteEpochMs - this.fromEpochMs) / HOUR_MS);
      addHour(this.total, hour, minute);
      const feature = this.#featureOf(minute.labels);
      if (feature !== undefined) addHour(feature, hour, minute);
    }
  }

  /** Usage of the place that an incident names: a feature, or everything. */
  of(labels: Readonly<Partial<UsageMinute['labels']>>): HourlyUsage {
    if (labels.service === undefined) return this.total;
    const { service, environment, feature } = labels;
    return this.#features.get(JSON.stringify([service, environment, feature])) ?? this.total;
  }

  #featureOf(labels: UsageMinute['labels']): HourlyUsage | undefined {
    let key = this.#keys.get(labels);
    if (key === undefined) {
      const { service, environment, feature } = labels;
      key = JSON.stringify([service, environment, feature]);
      this.#keys.set(labels, key);
    }
    const known = this.#features.get(key);
    if (known !== undefined || this.#features.size >= MOST_FEATURES) return known;
    const created = { calls: [], usd: [] };
    this.#features.set(key, created);
    return created;
  }
}

function addHour(usage: HourlyUsage, hour: number, minute: UsageMinute): void {
  usage.calls[hour] = (usage.calls[hour] ?? 0) + minute.calls;
  usage.usd[hour] = (usage.usd[hour] ?? 0) + minute.costUsd;
}

/** Means of at most `points` stretches of equal length; holes count as 0. */
export function averageOver(values: readonly number[], points: number): number[] {
  const count = Math.min(points, values.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / count));
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += values[at] ?? 0;
    return sum / (to - from);
  });
}
