import type { Incident } from '@tokenmeter/anomaly';
import type { Notice } from '../ports.ts';
import { dueTime } from '../routing/due-time.ts';
import type { PlannedNotice } from '../routing/plan-notices.ts';
import type { StateStore } from '../state/state-store.ts';
import type { DescribeNotice } from './describe-notice.ts';

/** What a queue works with. */
export interface QueueOptions {
  readonly store: StateStore;
  readonly describe: DescribeNotice;
  /** Zone of the daily digest. */
  readonly timeZone: string;
}

/** Advice, or an escalation step, for one channel. */
export interface AdviceRequest {
  readonly channel: string;
  readonly step: string;
  readonly note: string;
  readonly epochMs: number;
}

/** Puts what is to be told into words and into the outbox. Part of the caller's transaction. */
export class NoticeQueue {
  readonly #options: QueueOptions;
  #last: Notice | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Puts a planned notice into the outbox of its channel. */
  put(incident: Incident, planned: PlannedNotice, epochMs: number): void {
    const { store, timeZone } = this.#options;
    const { channel, kind, route } = planned;
    const suffix = kind === 'reminded' ? `-${planned.told.reminders}` : '';
    const idempotencyKey = `${incident.id}:${incident.sequence}:${kind}${suffix}`;
    const notice = this.#describe(incident, { transition: kind, idempotencyKey, epochMs });
    const due = dueTime(
      {
        epochMs,
        severity: incident.severity,
        transition: kind,
        route,
        timeZone,
        bundleDue: (bundle) => store.channels.bundleDue(channel, bundle),
      },
      incident,
    );
    const { dueEpochMs, bundle } = due;
    const isNew = store.outbox.put({
      channel,
      notice,
      dueEpochMs,
      createdEpochMs: epochMs,
      ...(bundle === undefined ? {} : { bundle }),
    });
    if (!isNew) return;
    // What comes first has nothing before it that could wait.
    if (due.isUrgent && incident.sequence > 1) store.outbox.hurry(channel, incident.id, epochMs);
    const isSpaced = (route?.groupIntervalMs ?? 0) > 0 || (route?.groupWaitMs ?? 0) > 0;
    if (bundle !== undefined && isSpaced) {
      store.channels.saveBundleDue(channel, bundle, dueEpochMs);
    }
  }

  /** Puts advice into the outbox of a channel, due at once. */
  advise(incident: Incident, { channel, step, note, epochMs }: AdviceRequest): void {
    const { store } = this.#options;
    const idempotencyKey = `${incident.id}:${step.replaceAll(' ', '-')}`;
    const request = { transition: 'advised' as const, idempotencyKey, epochMs, note };
    const notice = this.#describe(incident, request);
    store.outbox.put({ channel, notice, dueEpochMs: epochMs, createdEpochMs: epochMs });
    store.outbox.hurry(channel, incident.id, epochMs);
  }

  /** Several channels are told the same: it is worded once. */
  #describe(incident: Incident, request: Parameters<DescribeNotice>[1]): Notice {
    const { idempotencyKey, epochMs } = request;
    if (this.#last?.idempotencyKey === idempotencyKey && this.#last.epochMs === epochMs) {
      return this.#last;
    }
    this.#last = this.#options.describe(incident, request);
    return this.#last;
  }
}
