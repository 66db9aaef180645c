import { setImmediate } from 'node:timers/promises';
import {
  advance,
  type CoverageRule,
  createHistory,
  evaluateRules,
  type History,
  type HourOfWeek,
  type Incident,
  type IncidentConfig,
  type Incidents,
  type PipelineGapRule,
  type PlannedEvent,
  type Rule,
  type RuleStates,
  stepIncidents,
  type Transition,
  type UsageMinute,
} from '@tokenmeter/anomaly';
import { UserContributors, UserLog } from '@tokenmeter/worker';
import { incidentConfigFor } from './incident-config-for.ts';
import type { ReplayFeed } from './replay-feed.ts';
import { SourceJudge } from './source-judge.ts';

/** What is replayed, and how. */
export interface ReplayOptions {
  readonly feed: ReplayFeed;
  readonly rules: readonly Rule[];
  readonly coverageRule?: CoverageRule;
  readonly pipelineRule?: PipelineGapRule;
  readonly hourOfWeek: HourOfWeek;
  readonly plannedEvents?: readonly PlannedEvent[];
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
    const past = await feed.next(to);
    const { minutes } = past;
    const { incidents, transitions } = await evaluation.step(past, to);
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
  readonly #options: ReplayOptions;
  #history: History = createHistory();
  #states: RuleStates = {};
  #incidents: Incidents = {};
  readonly #source: SourceJudge | undefined;
  readonly #config: IncidentConfig;
  readonly #log = new UserLog();
  readonly #users: UserContributors;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#config = incidentConfigFor(options.stepMs);
    if (options.feed.isWatched === true) this.#source = new SourceJudge(options);
    const { readUserContributors = (query) => Promise.resolve(this.#log.contributors(query)) } =
      options.feed;
    this.#users = new UserContributors({ readUserContributors });
  }

  async step(
    { minutes, gaps, coverage = [] }: Awaited<ReturnType<ReplayFeed['next']>>,
    toEpochMs: number,
  ): Promise<{
    readonly incidents: readonly Incident[];
    readonly transitions: readonly Transition[];
  }> {
    const { rules, hourOfWeek, signal, plannedEvents = [] } = this.#options;
    this.#log.add(minutes);
    const input = { minutes, gaps, toEpochMs, plannedEvents };
    this.#history = advance(this.#history, input, hourOfWeek);
    const { states, ...judged } = evaluateRules(rules, this.#states, {
      history: this.#history,
      epochMs: toEpochMs,
      hourOfWeek,
    });
    this.#states = states;
    const { findings, unknownRules } =
      judged.findings.length === 0
        ? judged
        : await this.#users.add({ ...judged, epochMs: toEpochMs }, signal);
    const ofSource = this.#source?.judge(toEpochMs, gaps, coverage) ?? [];
    const next = stepIncidents(
      this.#incidents,
      { epochMs: toEpochMs, findings: [...findings, ...ofSource], unknownRules },
      this.#config,
    );
    this.#incidents = next.incidents;
    const incidents = Object.values(next.incidents).filter(
      (incident) => incident.updatedEpochMs === toEpochMs,
    );
    return { incidents, transitions: next.transitions };
  }
}
