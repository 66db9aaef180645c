import type { Finding } from './finding.ts';
import { coverageOf } from './history.ts';
import { MINUTE_MS } from './time.ts';
import type { Gap } from './usage-minute.ts';

/** Data stopped coming, or a part of it was lost. */
export interface PipelineGapRule {
  readonly name: 'pipeline_gap';
  /** Age of the newest complete minute, beyond what is normal for the source. */
  readonly warningMinutes: number;
  readonly criticalMinutes: number;
}

/** Said after 5 minutes without data, critical after 30. */
export const DEFAULT_PIPELINE_GAP_RULE: PipelineGapRule = {
  name: 'pipeline_gap',
  warningMinutes: 5,
  criticalMinutes: 30,
};

const WINDOW_MINUTES = 20;
const MINIMUM_COVERAGE = 0.8;

/** Judges whether data still comes. Missing data is not zero: while this is found, the other rules claim nothing. */
export function judgePipeline(
  rule: PipelineGapRule,
  input: {
    readonly nowEpochMs: number;
    /** End of what was learned; undefined before the first read that answered. */
    readonly knownToEpochMs: number;
    /** Usual delay of the source. */
    readonly settleMs: number;
    readonly gaps: readonly Gap[];
  },
): Finding[] {
  const lag = input.nowEpochMs - input.settleMs - input.knownToEpochMs;
  const missingMinutes = Math.floor(lag / MINUTE_MS);
  if (missingMinutes >= rule.warningMinutes) {
    const isCritical = missingMinutes >= rule.criticalMinutes;
    return [describe(input.nowEpochMs, input.knownToEpochMs, missingMinutes, isCritical)];
  }
  const from = input.knownToEpochMs - WINDOW_MINUTES * MINUTE_MS;
  const coverage = coverageOf(input.gaps, from, input.knownToEpochMs);
  if (coverage >= MINIMUM_COVERAGE) return [];
  const lost = Math.round((1 - coverage) * WINDOW_MINUTES);
  return [describe(input.nowEpochMs, from, lost, false)];
}

function describe(
  epochMs: number,
  sinceEpochMs: number,
  missingMinutes: number,
  isCritical: boolean,
): Finding {
  const windowMinutes = Math.max(WINDOW_MINUTES, missingMinutes);
  return {
    rule: 'pipeline_gap',
    severity: isCritical ? 'critical' : 'warning',
    labels: {},
    epochMs,
    quantity: 'share',
    observed: missingMinutes / windowMinutes,
    expected: { low: 0, mid: 0, high: 0, basis: 'every minute should have data' },
    windowMinutes,
    score: 0,
    usdPerHour: 0,
    sinceEpochMs,
    decomposition: {},
    contributors: [],
    evidenceCalls: 0,
  };
}
