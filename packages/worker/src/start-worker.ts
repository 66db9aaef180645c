import { randomUUID } from 'node:crypto';
import type { Transition } from '@tokenmeter/anomaly';
import { sendTest } from './delivery/send-test.ts';
import type { IncidentDesk } from './desk/incident-desk.ts';
import type { Present } from './evaluator.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { HistoryLearner } from './history-learner.ts';
import type { IncidentView } from './incident-view.ts';
import { type Logger, SILENT_LOGGER } from './logger.ts';
import { oldestPeriod } from './oldest-period.ts';
import type { Delivery } from './ports.ts';
import { UserContributors } from './user-contributors.ts';
import type { EvaluationReport, Worker, WorkerOptions, WorkerStats } from './worker-options.ts';
import { openWorkerParts, type WorkerParts } from './worker-parts.ts';

const SNAPSHOT_EVERY_MS = 15 * 60_000;
/** After a change a snapshot is written at once, unless that would take more than this share of the time. */
const SNAPSHOT_SHARE = 0.05;
const CLOSE_GRACE_MS = 4000;
/** How soon what another process wrote is seen, and leases are renewed. */
const TICK_MS = 1000;
const LEASE_MS = 30_000;
const DEFAULT_LOOKBACK_DAYS = 28;
/** An incident that somebody called expected may last so long. */
const EXPECTED_FOR_MS = 35 * 86_400_000;

/**
 * Starts to evaluate the rules every minute and to deliver what they find.
 *
 * Learns the past first, in the background and in pieces, so that it starts at once and never blocks the process for
 * long. After a pause it learns what it missed and judges only the present. Of several workers on one state and shard
 * one evaluates, and another one takes over within half a minute of its end; all deliver. Throws on options that
 * contradict and on a state file that it cannot use.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const names = options.notifiers.map((notifier) => notifier.name);
  if (new Set(names).size !== names.length) {
    throw new TypeError(`expected notifiers with different names, got ${names.join(', ')}`);
  }
  const worker = new RunningWorker(options);
  worker.start();
  return worker;
}

class RunningWorker implements Worker {
  readonly #options: WorkerOptions;
  readonly #parts: WorkerParts;
  readonly #learner: HistoryLearner;
  readonly #users: UserContributors;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #owner: string = randomUUID();
  readonly #lease: string;
  readonly #startedEpochMs: number;
  readonly #counts = { evaluations: 0, failedReads: 0, evaluationSeconds: 0 };
  #lastEvaluationEpochMs: number | undefined;
  #isStandby = false;
  #timer: NodeJS.Timeout | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #seenVersion = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #savedEpochMs = 0;
  #changeMs = 0;
  #isFailing = false;
  #stateProblem: string | undefined;
  readonly #accepted = new Set<string>();
  #closing: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    const { logger = SILENT_LOGGER, clock = Date.now } = options;
    this.#options = options;
    this.#logger = logger;
    this.#now = clock;
    this.#startedEpochMs = clock();
    this.#lease = `evaluate ${options.shard ?? ''}`;
    this.#parts = openWorkerParts(options, () => this.#spread());
    this.#users = new UserContributors(options.source);
    this.#learner = new HistoryLearner({
      source: options.source,
      evaluator: this.#parts.evaluator,
      lookbackDays: options.lookbackDays ?? DEFAULT_LOOKBACK_DAYS,
      spentSince: (epochMs) => oldestPeriod(options.rules ?? [], epochMs),
      signal: this.#stop.signal,
      logger,
    });
  }

  get desk(): IncidentDesk {
    return this.#parts.desk;
  }

  start(): void {
    this.#seenVersion = this.#parts.store.foreignVersion;
    this.#spread();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#ticker.unref();
    void this.evaluateNow().then(() => this.#schedule());
  }

  evaluateNow(): Promise<EvaluationReport> {
    const turn = this.#queue.then(() => this.#evaluate());
    this.#queue = turn;
    return turn;
  }

  relearn(): Promise<EvaluationReport> {
    this.#queue = this.#queue.then(() => this.#parts.evaluator.forget());
    return this.evaluateNow();
  }

  sendTest(): Promise<Readonly<Record<string, Delivery>>> {
    return sendTest(this.#options.notifiers, { epochMs: this.#now(), stop: this.#stop.signal });
  }

  incidents(): readonly IncidentView[] {
    return this.#parts.desk.list();
  }

  stats(): WorkerStats {
    const { store, book, evaluator } = this.#parts;
    const oldest = store.outbox.oldestWaiting();
    const open = book.current().filter(({ state }) => state !== 'pending' && state !== 'resolved');
    return {
      ...this.#counts,
      refused: evaluator.refused,
      lastEvaluationEpochMs: this.#lastEvaluationEpochMs,
      learnedToEpochMs: evaluator.advancedToEpochMs,
      isStandby: this.#isStandby,
      openIncidents: open.length,
      notices: store.outbox.counts(),
      oldestNoticeSeconds: oldest === undefined ? 0 : Math.max(0, this.#now() - oldest) / 1000,
    };
  }

  forecast(toEpochMs: number): ReturnType<Worker['forecast']> {
    return this.#parts.evaluator.forecast(toEpochMs);
  }

  flush(): Promise<void> {
    return this.#parts.deliveries.wake();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#ticker);
    this.#stop.abort();
    const { store, deliveries } = this.#parts;
    await Promise.all([this.#queue, deliveries.close(CLOSE_GRACE_MS)]);
    if (!this.#isStandby) this.#saveSnapshot(0);
    store.leases.drop(this.#lease, this.#owner);
    store[Symbol.dispose]();
  }

  /** Sees what other processes wrote, keeps the lease, and reminds channels that forget. */
  #tick(): void {
    const { store, deliveries, book } = this.#parts;
    try {
      if (!this.#isStandby) this.#takeLease();
      const version = store.foreignVersion;
      if (version !== this.#seenVersion) {
        this.#seenVersion = version;
        this.#spread();
      }
      if (!this.#isStandby) void deliveries.refresh(book.current());
      this.#stateProblem = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'failed';
      if (problem !== this.#stateProblem) this.#logger.warn(`worker state: ${problem}`);
      this.#stateProblem = problem;
    }
  }

  #takeLease(): boolean {
    const { leases } = this.#parts.store;
    const epochMs = this.#now();
    if (leases.isHeld(this.#lease, this.#owner, epochMs + LEASE_MS / 2)) return true;
    return leases.take(this.#lease, this.#owner, { epochMs, forMs: LEASE_MS });
  }

  #schedule(): void {
    if (this.#stop.signal.aborted) return;
    const { evaluationSeconds = 60, source } = this.#options;
    const { lagSeconds = (source.settleSeconds ?? 0) + 2 } = this.#options;
    const period = evaluationSeconds * 1000;
    const now = this.#now();
    const next = Math.floor((now - lagSeconds * 1000) / period + 1) * period + lagSeconds * 1000;
    this.#timer = setTimeout(
      () => {
        void this.evaluateNow().then(() => this.#schedule());
      },
      Math.max(50, next - now),
    );
    this.#timer.unref();
  }

  async #evaluate(): Promise<EvaluationReport> {
    if (this.#stop.signal.aborted) return { ok: false, reason: 'stopped' };
    const started = performance.now();
    try {
      const { evaluator } = this.#parts;
      const before = evaluator.advancedToEpochMs;
      const problem = await this.#learner.catchUp(this.#now());
      const toEpochMs = evaluator.advancedToEpochMs;
      const isFresh = problem === undefined && toEpochMs !== before;
      const transitions = await this.#judge({ isFresh, isSourceFailing: problem !== undefined });
      this.#counts.evaluations += 1;
      this.#counts.evaluationSeconds = (performance.now() - started) / 1000;
      if (problem !== undefined) return this.#fail(problem);
      this.#isFailing = false;
      this.#lastEvaluationEpochMs = this.#now();
      void this.#beat();
      const standby = this.#isStandby ? { isStandby: true as const } : {};
      return { ok: true, toEpochMs: toEpochMs ?? 0, transitions, ...standby };
    } catch (error) {
      return this.#fail(error instanceof Error ? error.message : 'unknown error');
    }
  }

  #fail(reason: string): EvaluationReport {
    this.#counts.failedReads += 1;
    const isNews = !this.#isFailing && !this.#stop.signal.aborted;
    if (isNews) this.#logger.warn(`source ${this.#options.source.name}: ${reason}`);
    this.#isFailing = true;
    return { ok: false, reason };
  }

  async #judge(how: Pick<Present, 'isFresh' | 'isSourceFailing'>): Promise<readonly Transition[]> {
    if (this.#stop.signal.aborted) return [];
    const { evaluator, book, store } = this.#parts;
    this.#isStandby = !this.#takeLease();
    if (this.#isStandby) return [];
    const settleMs = (this.#options.source.settleSeconds ?? 0) * 1000;
    const nowEpochMs = this.#now();
    const present = { ...how, nowEpochMs, settleMs, startedEpochMs: this.#startedEpochMs };
    this.#acceptExpected(nowEpochMs);
    const judgement = await this.#users.add(evaluator.evaluate(present), this.#stop.signal);
    if (judgement === undefined) return [];
    this.#options.checkpoint?.('judged');
    const isAllowed = (): boolean => store.leases.isHeld(this.#lease, this.#owner, nowEpochMs);
    const transitions = book.evaluate(judgement, { nowEpochMs, isAllowed }) ?? [];
    this.#options.checkpoint?.('committed');
    this.#saveSnapshot(transitions.length > 0 ? this.#changeMs : SNAPSHOT_EVERY_MS);
    this.#spread();
    return transitions;
  }

  /** What somebody called expected is usual from then on. */
  #acceptExpected(nowEpochMs: number): void {
    const { evaluator, store } = this.#parts;
    for (const interval of store.incidents.excluded(nowEpochMs - EXPECTED_FOR_MS)) {
      const key = JSON.stringify([interval.rule, interval.labels, interval.fromEpochMs]);
      if (interval.toEpochMs !== undefined || this.#accepted.has(key)) continue;
      this.#accepted.add(key);
      evaluator.accept(interval.labels);
    }
  }

  async #beat(): Promise<void> {
    const { heartbeat } = this.#options;
    if (heartbeat === undefined || this.#isStandby) return;
    const problem = await sendHeartbeat(heartbeat, this.#stop.signal);
    if (problem !== undefined && !this.#stop.signal.aborted) {
      this.#logger.warn(`heartbeat: ${problem}`);
    }
  }

  /** Shows what there is, and sends what is due. */
  #spread(): void {
    try {
      this.#options.onIncidents?.(this.incidents());
    } catch (error) {
      this.#logger.warn(`onIncidents threw ${error instanceof Error ? error.name : 'something'}`);
    }
    void this.#parts.deliveries.wake();
  }

  /** The snapshot is large and only saves time, so it is written seldom. */
  #saveSnapshot(everyMs: number): void {
    const { store, evaluator } = this.#parts;
    const now = this.#now();
    if (Math.abs(now - this.#savedEpochMs) < everyMs) return;
    const started = performance.now();
    this.#savedEpochMs = now;
    store.snapshots.save(evaluator.snapshot(), this.#options.shard);
    this.#changeMs = (performance.now() - started) / SNAPSHOT_SHARE;
    store.prune(now, this.#options.retentionDays);
  }
}
