/**
 * What an incident must be like. Every given key must fit one of its texts; `*` stands for any characters. A key that
 * the incident does not have fits nothing. Without keys everything fits.
 */
export interface IncidentMatch {
  readonly severity?: readonly string[];
  readonly rule?: readonly string[];
  readonly service?: readonly string[];
  readonly environment?: readonly string[];
  readonly feature?: readonly string[];
  /** The team of the labels, else the team that most of the excess comes from. */
  readonly team?: readonly string[];
  readonly model?: readonly string[];
}

/** Properties by which incidents are told in one message. */
export type GroupLabel = 'rule' | 'severity' | 'service' | 'environment' | 'feature' | 'team';

/** Hours of the week in which warnings wait. A window that ends before it begins goes over midnight. */
export interface QuietHours {
  /** Days on which the window begins, 1 Monday to 7 Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight; equal ones mean the whole day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly timeZone: string;
}

/** One step for an incident that nobody acknowledges. */
export interface EscalationStep {
  /** Time since it fired. */
  readonly afterMs: number;
  readonly channels: readonly string[];
  /** Words for the people there. */
  readonly note?: string;
}

/** Where incidents go and how often. */
export interface Route {
  readonly name: string;
  readonly match: IncidentMatch;
  readonly channels: readonly string[];
  /** Whether later routes are looked at too. */
  readonly continues: boolean;
  readonly groupBy: readonly GroupLabel[];
  /** How long the first notice of a group waits for others; critical ones do not wait. */
  readonly groupWaitMs: number;
  /** Least time between two messages about one group; critical ones do not wait. */
  readonly groupIntervalMs: number;
  /** Time after which an open incident that nobody acknowledged is told again; undefined: never. */
  readonly repeatIntervalMs?: number;
  readonly quietHours: readonly QuietHours[];
  /** Minute of the day at which what is not critical goes out as one message. */
  readonly digestMinute?: number;
  readonly escalation: readonly EscalationStep[];
}

/** An incident that fits `source` keeps one that fits `target`, with equal labels, from being told. */
export interface Inhibition {
  readonly source: IncidentMatch;
  readonly target: IncidentMatch;
  readonly equal: readonly GroupLabel[];
}

/** Nothing that fits is told before the end. */
export interface Mute {
  readonly match: IncidentMatch;
  readonly fromEpochMs: number;
  readonly untilEpochMs: number;
  readonly reason?: string;
}

/**
 * What routes say when they say nothing: told at once, later changes of the same service at most every 5 minutes, and
 * again every 4 hours (Alertmanager's defaults, but for its wait of 30 s: one evaluation finds everything at once, so
 * there is nothing to wait for).
 */
export const ROUTE_DEFAULTS: Pick<
  Route,
  'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'
> = {
  groupBy: ['service', 'environment'],
  groupWaitMs: 0,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
};
