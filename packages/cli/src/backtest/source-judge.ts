import {
  type CoverageMinute,
  type CoverageRule,
  DEFAULT_COVERAGE_RULE,
  DEFAULT_PIPELINE_GAP_RULE,
  type Finding,
  type Gap,
  INITIAL_RULE_STATE,
  judgeCoverage,
  judgePipeline,
  type PipelineGapRule,
  type RuleState,
} from '@tokenmeter/anomaly';

/** Judges what a source says of itself: whether data came, and whether all that was recognised was metered. */
export class SourceJudge {
  readonly #coverageRule: CoverageRule;
  readonly #pipelineRule: PipelineGapRule;
  #state: RuleState = INITIAL_RULE_STATE;

  constructor({
    coverageRule = DEFAULT_COVERAGE_RULE,
    pipelineRule = DEFAULT_PIPELINE_GAP_RULE,
  }: {
    readonly coverageRule?: CoverageRule;
    readonly pipelineRule?: PipelineGapRule;
  }) {
    this.#coverageRule = coverageRule;
    this.#pipelineRule = pipelineRule;
  }

  /** What a worker would have said at that instant. */
  judge(epochMs: number, gaps: readonly Gap[], minutes: readonly CoverageMinute[]): Finding[] {
    const covered = judgeCoverage(this.#coverageRule, this.#state, { epochMs, minutes });
    this.#state = covered.state;
    const knownToEpochMs = lastKnown(epochMs, gaps);
    const pipeline = { nowEpochMs: epochMs, knownToEpochMs, settleMs: 0, gaps };
    return [...covered.findings, ...judgePipeline(this.#pipelineRule, pipeline)];
  }
}

/** The newest instant up to which there was data. */
function lastKnown(epochMs: number, gaps: readonly Gap[]): number {
  let known = epochMs;
  for (const { fromEpochMs, toEpochMs } of gaps.toSorted((a, b) => b.toEpochMs - a.toEpochMs)) {
    if (toEpochMs >= known && fromEpochMs < known) known = fromEpochMs;
  }
  return known;
}
