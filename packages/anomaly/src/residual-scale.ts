import { HALF_LIFE_DAYS } from './time.ts';

const BIN_WIDTH = 0.05;
const BINS = 80;
/** Upper quantiles that must all be covered, with their normal scores. */
const QUANTILES: readonly (readonly [number, number])[] = [
  [0.9, 1.2816],
  [0.95, 1.6449],
  [0.975, 1.96],
  [0.99, 2.3263],
];
const PRIOR_WEIGHT = 24;
const PRIOR_SCALE = 0.5;
const FLOOR = 0.08;
/** Share of observations that may be left out as part of an incident; what is commoner is the pattern. */
const SUSPECT_SHARE = 0.01;
const SUSPECT_ALLOWANCE = 3;

/** Decayed histogram of one-step-ahead log residuals, upper side, with the mean of their Poisson variance. */
export interface ResidualScale {
  weight: number;
  /** Residuals at or below zero, and those above, in steps of 0.05. */
  below: number;
  bins: number[];
  /** Sum of 1/(expected + 1): how much of the spread is counting noise. */
  poisson: number;
  suspects: number;
}

/** Creates a scale that has seen nothing. */
export function createResidualScale(): ResidualScale {
  return { weight: 0, below: 0, bins: [], poisson: 0, suspects: 0 };
}

/**
 * Adds one residual ln((observed + 1) / (expected + 1)) of a forecast that was made before the fact.
 *
 * A suspect one, that looks like an incident, is left out as long as such are rare (1 % and three more).
 */
export function addResidual(
  scale: ResidualScale,
  sample: { readonly residual: number; readonly expected: number; readonly isSuspect: boolean },
): void {
  if (sample.isSuspect && scale.suspects < SUSPECT_ALLOWANCE + SUSPECT_SHARE * scale.weight) {
    scale.suspects += 1;
    return;
  }
  scale.weight += 1;
  scale.poisson += 1 / (sample.expected + 1);
  if (!(sample.residual > 0)) {
    scale.below += 1;
    return;
  }
  const bin = Math.min(BINS - 1, Math.floor(sample.residual / BIN_WIDTH));
  while (scale.bins.length <= bin) scale.bins.push(0);
  scale.bins[bin] = (scale.bins[bin] ?? 0) + 1;
}

/** Lets one day pass: old residuals count less, with a half-life of 14 days. */
export function decayScale(scale: ResidualScale): void {
  const factor = 2 ** (-1 / HALF_LIFE_DAYS);
  scale.weight *= factor;
  scale.below *= factor;
  scale.poisson *= factor;
  scale.suspects *= factor;
  scale.bins = scale.bins.map((weight) => weight * factor);
}

/**
 * The one-sided standard deviation of the log ratio of observed to expected, without its counting noise.
 *
 * The largest of four upper quantiles over their normal scores, shrunk towards 0.5 with the weight of 24 samples,
 * never below 0.08 (method and numbers: reference on anomaly detection §2.3, 2026-11-20).
 */
export function upperScale(scale: ResidualScale): number {
  let upper = 0;
  for (const [quantile, normal] of QUANTILES) {
    upper = Math.max(upper, quantileOf(scale, quantile) / normal);
  }
  const counting = scale.weight > 0 ? scale.poisson / scale.weight : 0;
  const excess = Math.max(0, upper ** 2 - counting / 2);
  const variance =
    (scale.weight * excess + PRIOR_WEIGHT * PRIOR_SCALE ** 2) / (scale.weight + PRIOR_WEIGHT);
  return Math.max(FLOOR, Math.sqrt(variance));
}

function quantileOf(scale: ResidualScale, quantile: number): number {
  let above = scale.weight * (1 - quantile);
  for (let bin = scale.bins.length - 1; bin >= 0; bin -= 1) {
    const weight = scale.bins[bin] ?? 0;
    if (weight >= above && weight > 0) return (bin + 1 - above / weight) * BIN_WIDTH;
    above -= weight;
  }
  return 0;
}
