import type { WindowMinutes } from './count-baseline.ts';

/** Spend or calls far above what is usual for the hour of the week. */
export interface VolumeRule {
  readonly name: 'volume';
  /** Size gates: observed over expected. */
  readonly warningRatio: number;
  readonly criticalRatio: number;
  /** A known incident lasts while the last 20 minutes stay above this. */
  readonly clearRatio: number;
  /** One of these two makes an excess worth telling. */
  readonly minExcessCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gates: normal score per window. */
  readonly scores: Readonly<Record<WindowMinutes, number>>;
  /** Added to the gates between one and three weeks of history. */
  readonly growingMargin: number;
  /** Gate of the plain score below one week of history. */
  readonly youngScore: number;
  /** Added to the gates for critical. */
  readonly criticalMargin: number;
}

/** A call costs more than it used to. */
export interface CostPerRequestRule {
  readonly name: 'cost_per_request';
  readonly warningRatio: number;
  readonly criticalRatio: number;
  readonly clearRatio: number;
  /** Calls that a window needs; it grows from 5 minutes to 24 hours until it has them. */
  readonly minCalls: number;
  readonly minUsdPerHour: number;
  /** Evidence gate for windows of an hour and more, and what is added for shorter ones and for critical. */
  readonly score: number;
  readonly shortMargin: number;
  readonly criticalMargin: number;
}

/** Any rule that `step` knows. */
export type Rule = VolumeRule | CostPerRequestRule;

/**
 * Warning at 150 % and critical at 250 % of what is expected (article "Monitoring Token Spend in Real-Time"), behind
 * evidence gates that were set by simulation on over-dispersed traffic (2026-11-21).
 */
export const DEFAULT_VOLUME_RULE: VolumeRule = {
  name: 'volume',
  warningRatio: 1.5,
  criticalRatio: 2.5,
  clearRatio: 1.25,
  minExcessCalls: 10,
  minUsdPerHour: 1,
  scores: { 5: 5, 20: 4.2, 60: 3.6 },
  growingMargin: 0.6,
  youngScore: 5.5,
  criticalMargin: 1,
};

/** Warning at +50 %, critical at +100 % per call (same article), from 30 calls on. */
export const DEFAULT_COST_PER_REQUEST_RULE: CostPerRequestRule = {
  name: 'cost_per_request',
  warningRatio: 1.5,
  criticalRatio: 2,
  clearRatio: 1.25,
  minCalls: 30,
  minUsdPerHour: 0.1,
  score: 3.2,
  shortMargin: 0.8,
  criticalMargin: 0.8,
};
