import { DEFAULT_RULES, type Transition } from '@tokenmeter/anomaly';
import { ChannelSender } from './channel-sender.ts';
import { createLinks } from './channels/create-links.ts';
import { createNotice } from './channels/create-notice.ts';
import { Evaluator } from './evaluator.ts';
import { HistoryLearner } from './history-learner.ts';
import { createHourOfWeek } from './hour-of-week.ts';
import { type IncidentView, renderIncidentView } from './incident-view.ts';
import { type Logger, SILENT_LOGGER } from './logger.ts';
import type { Delivery, Notice } from './ports.ts';
import { sendTest } from './send-test.ts';
import { StateStore } from './state-store.ts';
import type { EvaluationReport, Worker, WorkerOptions } from './worker-options.ts';

const SNAPSHOT_EVERY_MS = 15 * 60_000;
const CLOSE_GRACE_MS = 1000;

/**
 * Starts to evaluate the rules every minute and to deliver what they find.
 *
 * Learns the past first, in the background and in pieces, so that it starts at once and never blocks the process for
 * long. After a pause it learns what it missed and judges only the present. Throws on options that contradict and on a
 * state file that it cannot use.
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
  readonly #store: StateStore;
  readonly #evaluator: Evaluator;
  readonly #learner: HistoryLearner;
  readonly #senders: readonly ChannelSender[];
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #timeZone: string;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #savedEpochMs = 0;
  #isFailing = false;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    const { logger = SILENT_LOGGER, clock = Date.now, timeZone = 'UTC' } = options;
    const hourOfWeek = createHourOfWeek(timeZone);
    this.#options = options;
    this.#logger = logger;
    this.#now = clock;
    this.#timeZone = timeZone;
    this.#store = new StateStore(options.statePath ?? ':memory:');
    this.#evaluator = new Evaluator({
      rules: options.rules ?? DEFAULT_RULES,
      hourOfWeek,
      incidents: this.#store.incidents(),
      snapshot: this.#store.loadSnapshot(),
    });
    this.#learner = new HistoryLearner({
      source: options.source,
      evaluator: this.#evaluator,
      lookbackDays: options.lookbackDays ?? 28,
      signal: this.#stop.signal,
    });
    this.#senders = options.notifiers.map(
      (notifier) => new ChannelSender({ store: this.#store, notifier, now: clock, logger }),
    );
  }

  start(): void {
    this.#publish();
    for (const sender of this.#senders) void sender.wake();
    void this.evaluateNow().then(() => this.#schedule());
  }

  evaluateNow(): Promise<EvaluationReport> {
    const turn = this.#queue.then(() => this.#evaluate());
    this.#queue = turn;
    return turn;
  }

  relearn(): Promise<EvaluationReport> {
    this.#queue = this.#queue.then(() => this.#evaluator.forget());
    return this.evaluateNow();
  }

  sendTest(): Promise<Readonly<Record<string, Delivery>>> {
    return sendTest(this.#options.notifiers, { epochMs: this.#now(), stop: this.#stop.signal });
  }

  incidents(): readonly IncidentView[] {
    const { pageUrl } = this.#options;
    const render = { timeZone: this.#timeZone, pageUrl };
    return this.#store.incidents().flatMap((one) => renderIncidentView(one, render) ?? []);
  }

  async flush(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.wake()));
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
    this.#stop.abort();
    const done = [this.#queue, ...this.#senders.map((sender) => sender.close(CLOSE_GRACE_MS))];
    await Promise.all(done);
    this.#saveSnapshot(true);
    this.#store[Symbol.dispose]();
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
    try {
      const before = this.#evaluator.advancedToEpochMs;
      const problem = await this.#learner.catchUp(this.#now());
      const toEpochMs = this.#evaluator.advancedToEpochMs;
      const transitions = this.#judge(problem === undefined && toEpochMs !== before);
      if (problem !== undefined) return this.#fail(problem);
      this.#isFailing = false;
      return { ok: true, toEpochMs: toEpochMs ?? 0, transitions };
    } catch (error) {
      return this.#fail(error instanceof Error ? error.message : 'unknown error');
    }
  }

  #fail(reason: string): EvaluationReport {
    const isNews = !this.#isFailing && !this.#stop.signal.aborted;
    if (isNews) this.#logger.warn(`source ${this.#options.source.name}: ${reason}`);
    this.#isFailing = true;
    return { ok: false, reason };
  }

  #judge(isFresh: boolean): readonly Transition[] {
    if (this.#stop.signal.aborted) return [];
    const settleMs = (this.#options.source.settleSeconds ?? 0) * 1000;
    const present = { nowEpochMs: this.#now(), settleMs, isFresh };
    const { changed, transitions } = this.#evaluator.evaluate(present);
    const notices = transitions.map((transition) => this.#describe(transition));
    const channels = this.#options.notifiers.map((notifier) => notifier.name);
    if (changed.length > 0 || notices.length > 0) {
      this.#store.commit({ incidents: changed, notices, channels, epochMs: this.#now() });
      this.#publish();
    }
    this.#saveSnapshot(transitions.length > 0);
    if (notices.length > 0) for (const sender of this.#senders) void sender.wake();
    return transitions;
  }

  #describe({ kind, incident }: Transition): Notice {
    const { id, sequence, severity, finding, startedEpochMs, lastFoundEpochMs } = incident;
    const facts = {
      idempotencyKey: `${id}:${sequence}:${kind}`,
      incidentId: id,
      transition: kind,
      severity,
      finding,
      epochMs: incident.updatedEpochMs,
      startedEpochMs,
      lastFoundEpochMs,
    };
    const links = createLinks(facts, { baseUrl: this.#options.pageUrl });
    return createNotice({ ...facts, links }, { timeZone: this.#timeZone });
  }

  #publish(): void {
    try {
      this.#options.onIncidents?.(this.incidents());
    } catch (error) {
      this.#logger.warn(`onIncidents threw ${error instanceof Error ? error.name : 'something'}`);
    }
  }

  /** The snapshot is large and only saves time, so it is written seldom. */
  #saveSnapshot(isNeeded: boolean): void {
    const now = this.#now();
    if (!isNeeded && now - this.#savedEpochMs < SNAPSHOT_EVERY_MS) return;
    this.#savedEpochMs = now;
    this.#store.saveSnapshot(this.#evaluator.snapshot());
    this.#store.prune(now);
  }
}
