import type { Incident } from '@tokenmeter/anomaly';
import type { DescribeNotice } from '../incidents/describe-notice.ts';
import type { Logger } from '../logger.ts';
import type { Notifier } from '../ports.ts';
import type { StateStore } from '../state/state-store.ts';
import { ChannelSender, type DeliveryPoint } from './channel-sender.ts';
import { sendOnce } from './send-once.ts';

/** What deliveries work with. */
export interface DeliveriesOptions {
  readonly store: StateStore;
  /** Channels for people, and those of actions. */
  readonly notifiers: readonly Notifier[];
  readonly describe: DescribeNotice;
  readonly now: () => number;
  readonly logger: Logger;
  readonly timeZone: string;
  readonly fallbackChannel: string | undefined;
  readonly checkpoint?: ((point: DeliveryPoint) => void) | undefined;
}

const REFRESH_TIMEOUT_MS = 30_000;

/** One sender for each channel, and the reminders of channels that forget. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #senders: ReadonlyMap<string, ChannelSender>;
  readonly #refreshed = new Map<string, number>();

  constructor(options: DeliveriesOptions) {
    const { notifiers, describe: _, checkpoint, fallbackChannel, ...shared } = options;
    this.#options = options;
    this.#senders = new Map(
      notifiers.map((notifier) => [
        notifier.name,
        new ChannelSender({
          ...shared,
          notifier,
          fallbackChannel,
          onRedirect: () => this.#wakeFallback(),
          ...(checkpoint === undefined ? {} : { checkpoint }),
        }),
      ]),
    );
  }

  /** Looks at all outboxes. Returns when nothing is due any more. Never throws. */
  async wake(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.wake()));
  }

  /** Reminds channels that forget, where it is time, of what is open and of what has just ended. Never throws. */
  async refresh(incidents: readonly Incident[]): Promise<void> {
    const { notifiers } = this.#options;
    await Promise.all(notifiers.map((notifier) => this.#refresh(notifier, incidents)));
  }

  /** Sends what is due for at most `graceMs`; the rest stays in the outbox. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.close(graceMs)));
  }

  #wakeFallback(): void {
    const { fallbackChannel } = this.#options;
    if (fallbackChannel !== undefined) void this.#senders.get(fallbackChannel)?.wake();
  }

  async #refresh({ name, refresh }: Notifier, incidents: readonly Incident[]): Promise<void> {
    const { now, describe, store, logger } = this.#options;
    const epochMs = now();
    if (refresh === undefined) return;
    if (epochMs - (this.#refreshed.get(name) ?? 0) < refresh.everyMs) return;
    this.#refreshed.set(name, epochMs);
    const notices = incidents
      .filter((incident) => isFresh(incident, epochMs - refresh.keepResolvedMs))
      .filter((incident) => store.incidents.toldOf(incident.id).has(name))
      .map((incident) =>
        describe(incident, {
          transition: incident.state === 'resolved' ? 'resolved' : 'firing',
          idempotencyKey: `${incident.id}:${incident.sequence}:refresh`,
          epochMs,
        }),
      );
    if (notices.length === 0) return;
    const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS);
    const delivery = await sendOnce(() => refresh.send(notices, signal), signal);
    if (delivery.outcome !== 'delivered') {
      logger.warn(`channel ${name}: could not be reminded: ${delivery.reason}`);
    }
  }
}

function isFresh({ state, resolvedEpochMs = 0 }: Incident, endedAfterEpochMs: number): boolean {
  return state === 'resolved' ? resolvedEpochMs > endedAfterEpochMs : state !== 'pending';
}
