import type { Finding } from './finding.ts';
import {
  DEFAULT_INCIDENT_CONFIG,
  type Incident,
  type IncidentConfig,
  type Incidents,
  incidentKey,
  type Transition,
} from './incident.ts';
import {
  bringBack,
  holdIncident,
  type IncidentMove,
  missIncident,
  openIncident,
  seeIncident,
} from './move-incident.ts';
import { compareSeverity } from './rule-state.ts';
import { MINUTE_MS } from './time.ts';

/** One evaluation as the state machine sees it. */
export interface IncidentInput {
  readonly epochMs: number;
  readonly findings: readonly Finding[];
  /** Rules that could not tell: their incidents neither advance nor end. */
  readonly unknownRules: ReadonlySet<string>;
  /** Sets workers apart that share a state but not their series. */
  readonly shard?: string;
}

/**
 * Moves every incident by one evaluation: pending → firing → acknowledged or silenced → resolved, with its severity up
 * (`escalated`, always told, and needing somebody anew) or, after some milder time, down (`updated`).
 *
 * A pending incident that is not found again is forgotten without a word. Deterministic and independent of the order of
 * findings of different identity; time must not run backwards: an evaluation at or before the last update of an
 * incident leaves that incident as it is, unless that update lies more than ten minutes ahead: then a clock was wrong, and
 * the incident is brought back to the present.
 */
export function stepIncidents(
  incidents: Incidents,
  input: IncidentInput,
  config: IncidentConfig = DEFAULT_INCIDENT_CONFIG,
): { readonly incidents: Incidents; readonly transitions: readonly Transition[] } {
  const found = worstByKey(input);
  const next: Record<string, Incident> = {};
  const transitions: Transition[] = [];
  for (const key of [...new Set([...Object.keys(incidents), ...found.keys()])].sort()) {
    const { incident, kind } = move(incidents[key], found.get(key), { input, key, config });
    if (incident === undefined) continue;
    next[key] = incident;
    if (kind !== undefined) transitions.push({ kind, incident });
  }
  return { incidents: next, transitions };
}

function worstByKey({ findings, shard }: IncidentInput): Map<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const key = incidentKey(finding, shard);
    const known = worst.get(key);
    if (known === undefined || compareSeverity(finding.severity, known.severity) > 0) {
      worst.set(key, finding);
    }
  }
  return worst;
}

interface Turn {
  readonly input: IncidentInput;
  readonly key: string;
  readonly config: IncidentConfig;
}

/** No evaluation lies so far behind the one before, but where a clock was set back. */
const AHEAD_MS = 10 * MINUTE_MS;

function move(
  known: Incident | undefined,
  finding: Finding | undefined,
  { input, key, config }: Turn,
): IncidentMove {
  const { epochMs, unknownRules } = input;
  if (known === undefined) {
    return finding === undefined
      ? { incident: known }
      : openIncident(finding, { key, epochMs }, config);
  }
  const incident = known.updatedEpochMs > epochMs + AHEAD_MS ? bringBack(known, epochMs) : known;
  if (epochMs <= incident.updatedEpochMs) return { incident };
  if (finding !== undefined) return seeIncident(incident, finding, { epochMs, config });
  if (unknownRules.has(incident.finding.rule)) return holdIncident(incident, epochMs);
  return missIncident(incident, epochMs, config);
}
