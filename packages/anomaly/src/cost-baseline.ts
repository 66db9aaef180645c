import {
  addResidual,
  createResidualScale,
  decayScale,
  quantileOf,
  type ResidualScale,
} from './residual-scale.ts';
import { HALF_LIFE_DAYS } from './time.ts';

/** What is learned of the mean cost of a call in one series. */
export interface CostBaseline {
  calls: number;
  costUsd: number;
  firstHour: number;
  lastHour: number;
  /** Decayed moments of v = 1/calls and q = squared log ratio per hour, for the regression q = s² + cv²·v. */
  moments: { n: number; v: number; vv: number; q: number; qv: number };
  /** Standardised residuals: how much fatter the upper tail is than the model says. */
  tail: ResidualScale;
  excludedRun: number;
}

const PRIOR_CV2 = 1;
const PRIOR_S2 = 0.0225;
const PRIOR_WEIGHT = 12;
const READMIT_HOURS = 24;
const SUSPECT_RATIO = 1.4;
const SUSPECT_SCORE = 3;

/** Creates a baseline that knows nothing. */
export function createCostBaseline(): CostBaseline {
  return {
    calls: 0,
    costUsd: 0,
    firstHour: -1,
    lastHour: -1,
    moments: { n: 0, v: 0, vv: 0, q: 0, qv: 0 },
    tail: createResidualScale(),
    excludedRun: 0,
  };
}

/** The usual cost of a call and the relative deviation of a mean of `calls` calls; undefined before a day and 50 calls. */
export function forecastUsdPerCall(
  baseline: CostBaseline,
  calls: number,
): { readonly mid: number; readonly deviation: number } | undefined {
  const hours = baseline.lastHour - baseline.firstHour + 1;
  if (baseline.firstHour < 0 || hours < 24) return undefined;
  if (baseline.calls < 50 || baseline.costUsd <= 0 || calls <= 0) return undefined;
  const { betweenVariance, callVariance } = spread(baseline);
  const deviation = Math.sqrt(betweenVariance + callVariance / calls) * tailFactor(baseline);
  return { mid: baseline.costUsd / baseline.calls, deviation };
}

/** Whole days of history. */
export function costHistoryDays(baseline: CostBaseline): number {
  return baseline.firstHour < 0 ? 0 : (baseline.lastHour - baseline.firstHour + 1) / 24;
}

function spread(baseline: CostBaseline): { betweenVariance: number; callVariance: number } {
  const { n, v, vv, q, qv } = baseline.moments;
  const weight = n + PRIOR_WEIGHT;
  const meanV = n > 0 ? v / n : 0;
  const slopeTop = qv - meanV * q;
  const slopeBottom = vv - meanV * v;
  const prior = PRIOR_WEIGHT * 0.001;
  const slope = (Math.max(0, slopeTop) + PRIOR_CV2 * prior) / (Math.max(0, slopeBottom) + prior);
  const callVariance = Math.min(9, Math.max(0.1, slope));
  const between = n > 0 ? q / n - callVariance * meanV : 0;
  const betweenVariance = (n * Math.max(0.0004, between) + PRIOR_WEIGHT * PRIOR_S2) / weight;
  return { betweenVariance, callVariance };
}

function tailFactor(baseline: CostBaseline): number {
  const { tail } = baseline;
  if (tail.weight < 24) return 1.2;
  let factor = 1;
  const marks: readonly (readonly [number, number])[] = [
    [0.95, 1.6449],
    [0.975, 1.96],
    [0.99, 2.3263],
  ];
  for (const [quantile, normal] of marks) {
    factor = Math.max(factor, quantileOf(tail.scores, tail.weight * (1 - quantile)) / normal);
  }
  return Math.min(4, factor);
}

/**
 * Learns one complete hour. An hour far above the usual cost per call is left out, until 24 in a row make it usual.
 */
export function learnCostHour(
  baseline: CostBaseline,
  hour: { readonly number: number; readonly calls: number; readonly costUsd: number },
): void {
  if (hour.calls <= 0) return;
  if (baseline.firstHour < 0) baseline.firstHour = hour.number;
  const forecast = forecastUsdPerCall(baseline, hour.calls);
  baseline.lastHour = hour.number;
  if (forecast !== undefined && hour.costUsd > 0 && !admit(baseline, hour, forecast)) return;
  baseline.calls += hour.calls;
  baseline.costUsd += hour.costUsd;
}

function admit(
  baseline: CostBaseline,
  hour: { readonly calls: number; readonly costUsd: number },
  forecast: { readonly mid: number; readonly deviation: number },
): boolean {
  const ratio = hour.costUsd / hour.calls / forecast.mid;
  const residual = Math.log(ratio);
  const isHigh = ratio >= SUSPECT_RATIO && residual / forecast.deviation >= SUSPECT_SCORE;
  baseline.excludedRun = isHigh ? baseline.excludedRun + 1 : 0;
  if (baseline.excludedRun > READMIT_HOURS) rebase(baseline);
  const { tail } = baseline;
  const before = tail.weight;
  const standard = residual / (forecast.deviation / tailFactor(baseline));
  addResidual(tail, {
    residual: 0,
    score: standard,
    expected: 0,
    isSuspect: isHigh,
  });
  const isCounted = tail.weight > before;
  if (isCounted) addMoments(baseline, hour.calls, Math.min(residual ** 2, 4));
  return !isHigh || baseline.excludedRun > READMIT_HOURS;
}

/** A level that lasted a day is the new usual one: what was before loses most of its weight. */
function rebase(baseline: CostBaseline): void {
  baseline.calls *= 0.7;
  baseline.costUsd *= 0.7;
}

function addMoments(baseline: CostBaseline, calls: number, squared: number): void {
  const { moments } = baseline;
  const v = 1 / calls;
  moments.n += 1;
  moments.v += v;
  moments.vv += v * v;
  moments.q += squared;
  moments.qv += squared * v;
}

/** Lets one day pass: what is older counts less, with a half-life of 14 days. */
export function decayCostBaseline(baseline: CostBaseline): void {
  const factor = 2 ** (-1 / HALF_LIFE_DAYS);
  baseline.calls *= factor;
  baseline.costUsd *= factor;
  const { moments } = baseline;
  moments.n *= factor;
  moments.v *= factor;
  moments.vv *= factor;
  moments.q *= factor;
  moments.qv *= factor;
  decayScale(baseline.tail);
}
