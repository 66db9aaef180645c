import type { UsageMinute } from '@tokenmeter/anomaly';
import type { UserQuery } from '../ports.ts';
import type { UserLog } from '../user-log.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** At most so many hours are read for one question, the newest first: each is one request of the store and more. */
const MOST_HOURS = 24;
const PATIENCE_MS = 60_000;

/** Reads what users had in whole hours of the past. May reject. */
export type ReadUserPast = (
  range: { readonly fromEpochMs: number; readonly toEpochMs: number },
  signal: AbortSignal,
) => Promise<readonly UsageMinute[]>;

/**
 * Fills a log of users from the store where a question reaches back before the log began, as after a restart: the hours of
 * the incident, and the same a week before. Each hour is read once.
 */
export class UserPast {
  readonly #log: UserLog;
  readonly #read: ReadUserPast;
  readonly #known = new Set<number>();
  #beginEpochMs: number | undefined;
  #filling: Promise<void> = Promise.resolve();

  constructor(log: UserLog, read: ReadUserPast) {
    this.#log = log;
    this.#read = read;
  }

  /** Tells from when on the log is filled by reads that follow each other. An earlier begin counts. */
  begin(epochMs: number): void {
    this.#beginEpochMs = Math.min(this.#beginEpochMs ?? epochMs, epochMs);
  }

  /** Reads what is missing for a question; resolves without it when the store fails or names no users. Never rejects. */
  fill(question: Pick<UserQuery, 'fromEpochMs' | 'toEpochMs'>): Promise<void> {
    this.#filling = this.#filling.then(() => this.#fillFor(question));
    return this.#filling;
  }

  async #fillFor({
    fromEpochMs,
    toEpochMs,
  }: Pick<UserQuery, 'fromEpochMs' | 'toEpochMs'>): Promise<void> {
    if (!this.#log.knowsUsers || this.#beginEpochMs === undefined) return;
    const last = Math.min(toEpochMs, fromEpochMs + WEEK_MS) - WEEK_MS;
    await this.#fillHours([
      ...this.#missing(fromEpochMs, toEpochMs),
      ...this.#missing(fromEpochMs - WEEK_MS, last),
    ]);
  }

  /** Hours that the log does not have, the newest first; of that in which it begins what was before. */
  #missing(fromEpochMs: number, toEpochMs: number): number[] {
    const end = Math.min(toEpochMs, this.#beginEpochMs ?? 0);
    const hours: number[] = [];
    const first = Math.floor(fromEpochMs / HOUR_MS);
    for (let hour = Math.ceil(end / HOUR_MS) - 1; hour >= first; hour -= 1) {
      if (hours.length < MOST_HOURS && !this.#known.has(hour)) hours.push(hour);
    }
    return hours;
  }

  async #fillHours(hours: readonly number[]): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      for (const [first, last] of runsOf(hours)) {
        const toEpochMs = Math.min((last + 1) * HOUR_MS, this.#beginEpochMs ?? 0);
        const range = { fromEpochMs: first * HOUR_MS, toEpochMs };
        const minutes = await this.#read(range, signal);
        for (let hour = first; hour <= last; hour += 1) this.#known.add(hour);
        this.#log.add(minutes);
      }
    } catch {
      // Asked again with the next question; until then the shares are of what is known.
    }
  }
}

/** Hours in a row as first and last, the newest run first. */
function runsOf(hours: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const hour of hours) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] === hour + 1) run[0] = hour;
    else runs.push([hour, hour]);
  }
  return runs;
}
