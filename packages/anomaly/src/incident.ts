import type { Finding, Severity } from './finding.ts';

/**
 * Where an incident stands. `pending`: seen, not told yet; `acknowledged`: somebody works on it; `silenced`: told to
 * nobody until its silence ends, or until it gets worse.
 */
export type IncidentState = 'pending' | 'firing' | 'acknowledged' | 'silenced' | 'resolved';

/** Something wrong from its first finding to its end. Plain data that survives JSON. */
export interface Incident {
  /** Unique: identity and start. */
  readonly id: string;
  /** Identity: rule and labels, without severity or value. */
  readonly key: string;
  readonly state: IncidentState;
  /** May be above that of the latest finding: it falls only after some time. */
  readonly severity: Severity;
  readonly startedEpochMs: number;
  readonly updatedEpochMs: number;
  /** Last evaluation that found it. */
  readonly lastFoundEpochMs: number;
  /** Since when it waits for somebody: it fired, got worse, or its silence ended. */
  readonly firedEpochMs?: number;
  readonly resolvedEpochMs?: number;
  readonly acknowledgedEpochMs?: number;
  /** Undefined while silenced: until its end. */
  readonly silencedUntilEpochMs?: number;
  /** Who gave the last command, in their own words. */
  readonly actor?: string;
  /** What somebody named as the cause. */
  readonly cause?: string;
  /** Somebody said that this is no fault: baselines ignore its time. */
  readonly isExpected?: boolean;
  /** Somebody declared it over while it was still found. */
  readonly isDismissed?: boolean;
  /** It opened and closed so often that only its final end is told. */
  readonly isFlapping?: boolean;
  /** Since when it has been found less severe than it is held to be. */
  readonly milderSinceEpochMs?: number;
  /** How many times the expected it was at most within 5 minutes of firing; undefined when nothing was expected. */
  readonly firedRatio?: number;
  /** Since when less than half of the calls hit the cache. */
  readonly lowHitRateSinceEpochMs?: number;
  /** When it opened, closed or changed severity within the last hour. */
  readonly changesEpochMs: readonly number[];
  /** Evaluations that found it. */
  readonly sightings: number;
  /** Number of transitions so far; with the id it names one transition. */
  readonly sequence: number;
  /** The latest finding. */
  readonly finding: Finding;
}

/**
 * What happened to an incident. `escalated`: its severity rose; `updated`: it fell; `flapping`: it comes and goes, which
 * is said once.
 */
export type TransitionKind =
  | 'firing'
  | 'escalated'
  | 'updated'
  | 'acknowledged'
  | 'silenced'
  | 'flapping'
  | 'resolved';

/** A change of an incident that people must hear of. */
export interface Transition {
  readonly kind: TransitionKind;
  /** As it is after the change. */
  readonly incident: Incident;
}

/** How incidents open and close. */
export interface IncidentConfig {
  /** Evaluations in a row that must find it before it fires. */
  readonly sightings: number;
  /** A finding of at least this score fires at the first sighting: waiting would only cost money. */
  readonly certainScore: number;
  /** Time without a finding before it is over. */
  readonly holdMs: number;
  /** Time that it must be found less severe before its severity falls. */
  readonly fallMs: number;
  /** A finding within this time after the end opens the old incident again. */
  readonly reopenMs: number;
  /** More changes than this within an hour are flapping. */
  readonly mostChangesPerHour: number;
  /** Time without a finding before an incident that flaps is over. */
  readonly flappingHoldMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Two evaluations to fire, one when beyond doubt; 15 minutes of quiet to resolve; 5 milder minutes for the severity to
 * fall; reopened within 30 minutes; more than 4 changes an hour are flapping, which ends after a quiet hour.
 */
export const DEFAULT_INCIDENT_CONFIG: IncidentConfig = {
  sightings: 2,
  certainScore: 7,
  holdMs: 15 * MINUTE_MS,
  fallMs: 5 * MINUTE_MS,
  reopenMs: 30 * MINUTE_MS,
  mostChangesPerHour: 4,
  flappingHoldMs: 60 * MINUTE_MS,
};

/** Incidents by key; resolved ones stay while they may be reopened. */
export type Incidents = Readonly<Record<string, Incident>>;

/** Key of the incident that a finding belongs to. Workers that share a state but not their series differ by `shard`. */
export function incidentKey(finding: Pick<Finding, 'rule' | 'labels'>, shard = ''): string {
  const labels = Object.entries(finding.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(shard === '' ? [finding.rule, labels] : [finding.rule, labels, shard]);
}
