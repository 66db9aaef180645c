import type { Finding, Gap, UsageMinute } from '@tokenmeter/anomaly';

/** What a source answered: the minutes of the asked range, or why there are none. */
export type SourceRead =
  | {
      readonly ok: true;
      readonly minutes: readonly UsageMinute[];
      readonly gaps: readonly Gap[];
      /** Minutes that start before this instant are complete; later ones may still grow. */
      readonly watermarkEpochMs: number;
      /**
       * Earliest minute before the asked range that changed since the previous read: data came late or was imported.
       * Absent when nothing did, or when the source cannot tell.
       */
      readonly revisedFromEpochMs?: number;
    }
  | { readonly ok: false; readonly isRetryable: boolean; readonly reason: string };

/** The half-open range of minutes [from, to) to read. */
export interface SourceQuery {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly signal: AbortSignal;
}

/** Where aggregated usage comes from: the embedded ledger, or any store of metrics. */
export interface MetricSource {
  readonly name: string;
  /** How long after its end a minute is complete. The worker evaluates just after that; undefined: at once. */
  readonly settleSeconds?: number;
  read(query: SourceQuery): Promise<SourceRead>;
}

/** A change of an incident that people must hear of. */
export interface Notice {
  /** Constant for one (incident, transition); receivers use it to drop repetitions. */
  readonly idempotencyKey: string;
  readonly incidentId: string;
  readonly transition: 'firing' | 'escalated' | 'updated' | 'resolved' | 'test';
  readonly finding: Finding;
  readonly startedEpochMs: number;
  readonly title: string;
  /** Plain text, several lines, ready to print. */
  readonly text: string;
}

/** How a delivery ended. A retryable failure is tried again later, with the same idempotency key. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  | {
      readonly outcome: 'failed';
      readonly isRetryable: boolean;
      readonly reason: string;
      readonly retryAfterSeconds?: number;
    };

/** One channel. `send` never throws and gives up when `signal` aborts. */
export interface Notifier {
  readonly name: string;
  send(notice: Notice, signal: AbortSignal): Promise<Delivery>;
}
