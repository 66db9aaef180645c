import {
  advance,
  createHistory,
  type History,
  type HourOfWeek,
  INITIAL_RULE_STATE,
  type Incident,
  type Incidents,
  type Rule,
  type RuleState,
  step,
  stepIncidents,
  type Transition,
} from '@tokenmeter/anomaly';
import type { SourceRead } from './ports.ts';

/** What an evaluator starts from. */
export interface EvaluatorOptions {
  readonly rules: readonly Rule[];
  readonly hourOfWeek: HourOfWeek;
  readonly incidents: readonly Incident[];
  /** Text of `snapshot()`; anything unreadable is as good as nothing. */
  readonly snapshot?: string | undefined;
}

interface Snapshot {
  readonly version: 1;
  readonly history: History;
  readonly rules: Readonly<Record<string, RuleState>>;
}

/** A read that answered. */
export type GoodRead = Extract<SourceRead, { readonly ok: true }>;

/** Holds what was learned and what is wrong; does no input or output. */
export class Evaluator {
  readonly #rules: readonly Rule[];
  readonly #hourOfWeek: HourOfWeek;
  readonly #ruleStates: Record<string, RuleState>;
  #history: History;
  #incidents: Incidents;

  constructor(options: EvaluatorOptions) {
    this.#rules = options.rules;
    this.#hourOfWeek = options.hourOfWeek;
    const snapshot = parseSnapshot(options.snapshot);
    this.#history = snapshot?.history ?? createHistory();
    this.#ruleStates = { ...snapshot?.rules };
    this.#incidents = latestByKey(options.incidents);
  }

  /** End of what was learned; undefined before any minute. */
  get advancedToEpochMs(): number | undefined {
    return this.#history.advancedToEpochMs;
  }

  /** As above, but undefined too while no call was ever seen: then the past may still be on its way. */
  get learnedToEpochMs(): number | undefined {
    const isEmpty = Object.keys(this.#history.series).length === 0;
    return isEmpty ? undefined : this.#history.advancedToEpochMs;
  }

  /** Calls that were learned for whole hours of the last day. */
  callsBetween(fromEpochMs: number, toEpochMs: number): number {
    const hours = this.#history.scopes.total?.hours ?? [];
    return hours
      .filter((hour) => hour.startEpochMs >= fromEpochMs && hour.startEpochMs < toEpochMs)
      .reduce((sum, hour) => sum + hour.usage.calls, 0);
  }

  /** Forgets what was learned, but not what is wrong. */
  forget(): void {
    this.#history = createHistory();
  }

  /** Learns a read up to `toEpochMs` without judging it. */
  learn(read: GoodRead, toEpochMs: number): void {
    const { minutes, gaps } = read;
    this.#history = advance(this.#history, { minutes, gaps, toEpochMs }, this.#hourOfWeek);
  }

  /** Judges the present; returns what changed. */
  evaluate(): {
    readonly changed: readonly Incident[];
    readonly transitions: readonly Transition[];
  } {
    const epochMs = this.#history.advancedToEpochMs;
    if (epochMs === undefined) return { changed: [], transitions: [] };
    const unknownRules = new Set<string>();
    const findings = this.#rules.flatMap((rule) => {
      const state = this.#ruleStates[rule.name] ?? INITIAL_RULE_STATE;
      const input = { history: this.#history, epochMs, hourOfWeek: this.#hourOfWeek };
      const result = step(rule, state, input);
      this.#ruleStates[rule.name] = result.state;
      if (result.isUnknown) unknownRules.add(rule.name);
      return result.findings;
    });
    const before = this.#incidents;
    const next = stepIncidents(before, { epochMs, findings, unknownRules });
    this.#incidents = next.incidents;
    const changed = Object.values(next.incidents).filter(
      (incident) => incident.state !== 'pending' && incident !== before[incident.key],
    );
    return { changed, transitions: next.transitions };
  }

  /** Everything but the incidents, as text. */
  snapshot(): string {
    const snapshot: Snapshot = { version: 1, history: this.#history, rules: this.#ruleStates };
    return JSON.stringify(snapshot);
  }
}

function latestByKey(incidents: readonly Incident[]): Incidents {
  const byKey: Record<string, Incident> = {};
  for (const incident of incidents) {
    const known = byKey[incident.key];
    if (known === undefined || known.updatedEpochMs < incident.updatedEpochMs) {
      byKey[incident.key] = incident;
    }
  }
  return byKey;
}

function parseSnapshot(text: string | undefined): Snapshot | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isSnapshot(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The file is written whole, by us, in a transaction: its version and outline tell enough. */
function isSnapshot(value: unknown): value is Snapshot {
  if (!isObject(value) || value.version !== 1 || !isObject(value.rules)) return false;
  const { history } = value;
  if (!isObject(history) || history.version !== 1) return false;
  return isObject(history.series) && isObject(history.scopes) && Array.isArray(history.gaps);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
