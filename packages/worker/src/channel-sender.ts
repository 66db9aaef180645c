import { backOffMs } from './back-off.ts';
import type { Logger } from './logger.ts';
import type { Delivery, Notifier } from './ports.ts';
import { sendOnce } from './send-once.ts';
import type { OutboxRow, StateStore } from './state-store.ts';

/** What a sender works with. */
export interface SenderOptions {
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly now: () => number;
  readonly logger: Logger;
  readonly random?: () => number;
}

const LEASE_MS = 60_000;
const SEND_TIMEOUT_MS = 30_000;
const GIVE_UP_MS = 86_400_000;
const LONGEST_SLEEP_MS = 30_000;

/**
 * Empties the outbox of one channel, one notice after the other, apart from all other channels.
 *
 * At least once: a notice leaves the outbox only after its delivery, or after 24 hours of failures, or when the receiver
 * refuses it for good.
 */
export class ChannelSender {
  readonly #options: SenderOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #stopping = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Looks at the outbox now. Returns when nothing is due any more. Never throws. */
  wake(): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Stops after at most `graceMs` of letting a delivery in flight end. */
  async close(graceMs: number): Promise<void> {
    clearTimeout(this.#timer);
    const running = this.#running ?? Promise.resolve();
    const grace = setTimeout(() => this.#stop.abort(), graceMs);
    this.#isAsked = false;
    this.#stopping = true;
    await running;
    clearTimeout(grace);
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { store, notifier, now, logger } = this.#options;
    clearTimeout(this.#timer);
    try {
      while (this.#isAsked && !this.#stopping) {
        this.#isAsked = false;
        let row = store.claim(notifier.name, now(), LEASE_MS);
        while (row !== undefined) {
          this.#settle(row, await this.#send(row));
          row = this.#stopping ? undefined : store.claim(notifier.name, now(), LEASE_MS);
        }
      }
    } catch (error) {
      logger.warn(`channel ${notifier.name}: outbox failed: ${nameOf(error)}`);
    }
    if (!this.#stopping) this.#schedule();
  }

  #schedule(): void {
    const { store, notifier, now } = this.#options;
    const due = store.nextDue(notifier.name);
    if (due === undefined) return;
    const wait = Math.min(LONGEST_SLEEP_MS, Math.max(50, due - now()));
    this.#timer = setTimeout(() => void this.wake(), wait);
    this.#timer.unref();
  }

  /** The answer of the channel; a channel that throws or does not answer counts as failed. */
  #send(row: OutboxRow): Promise<Delivery> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
    return sendOnce(this.#options.notifier, row.notice, signal);
  }

  #settle(row: OutboxRow, delivery: Delivery): void {
    const { store, notifier, now, logger, random = Math.random } = this.#options;
    if (delivery.outcome === 'delivered') {
      store.settle(row.id, { state: 'delivered' });
      return;
    }
    const { reason } = delivery;
    if (delivery.outcome !== 'retry' || now() - row.createdEpochMs >= GIVE_UP_MS) {
      store.settle(row.id, { state: 'dead', reason });
      logger.warn(`channel ${notifier.name}: gave up on ${row.notice.idempotencyKey}: ${reason}`);
      return;
    }
    if (row.attempts === 0) logger.warn(`channel ${notifier.name}: ${reason}; trying again`);
    const wait = backOffMs(row.attempts + 1, { random: random(), afterMs: delivery.afterMs });
    store.postpone(row.id, now() + (this.#stop.signal.aborted ? 0 : wait), reason);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
