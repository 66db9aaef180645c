import { HALF_LIFE_DAYS } from './time.ts';

const BIN_WIDTH = 0.05;
const BINS = 160;
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
/** Quantiles at which the score itself must be normal; each needs some ten observations above it. */
const TAIL_QUANTILES: readonly (readonly [quantile: number, normal: number, weight: number])[] = [
  [0.99, 2.3263, 500],
  [0.998, 2.8782, 2500],
];
/** Episodes that may be left out as incidents, and one more per so many observations; commoner ones are the pattern. */
const EPISODES = 3;
const OBSERVATIONS_PER_EPISODE = 2000;
const LONGEST_EPISODE = 288;

/** Decayed histogram of one-step-ahead log residuals, upper side, with the mean of their Poisson variance. */
export interface ResidualScale {
  weight: number;
  /** Residuals at or below zero, and those above, in steps of 0.05. */
  below: number;
  bins: number[];
  /** Sum of 1/(expected + 1): how much of the spread is counting noise. */
  poisson: number;
  /** Scores above zero in steps of 0.05, for the tail. */
  scores: number[];
  /** Episodes left out, and the length of the one going on. */
  episodes: number;
  episodeLength: number;
}

/** Creates a scale that has seen nothing. */
export function createResidualScale(): ResidualScale {
  return { weight: 0, below: 0, bins: [], poisson: 0, scores: [], episodes: 0, episodeLength: 0 };
}

/** One observation against the forecast that was made before it. */
export interface ResidualSample {
  /** ln((observed + 1) / (expected + 1)). */
  readonly residual: number;
  /** Normal score that the observation was given, without the correction of `tailFactor`. */
  readonly score: number;
  readonly expected: number;
  /** True when it looks like an incident. */
  readonly isSuspect: boolean;
}

/** Adds one observation. Suspect ones are left out as long as episodes of them are rare. */
export function addResidual(scale: ResidualScale, sample: ResidualSample): void {
  if (sample.isSuspect && isLeftOut(scale)) {
    scale.episodeLength += 1;
    return;
  }
  if (!sample.isSuspect) scale.episodeLength = 0;
  scale.weight += 1;
  scale.poisson += 1 / (sample.expected + 1);
  addToBin(scale.scores, sample.score);
  if (sample.residual > 0) addToBin(scale.bins, sample.residual);
  else scale.below += 1;
}

function isLeftOut(scale: ResidualScale): boolean {
  if (scale.episodeLength > 0) return scale.episodeLength < LONGEST_EPISODE;
  if (scale.episodes >= EPISODES + scale.weight / OBSERVATIONS_PER_EPISODE) return false;
  scale.episodes += 1;
  return true;
}

function addToBin(bins: number[], value: number): void {
  if (!(value > 0)) return;
  const bin = Math.min(BINS - 1, Math.floor(value / BIN_WIDTH));
  while (bins.length <= bin) bins.push(0);
  bins[bin] = (bins[bin] ?? 0) + 1;
}

/** How much fatter the upper tail of the score is than normal; at least 1. Scores are divided by it. */
export function tailFactor(scale: ResidualScale): number {
  let factor = 1;
  for (const [quantile, normal, weight] of TAIL_QUANTILES) {
    if (scale.weight < weight) continue;
    factor = Math.max(factor, quantileOf(scale.scores, scale.weight * (1 - quantile)) / normal);
  }
  return factor;
}

/** Lets one day pass: old residuals count less, with a half-life of 14 days. */
export function decayScale(scale: ResidualScale): void {
  const factor = 2 ** (-1 / HALF_LIFE_DAYS);
  scale.weight *= factor;
  scale.below *= factor;
  scale.poisson *= factor;
  scale.episodes *= factor;
  scale.scores = scale.scores.map((weight) => weight * factor);
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
    upper = Math.max(upper, quantileOf(scale.bins, scale.weight * (1 - quantile)) / normal);
  }
  const counting = scale.weight > 0 ? scale.poisson / scale.weight : 0;
  const excess = Math.max(0, upper ** 2 - counting / 2);
  const variance =
    (scale.weight * excess + PRIOR_WEIGHT * PRIOR_SCALE ** 2) / (scale.weight + PRIOR_WEIGHT);
  return Math.max(FLOOR, Math.sqrt(variance));
}

/** The value that so much weight lies above. */
export function quantileOf(bins: readonly number[], weightAbove: number): number {
  let above = weightAbove;
  for (let bin = bins.length - 1; bin >= 0; bin -= 1) {
    const weight = bins[bin] ?? 0;
    if (weight >= above && weight > 0) return (bin + 1 - above / weight) * BIN_WIDTH;
    above -= weight;
  }
  return 0;
}
