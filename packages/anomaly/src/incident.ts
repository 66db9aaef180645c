import type { Finding, Severity } from './finding.ts';
import { compareSeverity } from './rule-state.ts';

/** Something wrong from its first finding to its end. */
export interface Incident {
  /** Unique: identity and start. */
  readonly id: string;
  /** Identity: rule and labels, without severity or value. */
  readonly key: string;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly severity: Severity;
  readonly startedEpochMs: number;
  readonly updatedEpochMs: number;
  /** Last evaluation that found it. */
  readonly lastFoundEpochMs: number;
  readonly resolvedEpochMs?: number;
  readonly acknowledgedEpochMs?: number;
  readonly silencedUntilEpochMs?: number;
  /** Evaluations in a row that found it, while pending. */
  readonly sightings: number;
  /** Number of transitions so far; with the id it names one transition. */
  readonly sequence: number;
  /** The latest finding. */
  readonly finding: Finding;
}

/** A change of an incident that people must hear of. */
export interface Transition {
  readonly kind: 'firing' | 'escalated' | 'updated' | 'resolved';
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
  /** A finding within this time after the end opens the old incident again. */
  readonly reopenMs: number;
}

/** Two evaluations to fire, one when beyond doubt, 15 minutes of quiet to resolve, reopened within 30 minutes. */
export const DEFAULT_INCIDENT_CONFIG: IncidentConfig = {
  sightings: 2,
  certainScore: 7,
  holdMs: 15 * 60_000,
  reopenMs: 30 * 60_000,
};

/** Incidents by key; resolved ones stay while they may be reopened. */
export type Incidents = Readonly<Record<string, Incident>>;

/** One evaluation as the state machine sees it. */
export interface IncidentInput {
  readonly epochMs: number;
  readonly findings: readonly Finding[];
  /** Rules that could not tell: their incidents neither advance nor end. */
  readonly unknownRules: ReadonlySet<string>;
}

/** Key of the incident that a finding belongs to. */
export function incidentKey(finding: Pick<Finding, 'rule' | 'labels'>): string {
  const labels = Object.entries(finding.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([finding.rule, labels]);
}

/**
 * Moves every incident by one evaluation: pending → firing → resolved, severity up (`escalated`) or down (`updated`).
 *
 * A pending incident that is not found again is forgotten without a word. Deterministic; time must not run backwards,
 * an evaluation at or before the last update of an incident leaves that incident as it is.
 */
export function stepIncidents(
  incidents: Incidents,
  input: IncidentInput,
  config: IncidentConfig = DEFAULT_INCIDENT_CONFIG,
): { readonly incidents: Incidents; readonly transitions: readonly Transition[] } {
  const found = worstByKey(input.findings);
  const next: Record<string, Incident> = {};
  const transitions: Transition[] = [];
  for (const key of [...new Set([...Object.keys(incidents), ...found.keys()])].sort()) {
    const { incident, kind } = move(incidents[key], found.get(key), { ...input, key }, config);
    if (incident === undefined) continue;
    next[key] = incident;
    if (kind !== undefined) transitions.push({ kind, incident });
  }
  return { incidents: next, transitions };
}

function worstByKey(findings: readonly Finding[]): Map<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const key = incidentKey(finding);
    const known = worst.get(key);
    if (known === undefined || compareSeverity(finding.severity, known.severity) > 0) {
      worst.set(key, finding);
    }
  }
  return worst;
}

interface Move {
  readonly incident: Incident | undefined;
  readonly kind?: Transition['kind'];
}

function move(
  incident: Incident | undefined,
  finding: Finding | undefined,
  input: IncidentInput & { readonly key: string },
  config: IncidentConfig,
): Move {
  if (incident === undefined) {
    return finding === undefined ? { incident } : open(finding, input, config);
  }
  if (input.epochMs <= incident.updatedEpochMs) return { incident };
  if (finding !== undefined) return see(incident, finding, input, config);
  if (input.unknownRules.has(incident.finding.rule))
    return { incident: hold(incident, input.epochMs) };
  return miss(incident, input.epochMs, config);
}

function open(
  finding: Finding,
  { key, epochMs }: { readonly key: string; readonly epochMs: number },
  config: IncidentConfig,
): Move {
  const startedEpochMs = Math.min(finding.sinceEpochMs, epochMs);
  const pending: Incident = {
    id: `inc-${hashText(key)}-${Math.floor(epochMs / 60_000).toString(36)}`,
    key,
    state: 'pending',
    severity: finding.severity,
    startedEpochMs,
    updatedEpochMs: epochMs,
    lastFoundEpochMs: epochMs,
    sightings: 1,
    sequence: 0,
    finding,
  };
  return isToldNow(pending, config) ? fire(pending) : { incident: pending };
}

function fire(incident: Incident): Move {
  return {
    incident: { ...incident, state: 'firing', sequence: incident.sequence + 1 },
    kind: 'firing',
  };
}

function see(
  incident: Incident,
  finding: Finding,
  input: { readonly key: string; readonly epochMs: number },
  config: IncidentConfig,
): Move {
  const { epochMs } = input;
  const seen: Incident = {
    ...incident,
    finding,
    updatedEpochMs: epochMs,
    lastFoundEpochMs: epochMs,
    sightings: incident.sightings + 1,
  };
  if (incident.state === 'resolved') {
    if (epochMs - (incident.resolvedEpochMs ?? 0) > config.reopenMs)
      return open(finding, input, config);
    const { resolvedEpochMs: _, ...reopened } = seen;
    return fire({ ...reopened, severity: finding.severity });
  }
  const change = compareSeverity(finding.severity, incident.severity);
  if (incident.state === 'pending') {
    const worst = change > 0 ? finding.severity : incident.severity;
    const pending = { ...seen, severity: worst };
    return isToldNow(pending, config) ? fire(pending) : { incident: pending };
  }
  if (change === 0) return { incident: seen };
  return {
    incident: { ...seen, severity: finding.severity, sequence: seen.sequence + 1 },
    kind: change > 0 ? 'escalated' : 'updated',
  };
}

/** What cannot be seen is not over: the time of the gap does not count as quiet. */
function hold(incident: Incident, epochMs: number): Incident {
  if (incident.state === 'resolved') return incident;
  const passed = epochMs - incident.updatedEpochMs;
  return {
    ...incident,
    updatedEpochMs: epochMs,
    lastFoundEpochMs: incident.lastFoundEpochMs + passed,
  };
}

function miss(incident: Incident, epochMs: number, config: IncidentConfig): Move {
  if (incident.state === 'pending') return { incident: undefined };
  if (incident.state === 'resolved') {
    const isOver = epochMs - (incident.resolvedEpochMs ?? 0) > config.reopenMs;
    return { incident: isOver ? undefined : incident };
  }
  if (epochMs - incident.lastFoundEpochMs < config.holdMs) {
    return { incident: { ...incident, updatedEpochMs: epochMs } };
  }
  return {
    incident: {
      ...incident,
      state: 'resolved',
      updatedEpochMs: epochMs,
      resolvedEpochMs: epochMs,
      sequence: incident.sequence + 1,
    },
    kind: 'resolved',
  };
}

/** FNV-1a over UTF-16 units, twice with different offsets: 64 bits as hexadecimal text. Not for secrets. */
function hashText(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193) >>> 0;
    low = Math.imul(low ^ (unit + index), 0x85ebca6b) >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function isToldNow({ sightings, finding }: Incident, config: IncidentConfig): boolean {
  return sightings >= config.sightings || finding.score >= config.certainScore;
}
