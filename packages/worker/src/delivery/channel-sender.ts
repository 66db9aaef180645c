import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.ts';
import type { Notifier } from '../ports.ts';
import type { OutboxBatch } from '../state/outbox.ts';
import type { StateStore } from '../state/state-store.ts';
import { sendBatch } from './send-batch.ts';
import {
  type Attempt,
  isOnProbation,
  redirect,
  type SettleContext,
  settleAttempt,
} from './settle-batch.ts';

/** Where a delivery stands: between two of them a process may die, which tests do. */
export type DeliveryPoint = 'claimed' | 'sent' | 'settled';

/** What a sender works with. */
export interface SenderOptions {
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly now: () => number;
  readonly logger: Logger;
  readonly random?: () => number;
  /** Channel that is told what this one could not deliver. */
  readonly fallbackChannel?: string | undefined;
  /** Zone of the words for the fall-back channel; UTC without it. */
  readonly timeZone?: string;
  /** Called whenever a delivery has come so far. */
  readonly checkpoint?: (point: DeliveryPoint) => void;
  /** Called when the fall-back channel has something to send. */
  readonly onRedirect?: () => void;
}

const LEASE_MS = 60_000;
const SEND_TIMEOUT_MS = 30_000;
const LONGEST_SLEEP_MS = 30_000;
const CONCURRENCY = 64;
const GATHER_MS = 10;

/**
 * Empties the outbox of one channel, apart from all other channels.
 *
 * At least once: a notice leaves the outbox only after its delivery, or after 24 hours of failures, or when the receiver
 * refuses it for good. Several at a time, but never two of one incident; one at a time where the channel keeps a gap.
 */
export class ChannelSender {
  readonly #options: SenderOptions;
  readonly #owner = randomUUID();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isStopping = false;
  #ended: Attempt[] = [];
  #inFlight = 0;
  #onEnd: () => void = () => undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { store, notifier } = options;
    const { disabled: _, ...health } = store.channels.health(notifier.name);
    // A new start may have a new configuration.
    store.channels.saveHealth(notifier.name, health);
  }

  /** Looks at the outbox now. Returns when nothing is due any more. Never throws. */
  wake(): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Sends what is due for at most `graceMs`, then breaks off; what is not delivered stays in the outbox. */
  async close(graceMs: number): Promise<void> {
    clearTimeout(this.#timer);
    const grace = setTimeout(() => this.#breakOff(), graceMs);
    await (graceMs > 0 ? this.wake() : this.#breakOff());
    this.#isStopping = true;
    clearTimeout(grace);
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #breakOff(): Promise<void> {
    this.#isStopping = true;
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { notifier, logger } = this.#options;
    clearTimeout(this.#timer);
    try {
      await this.#drain();
    } catch (error) {
      logger.warn(`channel ${notifier.name}: outbox failed: ${describe(error)}`);
    }
    if (!this.#isStopping) this.#schedule();
  }

  async #drain(): Promise<void> {
    const most = this.#options.notifier.minGapMs === undefined ? CONCURRENCY : 1;
    for (;;) {
      this.#isAsked = false;
      const batches = this.#exchange(this.#isStopping ? 0 : most - this.#inFlight);
      for (const batch of batches) void this.#deliver(batch);
      if (this.#inFlight > 0) await this.#enoughEnded();
      else if (this.#isStopping || !this.#isAsked) return;
    }
  }

  /** Notes what has ended and claims as much anew, in one transaction: each costs a write to the disk. */
  #exchange(free: number): readonly OutboxBatch[] {
    const { checkpoint } = this.#options;
    const ended = this.#ended;
    this.#ended = [];
    const batches = this.#commit(ended, free);
    if (ended.length > 0) checkpoint?.('settled');
    if (ended.some(({ delivery }) => delivery.outcome !== 'delivered'))
      this.#options.onRedirect?.();
    if (batches.length > 0) checkpoint?.('claimed');
    this.#inFlight += batches.length;
    return batches;
  }

  #commit(ended: readonly Attempt[], free: number): readonly OutboxBatch[] {
    try {
      return this.#options.store.transact(() => {
        const context = this.#context();
        for (const attempt of ended) settleAttempt(attempt, context);
        return free > 0 ? this.#claim(free) : [];
      });
    } catch (error) {
      // What ended is noted with the next transaction.
      this.#ended.unshift(...ended);
      throw error;
    }
  }

  #claim(free: number): readonly OutboxBatch[] {
    const { store, notifier, now } = this.#options;
    const { name, minGapMs } = notifier;
    const epochMs = now();
    const health = store.channels.health(name);
    if (health.disabled !== undefined) {
      const lost = store.outbox.giveUp(name, health.disabled, epochMs);
      redirect(lost, health.disabled, this.#context());
      return [];
    }
    if (health.pausedUntilEpochMs > epochMs) return [];
    const isProbing = isOnProbation(health.failures);
    if (isProbing && this.#inFlight > 0) return [];
    const claimed = store.outbox.claim(name, {
      epochMs,
      leaseMs: LEASE_MS,
      limit: isProbing ? 1 : free,
      owner: this.#owner,
      takesDigests: notifier.sendDigest !== undefined,
    });
    if (minGapMs !== undefined && claimed.length > 0) {
      store.channels.saveHealth(name, { ...health, pausedUntilEpochMs: epochMs + minGapMs });
    }
    return claimed;
  }

  async #deliver(batch: OutboxBatch): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
    const delivery = await sendBatch(this.#options.notifier, batch, signal);
    this.#options.checkpoint?.('sent');
    this.#inFlight -= 1;
    this.#ended.push({ batch, delivery });
    this.#onEnd();
  }

  /** Returns once half of what is under way has ended, or a moment after the first did. */
  #enoughEnded(): Promise<void> {
    const wanted = Math.ceil(this.#inFlight / 2);
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const go = (): void => {
        clearTimeout(timer);
        this.#onEnd = () => undefined;
        resolve();
      };
      this.#onEnd = () => {
        if (this.#ended.length >= wanted) go();
        else timer ??= setTimeout(go, GATHER_MS);
      };
      if (this.#ended.length > 0) this.#onEnd();
    });
  }

  #context(): SettleContext {
    const { store, notifier, now, logger, random = Math.random, timeZone = 'UTC' } = this.#options;
    return {
      store,
      channel: notifier.name,
      owner: this.#owner,
      epochMs: now(),
      random,
      logger,
      fallbackChannel: this.#options.fallbackChannel,
      timeZone,
      isStopping: this.#stop.signal.aborted,
    };
  }

  #schedule(): void {
    const { store, notifier, now } = this.#options;
    const due = store.outbox.nextDue(notifier.name);
    if (due === undefined) return;
    const { pausedUntilEpochMs } = store.channels.health(notifier.name);
    const waitMs = Math.max(due, pausedUntilEpochMs) - now();
    this.#timer = setTimeout(
      () => void this.wake(),
      Math.min(LONGEST_SLEEP_MS, Math.max(20, waitMs)),
    );
    this.#timer.unref();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}
