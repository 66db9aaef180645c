import type { Contributor, SeriesLabels, UsageMinute } from '@tokenmeter/anomaly';
import type { UserQuery } from './ports.ts';

const BUCKET_MS = 5 * 60_000;
const WEEK_MS = 7 * 86_400_000;
const KEPT_MS = 9 * 86_400_000;
/** About 100 bytes each. */
const MOST_ENTRIES = 500_000;
const MOST_TOLD = 10;

/** What one user had in five minutes. */
interface Amount {
  calls: number;
  usd: number;
}

/** Users by bucket of five minutes. */
type Buckets = Map<number, Map<string, Amount>>;

/** Remembers for nine days what users had, of sources whose minutes name them, to say who an excess comes from. */
export class UserLog {
  /** By the object of labels, of which a source has one for each series. */
  readonly #series = new Map<SeriesLabels, Buckets>();
  #entries = 0;
  #keptMs = KEPT_MS;
  #newest = 0;

  /** Adds minutes that were not added before. */
  add(minutes: readonly UsageMinute[]): void {
    let isLater = false;
    for (const minute of minutes) {
      if (minute.byUser === undefined) continue;
      const bucket = Math.floor(minute.minuteEpochMs / BUCKET_MS);
      if (bucket > this.#newest) {
        this.#newest = bucket;
        isLater = true;
      }
      this.#addMinute(minute.labels, bucket, minute.byUser);
    }
    if (isLater) this.#forget();
  }

  /** True once any minute named a user. */
  get knowsUsers(): boolean {
    return this.#entries > 0;
  }

  /** Forgets what lies at or after an instant: it is read again. */
  forgetFrom(epochMs: number): void {
    const first = Math.ceil(epochMs / BUCKET_MS);
    if (first > this.#newest) return;
    for (const [labels, buckets] of this.#series) {
      for (const bucket of buckets.keys()) {
        if (bucket >= first) this.#drop(labels, bucket);
      }
    }
  }

  /**
   * Users by their share in what is more than a week before, in USD, or in calls where nothing costs more; largest first.
   * Empty where fewer than two users are known.
   */
  contributors(query: Pick<UserQuery, 'labels' | 'fromEpochMs' | 'toEpochMs'>): Contributor[] {
    const { fromEpochMs, toEpochMs } = query;
    const excess = new Map<string, Amount>();
    this.#sum(excess, query, 1);
    const before = {
      ...query,
      fromEpochMs: fromEpochMs - WEEK_MS,
      toEpochMs: Math.min(toEpochMs - WEEK_MS, fromEpochMs),
    };
    this.#sum(excess, before, -1);
    if (excess.size < 2) return [];
    const isPriced = [...excess.values()].some(({ usd }) => usd > 0);
    const shares = [...excess].map(([name, amount]) => ({
      name,
      value: Math.max(0, isPriced ? amount.usd : amount.calls),
    }));
    const all = shares.reduce((sum, { value }) => sum + value, 0);
    return shares
      .filter(({ value }) => value > 0)
      .map(({ name, value }) => ({ dimension: 'user' as const, name, share: value / all }))
      .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
      .slice(0, MOST_TOLD);
  }

  #addMinute(
    labels: SeriesLabels,
    bucket: number,
    byUser: NonNullable<UsageMinute['byUser']>,
  ): void {
    const buckets: Buckets = this.#series.get(labels) ?? new Map();
    this.#series.set(labels, buckets);
    const users = buckets.get(bucket) ?? new Map<string, Amount>();
    buckets.set(bucket, users);
    for (const [name, { calls, costUsd }] of Object.entries(byUser)) {
      const amount = users.get(name);
      if (amount === undefined) {
        users.set(name, { calls, usd: costUsd });
        this.#entries += 1;
      } else {
        amount.calls += calls;
        amount.usd += costUsd;
      }
    }
  }

  #sum(
    into: Map<string, Amount>,
    query: Pick<UserQuery, 'labels' | 'fromEpochMs' | 'toEpochMs'>,
    sign: 1 | -1,
  ): void {
    const first = Math.floor(query.fromEpochMs / BUCKET_MS);
    const last = Math.ceil(query.toEpochMs / BUCKET_MS);
    for (const [labels, buckets] of this.#series) {
      if (!isMeant(labels, query.labels)) continue;
      for (let bucket = first; bucket < last; bucket += 1) {
        for (const [name, { calls, usd }] of buckets.get(bucket) ?? []) {
          const known = into.get(name) ?? { calls: 0, usd: 0 };
          known.calls += sign * calls;
          known.usd += sign * usd;
          into.set(name, known);
        }
      }
    }
  }

  #forget(): void {
    this.#forgetOld();
    while (this.#entries > MOST_ENTRIES && this.#keptMs > BUCKET_MS) {
      this.#keptMs /= 2;
      this.#forgetOld();
    }
  }

  #forgetOld(): void {
    const oldest = this.#newest - this.#keptMs / BUCKET_MS;
    for (const [labels, buckets] of this.#series) {
      for (const bucket of buckets.keys()) {
        // What is filled in later lies behind what is newer.
        if (bucket < oldest) this.#drop(labels, bucket);
      }
    }
  }

  #drop(labels: SeriesLabels, bucket: number): void {
    const buckets = this.#series.get(labels);
    this.#entries -= buckets?.get(bucket)?.size ?? 0;
    buckets?.delete(bucket);
    if (buckets?.size === 0) this.#series.delete(labels);
  }
}

/** Every name that is meant is that of the series; prompt versions are not told apart. */
function isMeant(labels: SeriesLabels, meant: UserQuery['labels']): boolean {
  return (
    (meant.service ?? labels.service) === labels.service &&
    (meant.environment ?? labels.environment) === labels.environment &&
    (meant.feature ?? labels.feature) === labels.feature &&
    (meant.team ?? labels.team) === labels.team &&
    (meant.provider ?? labels.provider) === labels.provider &&
    (meant.model ?? labels.model) === labels.model
  );
}
