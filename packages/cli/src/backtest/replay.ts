import { setImmediate } from 'node:timers/promises';
import {
  advance,
  createHistory,
  DEFAULT_INCIDENT_CONFIG,
  type Gap,
  type HourOfWeek,
  INITIAL_RULE_STATE,
  type Incident,
  type Incidents,
  type Rule,
  type RuleState,
  step,
  stepIncidents,
  type Transition,
  type UsageMinute,
} from '@tokenmeter/anomaly';
import type { ReplayFeed } from './replay-feed.ts';

/** What is replayed, and how. */
export interface ReplayOptions {
  readonly feed: ReplayFeed;
  readonly rules: readonly Rule[];
  readonly hourOfWeek: HourOfWeek;
  /** Time between two evaluations. */
  readonly stepMs: number;
  readonly signal: AbortSignal;
  readonly onTransition: (change: ReplayedTransition) => void;
  /** Called for each step with what came in it, and with the incidents that were found in it. */
  readonly onStep?: (step: ReplayedStep) => void;
}

/** A change of an incident, and when it would have been told. */
export interface ReplayedTransition extends Transition {
  readonly atEpochMs: number;
}

/** One evaluation. */
export interface ReplayedStep {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly minutes: readonly UsageMinute[];
  readonly incidents: readonly Incident[];
}

const YIELD_EVERY_MS = 50;

/**
 * Runs the rules over the past as they would have run then: at every step they know what came before it and nothing else.
 *
 * Deterministic for the same feed. Ends early, without a word, when the signal aborts.
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const { feed, stepMs, signal } = options;
  const evaluation = new Evaluation(options);
  let yieldedMs = performance.now();
  for (let from = feed.fromEpochMs; from < feed.toEpochMs; from += stepMs) {
    const to = from + stepMs;
    const { minutes, gaps } = await feed.next(to);
    const { incidents, transitions } = evaluation.step(minutes, gaps, to);
    for (const transition of transitions) {
      options.onTransition({ ...transition, atEpochMs: to });
    }
    options.onStep?.({ fromEpochMs: from, toEpochMs: to, minutes, incidents });
    if (performance.now() - yieldedMs < YIELD_EVERY_MS) continue;
    // A person may want to stop, and progress wants to be shown.
    await setImmediate();
    yieldedMs = performance.now();
    if (signal.aborted) return;
  }
}

class Evaluation {
  readonly #rules: readonly Rule[];
  readonly #hourOfWeek: HourOfWeek;
  #history = createHistory();
  #states: Record<number, RuleState> = {};
  #incidents: Incidents = {};

  constructor(options: Pick<ReplayOptions, 'rules' | 'hourOfWeek'>) {
    this.#rules = options.rules;
    this.#hourOfWeek = options.hourOfWeek;
  }

  step(
    minutes: readonly UsageMinute[],
    gaps: readonly Gap[],
    toEpochMs: number,
  ): { readonly incidents: readonly Incident[]; readonly transitions: readonly Transition[] } {
    const hourOfWeek = this.#hourOfWeek;
    this.#history = advance(this.#history, { minutes, gaps, toEpochMs }, hourOfWeek);
    const input = { history: this.#history, epochMs: toEpochMs, hourOfWeek };
    const unknownRules = new Set<string>();
    const findings = this.#rules.flatMap((rule, index) => {
      const result = step(rule, this.#states[index] ?? INITIAL_RULE_STATE, input);
      this.#states[index] = result.state;
      if (result.isUnknown) unknownRules.add(rule.name);
      return result.findings;
    });
    const evaluated = { epochMs: toEpochMs, findings, unknownRules };
    const next = stepIncidents(this.#incidents, evaluated, DEFAULT_INCIDENT_CONFIG);
    this.#incidents = next.incidents;
    const incidents = Object.values(next.incidents).filter(
      (incident) => incident.updatedEpochMs === toEpochMs,
    );
    return { incidents, transitions: next.transitions };
  }
}
