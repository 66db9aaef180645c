import type { UsageMinute } from '@tokenmeter/anomaly';
import type { ReplayedStep } from './replay.ts';

/** Calls and USD by hour of one feature, one service or of everything; index 0 is the first hour of the replay. */
export interface HourlyUsage {
  readonly calls: number[];
  readonly usd: number[];
}

const HOUR_MS = 3_600_000;
/** More features and services than a report can show. */
const MOST_PLACES = 2000;

/** Keeps hourly sums of a replay for its charts. */
export class UsageLog {
  readonly fromEpochMs: number;
  readonly total: HourlyUsage = { calls: [], usd: [] };
  readonly #places = new Map<string, HourlyUsage>();
  readonly #series = new Map<UsageMinute['labels'], readonly HourlyUsage[]>();
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
    return this.#series.size;
  }

  add(step: ReplayedStep): void {
    this.#rows += step.minutes.length;
    this.#lastEpochMs = step.toEpochMs;
    for (const minute of step.minutes) {
      const hour = Math.floor((minute.minuteEpochMs - this.fromEpochMs) / HOUR_MS);
      addHour(this.total, hour, minute);
      for (const place of this.#placesOf(minute.labels)) addHour(place, hour, minute);
    }
  }

  /** Usage of the place that an incident names: a feature, a service, or everything. */
  of(labels: Readonly<Partial<UsageMinute['labels']>>): HourlyUsage {
    if (labels.service === undefined) return this.total;
    const { service, environment, feature } = labels;
    return this.#places.get(placeKey(service, environment, feature)) ?? this.total;
  }

  /** The service and the feature of a series. */
  #placesOf(labels: UsageMinute['labels']): readonly HourlyUsage[] {
    const known = this.#series.get(labels);
    if (known !== undefined) return known;
    const { service, environment, feature } = labels;
    const keys = [placeKey(service, environment), placeKey(service, environment, feature)];
    const places = keys.flatMap((key) => this.#place(key) ?? []);
    this.#series.set(labels, places);
    return places;
  }

  #place(key: string): HourlyUsage | undefined {
    const known = this.#places.get(key);
    if (known !== undefined || this.#places.size >= MOST_PLACES) return known;
    const created = { calls: [], usd: [] };
    this.#places.set(key, created);
    return created;
  }
}

function placeKey(service: string, environment?: string, feature?: string): string {
  return JSON.stringify([service, environment, feature]);
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
