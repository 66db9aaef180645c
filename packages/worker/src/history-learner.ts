import { setImmediate } from 'node:timers/promises';
import { chunkOfPast, rowsPerBlock } from './chunk-of-past.ts';
import type { Evaluator, GoodRead } from './evaluator.ts';
import type { Logger } from './logger.ts';
import type { MetricSource } from './ports.ts';

/** What a learner works with. */
export interface LearnerOptions {
  readonly source: MetricSource;
  readonly evaluator: Evaluator;
  readonly lookbackDays: number;
  /** The start of the oldest budget period that holds an instant: what was spent since must be known too. */
  readonly spentSince?: (epochMs: number) => number;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A clock that is set back by less is waited for. */
const AHEAD_MS = 10 * MINUTE_MS;
const CHUNK_MS = 6 * HOUR_MS;
const READ_TIMEOUT_MS = 60_000;
/** Late data older than this makes the worker learn again; younger is left out of windows already judged. */
const LATE_MS = 2 * HOUR_MS;
/** The last day is compared with the source every minute at first, when histories are imported, later every hour. */
const YOUNG_MS = 15 * MINUTE_MS;
/** Difference that is told apart from late samples at the edge. */
const TOLERANCE = 0.02;
const TOLERATED_CALLS = 50;

/** Brings an evaluator up to date from a source, in pieces, and notices when the source's past has changed. */
export class HistoryLearner {
  readonly #options: LearnerOptions;
  #startedEpochMs: number | undefined;
  #auditedEpochMs = 0;
  #rowsPerBlock: number | undefined;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** Learns all complete minutes up to now, letting others run between. Returns a problem, if any. */
  async catchUp(nowEpochMs: number): Promise<string | undefined> {
    const { evaluator } = this.#options;
    this.#startedEpochMs ??= nowEpochMs;
    this.#followClock(nowEpochMs);
    if (evaluator.learnedToEpochMs === undefined) evaluator.forget();
    else if (this.#isAuditDue(nowEpochMs)) {
      const problem = await this.#audit(nowEpochMs);
      if (problem !== undefined) return problem;
    }
    return this.#learnUpTo(Math.floor(nowEpochMs / MINUTE_MS) * MINUTE_MS);
  }

  /** What was learned of a time that has not come is of a clock that was wrong; until then nothing would be learned. */
  #followClock(nowEpochMs: number): void {
    const { evaluator, logger } = this.#options;
    const aheadMs = (evaluator.advancedToEpochMs ?? 0) - nowEpochMs;
    if (aheadMs <= AHEAD_MS) return;
    logger?.warn(`the clock went back by ${Math.round(aheadMs / MINUTE_MS)} min: learning again`);
    evaluator.forget();
    this.#auditedEpochMs = 0;
    this.#startedEpochMs = nowEpochMs;
  }

  #isAuditDue(nowEpochMs: number): boolean {
    if (this.#options.source.isFinal === true) return false;
    const isYoung = nowEpochMs - (this.#startedEpochMs ?? nowEpochMs) < YOUNG_MS;
    return nowEpochMs - this.#auditedEpochMs >= (isYoung ? MINUTE_MS : HOUR_MS);
  }

  /** Compares the calls of the last whole 24 hours with the source's; on a difference everything is learned again. */
  async #audit(nowEpochMs: number): Promise<string | undefined> {
    const { evaluator } = this.#options;
    this.#auditedEpochMs = nowEpochMs;
    const to = Math.floor((evaluator.learnedToEpochMs ?? 0) / HOUR_MS) * HOUR_MS;
    let calls = 0;
    for (let from = to - DAY_MS; from < to; from += CHUNK_MS) {
      const read = await this.#read(from, from + CHUNK_MS, true);
      if (typeof read === 'string') return read;
      for (const minute of read.minutes) calls += Number.isFinite(minute.calls) ? minute.calls : 0;
    }
    const learned = evaluator.callsBetween(to - DAY_MS, to);
    const isChanged = Math.abs(calls - learned) > TOLERATED_CALLS + TOLERANCE * learned;
    if (isChanged) evaluator.forget();
    return undefined;
  }

  async #learnUpTo(end: number): Promise<string | undefined> {
    const { evaluator, lookbackDays, spentSince = () => end } = this.#options;
    const needed = Math.min(end - lookbackDays * DAY_MS, spentSince(end));
    const oldest = Math.floor(needed / HOUR_MS) * HOUR_MS;
    let from = Math.max(evaluator.learnedToEpochMs ?? oldest, oldest);
    let hasRestarted = false;
    while (from < end) {
      const { to, isCoarse } = chunkOfPast(from, end, this.#rowsPerBlock);
      const read = await this.#read(from, to, isCoarse);
      if (typeof read === 'string') return read;
      if (!hasRestarted && (read.revisedFromEpochMs ?? from) < from - LATE_MS) {
        hasRestarted = true;
        evaluator.forget();
        from = oldest;
        continue;
      }
      const known = Math.floor(Math.min(to, read.watermarkEpochMs) / MINUTE_MS) * MINUTE_MS;
      if (known <= from) return undefined;
      this.#rowsPerBlock = rowsPerBlock(read.minutes.length, { from, to: known, isCoarse });
      await this.#learn(read, { from, to: known, untilEpochMs: end });
      if (known < to) return undefined;
      from = to;
    }
    return undefined;
  }

  async #read(
    fromEpochMs: number,
    toEpochMs: number,
    isCoarse: boolean,
  ): Promise<GoodRead | string> {
    const { source, signal: stop } = this.#options;
    const patience = new AbortController();
    const signal = AbortSignal.any([stop, patience.signal]);
    const timer = setTimeout(() => patience.abort(), READ_TIMEOUT_MS);
    // A source should heed the signal; one that does not must not hold the worker.
    let giveUp = (): void => undefined;
    const late = new Promise<undefined>((resolve) => {
      giveUp = () => resolve(undefined);
    });
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const read = await Promise.race([
        source.read({ fromEpochMs, toEpochMs, isCoarse, signal }),
        late,
      ]);
      if (read === undefined) return stop.aborted ? 'stopped' : 'it did not answer in time';
      if (!read.ok) return read.reason;
      return stop.aborted ? 'stopped' : read;
    } finally {
      // Who waits for what never comes keeps what came instead: all rows of the read, for a minute.
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #learn(
    read: GoodRead,
    {
      from,
      to,
      untilEpochMs,
    }: { readonly from: number; readonly to: number; readonly untilEpochMs: number },
  ): Promise<void> {
    for (let start = from; start < to; ) {
      const end = Math.min(to, (Math.floor(start / HOUR_MS) + 1) * HOUR_MS);
      const minutes = read.minutes.filter(
        (row) => row.minuteEpochMs < end && (row.minuteEpochMs >= start || start === from),
      );
      const refusedSamples = end === to ? (read.refusedSamples ?? 0) : 0;
      this.#options.evaluator.learn({ ...read, minutes, refusedSamples }, end);
      // The last piece is judged by the caller, who tells what is wrong with it.
      if (end < untilEpochMs && end % HOUR_MS === 0) this.#options.evaluator.rehearse();
      await setImmediate();
      start = end;
    }
  }
}
