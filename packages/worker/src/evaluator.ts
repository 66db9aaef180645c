import {
  acceptExcess,
  advance,
  type CoverageMinute,
  type CoverageRule,
  createHistory,
  DEFAULT_COVERAGE_RULE,
  DEFAULT_PIPELINE_GAP_RULE,
  evaluateRules,
  type Finding,
  forecastTotal,
  type History,
  type HourOfWeek,
  historyCalls,
  historyGaps,
  historyRefused,
  INITIAL_RULE_STATE,
  isEmptyHistory,
  judgeCoverage,
  judgePipeline,
  type PipelineGapRule,
  type PlannedEvent,
  type Rule,
  type RuleState,
  type RuleStates,
  type SpendForecast,
} from '@tokenmeter/anomaly';
import type { Judgement } from './incidents/incident-book.ts';
import type { SourceRead } from './ports.ts';
import { parseSnapshot, renderSnapshot } from './snapshot.ts';
import type { WorkerStats } from './worker-options.ts';

/** What an evaluator starts from. */
export interface EvaluatorOptions {
  readonly rules: readonly Rule[];
  readonly hourOfWeek: HourOfWeek;
  readonly coverageRule?: CoverageRule | undefined;
  readonly pipelineRule?: PipelineGapRule | undefined;
  readonly plannedEvents?: readonly PlannedEvent[] | undefined;
  /** Parts of `snapshot()`; anything unreadable is as good as nothing. */
  readonly snapshot?: Iterable<Uint8Array> | undefined;
}

/** The circumstances of an evaluation. */
export interface Present {
  readonly nowEpochMs: number;
  readonly settleMs: number;
  /** Whether minutes were learned since the last evaluation. */
  readonly isFresh: boolean;
  /** Whether the source could not be read. */
  readonly isSourceFailing: boolean;
  /** When the worker started. */
  readonly startedEpochMs: number;
}

/** A source that cannot be read is told within 5 minutes of its failing: 3, the evaluation, and the delivery. */
const FAILING_MINUTES = 3;

const HOUR_MS = 3_600_000;

/** A read that answered. */
export type GoodRead = Extract<SourceRead, { readonly ok: true }>;

/** Holds what was learned and what is wrong; does no input or output. */
export class Evaluator {
  /** True when it was given a snapshot that it could not read. */
  readonly isSnapshotRefused: boolean;
  readonly #options: EvaluatorOptions;
  #ruleStates: RuleStates;
  #coverageState: RuleState = INITIAL_RULE_STATE;
  #coverage: readonly CoverageMinute[] = [];
  #history: History;
  #refusedSamples = 0;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    const snapshot = options.snapshot && parseSnapshot(options.snapshot);
    this.isSnapshotRefused = options.snapshot !== undefined && snapshot === undefined;
    this.#history = snapshot?.history ?? createHistory();
    this.#ruleStates = snapshot?.rules ?? {};
  }

  /** End of what was learned; undefined before any minute. */
  get advancedToEpochMs(): number | undefined {
    return this.#history.advancedToEpochMs;
  }

  /** As above, but undefined too while no call was ever seen: then the past may still be on its way. */
  get learnedToEpochMs(): number | undefined {
    return isEmptyHistory(this.#history) ? undefined : this.#history.advancedToEpochMs;
  }

  /** What was left out so far, by reason. */
  get refused(): WorkerStats['refused'] {
    const refused = historyRefused(this.#history);
    return { ...refused, invalid: refused.invalid + this.#refusedSamples };
  }

  /** Calls that were learned for whole hours of the last day. */
  callsBetween(fromEpochMs: number, toEpochMs: number): number {
    return historyCalls(this.#history, fromEpochMs, toEpochMs);
  }

  /** Spend from the end of what was learned until then, as it usually goes on; undefined before a week is known. */
  forecast(toEpochMs: number): (SpendForecast & { readonly fromEpochMs: number }) | undefined {
    const { advancedToEpochMs: fromEpochMs } = this.#history;
    const { hourOfWeek } = this.#options;
    const rest = forecastTotal(this.#history, { toEpochMs, hourOfWeek });
    return fromEpochMs === undefined || rest === undefined ? undefined : { ...rest, fromEpochMs };
  }

  /** Forgets what was learned, but not what is wrong. */
  forget(): void {
    this.#history = createHistory();
  }

  /** Learns a read up to `toEpochMs`. */
  learn(read: GoodRead, toEpochMs: number): void {
    const { minutes, gaps, coverage = [], refusedSamples = 0 } = read;
    const { hourOfWeek, plannedEvents = [] } = this.#options;
    const { advancedToEpochMs: fromEpochMs = Number.NEGATIVE_INFINITY } = this.#history;
    const input = { minutes, gaps, toEpochMs, plannedEvents };
    this.#history = advance(this.#history, input, hourOfWeek);
    this.#refusedSamples += refusedSamples;
    // A read is learned in pieces: what came with the one before is known.
    const news = coverage.filter(({ minuteEpochMs }) => minuteEpochMs >= fromEpochMs);
    this.#coverage = [...this.#coverage, ...news].filter(
      ({ minuteEpochMs }) => minuteEpochMs >= toEpochMs - HOUR_MS && minuteEpochMs < toEpochMs,
    );
  }

  /** Judges the past and says nothing: what was wrong then must not count as usual. */
  rehearse(): void {
    const { advancedToEpochMs } = this.#history;
    if (advancedToEpochMs !== undefined) this.#judge(advancedToEpochMs);
  }

  /** Takes the present level of a place as the usual one, since a person said so. */
  accept(labels: Finding['labels']): void {
    acceptExcess(this.#history, labels, this.#options.hourOfWeek);
  }

  /**
   * Judges the present; undefined when there is nothing to say. Without fresh data the rules claim nothing and no incident
   * of theirs ends, but that data is missing is judged.
   */
  evaluate(present: Present): Judgement | undefined {
    const { nowEpochMs, settleMs, isFresh, isSourceFailing, startedEpochMs } = present;
    const { advancedToEpochMs } = this.#history;
    const gaps = historyGaps(this.#history);
    if (advancedToEpochMs === undefined && !isSourceFailing) return undefined;
    // A source that was never read is missed from the start of the worker on.
    const knownToEpochMs = advancedToEpochMs ?? startedEpochMs - settleMs;
    const { findings, unknownRules } = isFresh
      ? this.#judge(knownToEpochMs)
      : {
          findings: [],
          unknownRules: new Set<string>(this.#options.rules.map((rule) => rule.name)),
        };
    const pipeline = { nowEpochMs, settleMs, knownToEpochMs, gaps };
    const usual = this.#options.pipelineRule ?? DEFAULT_PIPELINE_GAP_RULE;
    const warningMinutes = Math.min(FAILING_MINUTES, usual.warningMinutes);
    findings.push(
      ...judgePipeline(isSourceFailing ? { ...usual, warningMinutes } : usual, pipeline),
    );
    // Between two minutes there is nothing to say; a step would use the minute up for the evaluation that knows it.
    if (!isFresh && findings.length === 0) return undefined;
    return { epochMs: Math.floor(nowEpochMs / 60_000) * 60_000, findings, unknownRules };
  }

  #judge(epochMs: number): { findings: Finding[]; unknownRules: Set<string> } {
    const { rules, hourOfWeek, coverageRule = DEFAULT_COVERAGE_RULE } = this.#options;
    const input = { history: this.#history, epochMs, hourOfWeek };
    const evaluation = evaluateRules(rules, this.#ruleStates, input);
    this.#ruleStates = evaluation.states;
    const covered = judgeCoverage(coverageRule, this.#coverageState, {
      epochMs,
      minutes: this.#coverage,
    });
    this.#coverageState = covered.state;
    const unknownRules = new Set<string>(evaluation.unknownRules);
    if (covered.isUnknown) unknownRules.add(coverageRule.name);
    return { findings: [...evaluation.findings, ...covered.findings], unknownRules };
  }

  /** Everything but the incidents, in parts. */
  snapshot(): Iterable<Uint8Array> {
    return renderSnapshot({ rules: this.#ruleStates, history: this.#history });
  }
}
