import type {
  Contributor,
  CoverageMinute,
  Finding,
  FindingLabels,
  Gap,
  Severity,
  UsageMinute,
} from '@tokenmeter/anomaly';

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
      /** Requests that were recognised and metered, where the source knows; absent otherwise. */
      readonly coverage?: readonly CoverageMinute[];
      /** Samples of the range that were no number from 0 up and are left out; absent without any. */
      readonly refusedSamples?: number;
    }
  | { readonly ok: false; readonly isRetryable: boolean; readonly reason: string };

/** The half-open range of minutes [from, to) to read. */
export interface SourceQuery {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** True where whole five minutes in one row will do. A source may give minutes all the same. */
  readonly isCoarse?: boolean;
  readonly signal: AbortSignal;
}

/** Calls of one place in a stretch of time, which are compared with the same stretch a week before. */
export interface UserQuery extends SourceQuery {
  readonly labels: FindingLabels;
}

/** Where aggregated usage comes from: the embedded ledger, or any store of metrics. */
export interface MetricSource {
  readonly name: string;
  /** How long after its end a minute is complete. The worker evaluates just after that; undefined: at once. */
  readonly settleSeconds?: number;
  /** True when complete minutes never change, so that nobody need compare them again. */
  readonly isFinal?: boolean;
  read(query: SourceQuery): Promise<SourceRead>;
  /**
   * Shares of the users in what calls cost more than a week before, largest first; empty where fewer than two users are
   * known. Absent where the source knows no single calls. May reject.
   */
  readUserContributors?(query: UserQuery): Promise<readonly Contributor[]>;
}

/**
 * What happened to an incident.
 *
 * `escalated`: its severity rose; `updated`: it fell; `reminded`: nothing changed and it is still open; `advised`: an
 * escalation step came due, whose words are the `note`; `flapping`: it opens and closes so often that this is said
 * once; `test`: no incident at all.
 */
export type NoticeTransition =
  | 'firing'
  | 'escalated'
  | 'updated'
  | 'reminded'
  | 'advised'
  | 'acknowledged'
  | 'silenced'
  | 'flapping'
  | 'resolved'
  | 'test';

/** Absolute URLs; an absent one leads nowhere and is not shown. */
export interface NoticeLinks {
  readonly page?: string;
  /** With the time range of the incident. */
  readonly dashboard?: string;
  readonly runbook?: string;
  /** Signed; opens a page that asks before it changes anything. */
  readonly acknowledge?: string;
  readonly snooze?: string;
  readonly expected?: string;
  /** A picture, for channels that show one. */
  readonly image?: string;
}

/** A change of an incident that people must hear of. Plain data that survives JSON. */
export interface Notice {
  /** Constant for one (incident, transition); receivers use it to drop repetitions. */
  readonly idempotencyKey: string;
  readonly incidentId: string;
  readonly transition: NoticeTransition;
  /** Severity of the incident, which may be above that of its latest finding. */
  readonly severity: Severity;
  readonly finding: Finding;
  /** When the transition happened. */
  readonly epochMs: number;
  readonly startedEpochMs: number;
  /** Last evaluation that found it; `epochMs` without it. */
  readonly lastFoundEpochMs?: number;
  readonly resolvedEpochMs?: number;
  /** Who acknowledged or silenced it, in their own words. */
  readonly actor?: string;
  readonly silencedUntilEpochMs?: number;
  /** A sentence or more to add: the advice of an escalation step, or that another channel failed. */
  readonly note?: string;
  readonly links: NoticeLinks;
  readonly title: string;
  /** Plain text, several lines, ready to print. */
  readonly text: string;
}

/** Several notices that go out as one message. */
export interface NoticeDigest {
  readonly idempotencyKey: string;
  /** What holds them together: `Warnings of the day`, `service shop`. */
  readonly subject: string;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** At least one, in order of time. */
  readonly notices: readonly Notice[];
}

/** What a channel wants back with the next notice of the same incident: a message id, a thread. No secrets. */
export type DeliveryHandle = Readonly<Record<string, string>>;

/**
 * How a delivery ended.
 *
 * `retry`: not now; again later with the same idempotency key, not before `afterMs`. `refused`: this notice never, so it
 * is a dead letter. `disabled`: nothing more to this channel until its configuration changes (the receiver is gone).
 * A reason holds no URL, no secret and no text of the receiver.
 */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly handle?: DeliveryHandle }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'refused' | 'disabled'; readonly reason: string };

/** One channel. Its methods never throw and give up when `signal` aborts. */
export interface Notifier {
  readonly name: string;
  /** Least time between two messages that the vendor asks for; none without it. */
  readonly minGapMs?: number;
  /** `handle` is what the last delivery of this incident through this channel gave, if it gave one. */
  send(notice: Notice, signal: AbortSignal, handle?: DeliveryHandle): Promise<Delivery>;
  /** Sends several notices as one message. A channel without it is sent each of them. */
  sendDigest?(digest: NoticeDigest, signal: AbortSignal): Promise<Delivery>;
  /** For receivers that forget what they do not hear of again. */
  readonly refresh?: NotifierRefresh;
}

/** How a receiver that forgets is reminded. */
export interface NotifierRefresh {
  readonly everyMs: number;
  /** How long after its end an incident is still part of `open`. */
  readonly keepResolvedMs: number;
  /** Sends the latest notice of every open incident again. Failures may be dropped: the next turn makes up for them. */
  send(open: readonly Notice[], signal: AbortSignal): Promise<Delivery>;
}
