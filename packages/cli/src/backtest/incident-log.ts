import { compareSeverity, type Finding, type Incident, type Severity } from '@tokenmeter/anomaly';
import { RecentUsage } from './recent-usage.ts';
import type { ReplayedStep, ReplayedTransition } from './replay.ts';

/** One incident of a replay, from its onset to its end. */
export interface ReplayedIncident {
  readonly id: string;
  /** Worst severity that it reached. */
  severity: Severity;
  /** Onset, as the rule saw it when it fired. */
  readonly startedEpochMs: number;
  /** When people would have been told. */
  readonly firedEpochMs: number;
  /** Undefined when it still lasts at the end of the replay. */
  resolvedEpochMs: number | undefined;
  /** Money beyond the expected, from its onset on. Negative where calls got cheaper. */
  extraUsd: number;
  /** As it fired. */
  readonly finding: Finding;
  /** As it was at its dearest. */
  peak: Finding;
}

/** An incident, with the end of what is counted of its cost. */
interface CountedIncident extends ReplayedIncident {
  countedEpochMs: number;
}

const HOUR_MS = 3_600_000;
/** Rules whose dollars are what a window cost beyond the usual. */
const OF_USAGE: ReadonlySet<Finding['rule']> = new Set([
  'volume',
  'slow_burn',
  'cost_per_request',
  'cache_hit_rate',
  'model_drift',
]);

/** Keeps account of the incidents of a replay and of what they cost. */
export class IncidentLog {
  readonly #incidents = new Map<string, CountedIncident>();
  readonly #recent = new RecentUsage();

  note({ kind, incident, atEpochMs }: ReplayedTransition): void {
    const known = this.#incidents.get(incident.id);
    if (known === undefined) {
      if (kind !== 'firing') return;
      this.#incidents.set(incident.id, openIncident(incident, atEpochMs));
      return;
    }
    known.resolvedEpochMs = incident.state === 'resolved' ? atEpochMs : undefined;
    if (compareSeverity(incident.severity, known.severity) > 0) known.severity = incident.severity;
  }

  /** Adds what the incidents of a step cost in it. Call it after the transitions of the step. */
  add(step: ReplayedStep): void {
    this.#recent.add(step);
    for (const incident of step.incidents) {
      const known = this.#incidents.get(incident.id);
      if (known === undefined) continue;
      // One that comes and goes ends without a word.
      if (incident.state === 'resolved') known.resolvedEpochMs ??= step.toEpochMs;
      if (incident.state !== 'firing' && incident.state !== 'acknowledged') continue;
      if (incident.lastFoundEpochMs !== step.toEpochMs) continue;
      const { finding } = incident;
      known.extraUsd += this.#extraOf(finding, known.countedEpochMs, step.toEpochMs);
      known.countedEpochMs = step.toEpochMs;
      if (finding.usdPerHour > known.peak.usdPerHour) known.peak = finding;
    }
  }

  /**
   * What was spent in a stretch beyond what the window of the finding has usually. A window goes on to show what ended; what
   * was spent since does not.
   */
  #extraOf(finding: Finding, fromEpochMs: number, toEpochMs: number): number {
    const { rule, labels, usdPerHour, windowMinutes } = finding;
    const hours = (toEpochMs - fromEpochMs) / HOUR_MS;
    const windowHours = windowMinutes / 60;
    const start = toEpochMs - windowHours * HOUR_MS;
    const isKept = Math.min(start, fromEpochMs) >= this.#recent.fromEpochMs;
    if (!OF_USAGE.has(rule) || labels.promptVersion !== undefined || !isKept)
      return usdPerHour * hours;
    const usual = this.#recent.usdBetween(labels, start, toEpochMs) / windowHours - usdPerHour;
    return this.#recent.usdBetween(labels, fromEpochMs, toEpochMs) - Math.max(0, usual) * hours;
  }

  /** In the order in which they fired. */
  list(): readonly ReplayedIncident[] {
    return [...this.#incidents.values()];
  }
}

function openIncident(incident: Incident, atEpochMs: number): CountedIncident {
  const { finding, severity, startedEpochMs } = incident;
  return {
    id: incident.id,
    severity,
    startedEpochMs,
    firedEpochMs: atEpochMs,
    resolvedEpochMs: undefined,
    extraUsd: 0,
    countedEpochMs: startedEpochMs,
    finding,
    peak: finding,
  };
}

/** What a rule would have told. */
export interface RuleSummary {
  readonly rule: string;
  readonly incidents: number;
  readonly criticals: number;
  readonly perWeek: number;
  /** Undefined without an incident. */
  readonly medianDelayMinutes: number | undefined;
  readonly extraUsd: number;
}

/** Sums incidents by rule, for each of the given rules. */
export function summarizeRules(
  rules: readonly string[],
  incidents: readonly ReplayedIncident[],
  weeks: number,
): readonly RuleSummary[] {
  return [...new Set(rules)].map((rule) => {
    const own = incidents.filter((incident) => incident.finding.rule === rule);
    const delays = own.map((incident) => incident.firedEpochMs - incident.startedEpochMs);
    return {
      rule,
      incidents: own.length,
      criticals: own.filter((incident) => incident.severity === 'critical').length,
      perWeek: weeks > 0 ? own.length / weeks : 0,
      medianDelayMinutes: median(delays.map((delay) => delay / 60_000)),
      extraUsd: own.reduce((sum, incident) => sum + incident.extraUsd, 0),
    };
  });
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
