import {
  advance,
  createHistory,
  DEFAULT_PIPELINE_GAP_RULE,
  evaluateRules,
  type Finding,
  type History,
  type HourOfWeek,
  historyCalls,
  historyGaps,
  isEmptyHistory,
  judgePipeline,
  parseHistory,
  type Rule,
  type RuleStates,
  renderHistory,
} from '@tokenmeter/anomaly';
import type { Judgement } from './incidents/incident-book.ts';
import type { SourceRead } from './ports.ts';

/** What an evaluator starts from. */
export interface EvaluatorOptions {
  readonly rules: readonly Rule[];
  readonly hourOfWeek: HourOfWeek;
  /** Text of `snapshot()`; anything unreadable is as good as nothing. */
  readonly snapshot?: string | undefined;
}

interface Snapshot {
  readonly version: 2;
  /** Text of the history. */
  readonly history: string;
  readonly rules: RuleStates;
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

/** A read that answered. */
export type GoodRead = Extract<SourceRead, { readonly ok: true }>;

/** Holds what was learned and what is wrong; does no input or output. */
export class Evaluator {
  readonly #rules: readonly Rule[];
  readonly #hourOfWeek: HourOfWeek;
  #ruleStates: RuleStates;
  #history: History;

  constructor(options: EvaluatorOptions) {
    this.#rules = options.rules;
    this.#hourOfWeek = options.hourOfWeek;
    const snapshot = parseSnapshot(options.snapshot);
    const history = snapshot && parseHistory(snapshot.history);
    this.#history = history ?? createHistory();
    this.#ruleStates = history === undefined ? {} : (snapshot?.rules ?? {});
  }

  /** End of what was learned; undefined before any minute. */
  get advancedToEpochMs(): number | undefined {
    return this.#history.advancedToEpochMs;
  }

  /** As above, but undefined too while no call was ever seen: then the past may still be on its way. */
  get learnedToEpochMs(): number | undefined {
    return isEmptyHistory(this.#history) ? undefined : this.#history.advancedToEpochMs;
  }

  /** Calls that were learned for whole hours of the last day. */
  callsBetween(fromEpochMs: number, toEpochMs: number): number {
    return historyCalls(this.#history, fromEpochMs, toEpochMs);
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
      : { findings: [], unknownRules: new Set(this.#rules.map((rule) => rule.name)) };
    const pipeline = { nowEpochMs, settleMs, knownToEpochMs, gaps };
    const rule = isSourceFailing
      ? { ...DEFAULT_PIPELINE_GAP_RULE, warningMinutes: FAILING_MINUTES }
      : DEFAULT_PIPELINE_GAP_RULE;
    findings.push(...judgePipeline(rule, pipeline));
    // Between two minutes there is nothing to say; a step would use the minute up for the evaluation that knows it.
    if (!isFresh && findings.length === 0) return undefined;
    return { epochMs: Math.floor(nowEpochMs / 60_000) * 60_000, findings, unknownRules };
  }

  #judge(epochMs: number): { findings: Finding[]; unknownRules: Set<string> } {
    const input = { history: this.#history, epochMs, hourOfWeek: this.#hourOfWeek };
    const evaluation = evaluateRules(this.#rules, this.#ruleStates, input);
    this.#ruleStates = evaluation.states;
    return { findings: [...evaluation.findings], unknownRules: new Set(evaluation.unknownRules) };
  }

  /** Everything but the incidents, as text. */
  snapshot(): string {
    const snapshot: Snapshot = {
      version: 2,
      history: renderHistory(this.#history),
      rules: this.#ruleStates,
    };
    return JSON.stringify(snapshot);
  }
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
  if (!isObject(value) || value.version !== 2) return false;
  return typeof value.history === 'string' && isObject(value.rules);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
