import { normalQuantile } from './normal-quantile.ts';

/**
 * Per window: weight, mean and mean square of the log residual, counting variance, and how often the score exceeded
 * three marks. Plain numbers in one array.
 */
export type Spreads = Float32Array;

const FIELDS = 12;
const N = 0;
const SUM = 1;
const SQUARES = 2;
const COUNTING = 3;
const ABOVE = 4;
/** Derived once an hour: deviation of the log, its mean, and fatness of the tail. */
const DEVIATION = 7;
const TAIL = 8;
/** Products of the residual with that of the hours before, and squares of the latter. */
const PRODUCTS = 9;
const BEFORE_SQUARES = 10;
/** Derived too: the learned centre, as a log of the forecast. */
const CENTRE = 11;

/** Scores whose share of exceedances is watched, with the share of a normal score. */
const MARKS: readonly (readonly [mark: number, share: number])[] = [
  [2.0, 0.02275],
  [2.6, 0.00466],
  [3.2, 0.000687],
];
const PRIOR_DEVIATIONS: readonly number[] = [0.6, 0.5, 0.42, 0.35, 0.29, 0.24, 0.2, 0.14, 0.12];
const PRIOR_SHARES: readonly number[] = [0, 0, 0, 0, 0.86, 0.85, 0.85, 0.72, 0.68];
const PRIOR_WEIGHT = 10;
/** Index of the window of an hour. */
const HOUR = 3;
const TAIL_PRIOR_WEIGHT = 60;
const MEMORY_PRIOR = 1;
const FLOOR = 0.06;
/** Residuals are learned up to so many deviations; what lies beyond shows in the tail. */
const REACH = 2.4;
/** Windows from four hours on overlap so much that a single one fills a tail. */
const LONG = 5;
const LONG_TAIL_PRIOR_WEIGHT = 240;
const THIN_PRIOR_WEIGHT = 150;
const SMALLEST_TAIL = 0.85;
const LARGEST_TAIL = 2.5;
/** Fewer expected calls say nothing about the spread of the rate. */
const FEWEST_EXPECTED = 4;
/** Calls come in small sessions: a count varies more than a Poisson one by this factor. */
export const COUNT_DISPERSION: number = 1.8;
/** Numbers of all windows. */
export const SPREAD_FIELDS: number = PRIOR_DEVIATIONS.length * FIELDS;
const LONGEST_HALF_LIFE_DAYS = 21;
/** What was seen while the profile was young says little: half of the age, while that is less. */
const HALF_LIFE_SHARE = 0.5;

export function fillSpreads(spreads: Spreads): Spreads {
  PRIOR_DEVIATIONS.forEach((deviation, index) => {
    spreads[index * FIELDS + DEVIATION] = deviation;
    spreads[index * FIELDS + TAIL] = 1;
  });
  return spreads;
}

/** One window: what was seen, what was expected, and the log residual of the hours before it. */
export interface CountSample {
  readonly observed: number;
  readonly expected: number;
  readonly before: number;
}

/** Learned deviation of the log of a window over its forecast. */
export function deviationOf(spreads: Spreads, window: number): number {
  return spreads[window * FIELDS + DEVIATION] ?? 0.5;
}

/** One-sided normal score of a count above its forecast: variance-stabilised negative binomial around the learned centre. */
export function scoreCount(spreads: Spreads, window: number, sample: CountSample): number {
  return rawScore(spreads, window, sample) / (spreads[window * FIELDS + TAIL] ?? 1);
}

/** How much of the log residual of the hours before is still there. */
function memoryOf(spreads: Spreads, window: number): number {
  const at = window * FIELDS;
  const memory =
    (spreads[at + PRODUCTS] ?? 0) / ((spreads[at + BEFORE_SQUARES] ?? 0) + MEMORY_PRIOR);
  return Math.max(0, Math.min(0.9, memory));
}

function rawScore(
  spreads: Spreads,
  window: number,
  { observed, expected, before }: CountSample,
): number {
  const at = window * FIELDS;
  const deviation = spreads[at + DEVIATION] ?? 0.5;
  const mean = spreads[at + CENTRE] ?? 0;
  const counting = COUNT_DISPERSION / (expected + 1);
  const share = deviation ** 2 / (deviation ** 2 + counting);
  const centre =
    (expected * Math.exp((mean + memoryOf(spreads, window) * before) * share)) / COUNT_DISPERSION;
  const top = deviation * Math.sqrt(observed / COUNT_DISPERSION + 0.375);
  const middle = deviation * Math.sqrt(centre + 0.375);
  // asinh(top) - asinh(middle), with one logarithm for the two.
  const ratio = (top + Math.sqrt(1 + top * top)) / (middle + Math.sqrt(1 + middle * middle));
  return (2 / deviation) * Math.log(ratio);
}

/** Learns one window against its forecast. `weight` is below one where windows overlap. */
export function addScore(
  spreads: Spreads,
  window: number,
  sample: CountSample,
  weight: number,
): void {
  const { observed, expected, before } = sample;
  const at = window * FIELDS;
  if (expected < FEWEST_EXPECTED) return;
  const raw = observed > expected ? rawScore(spreads, window, sample) : 0;
  const plain = Math.max(-2, Math.min(2.5, Math.log((observed + 0.5) / (expected + 0.5))));
  const found = plain - memoryOf(spreads, window) * before;
  // An excess that is not found yet would else make itself usual.
  const counting = COUNT_DISPERSION / (expected + 1);
  const reach = REACH * Math.sqrt((spreads[at + DEVIATION] ?? 0.5) ** 2 + counting);
  const centre = spreads[at + CENTRE] ?? 0;
  const residual = Math.max(centre - reach, Math.min(centre + reach, found));
  bump(spreads, at + PRODUCTS, weight * plain * before);
  bump(spreads, at + BEFORE_SQUARES, weight * before ** 2);
  bump(spreads, at + N, weight);
  bump(spreads, at + SUM, weight * residual);
  bump(spreads, at + SQUARES, weight * residual ** 2);
  bump(spreads, at + COUNTING, weight * counting);
  for (let index = 0; index < MARKS.length; index += 1) {
    if (raw > (MARKS[index]?.[0] ?? 9)) bump(spreads, at + ABOVE + index, weight);
  }
}

function bump(spreads: Spreads, index: number, amount: number): void {
  spreads[index] = (spreads[index] ?? 0) + amount;
}

/** Lets one day pass; `ageDays` is the length of the history. */
export function decaySpreads(spreads: Spreads, ageDays: number): void {
  const halfLife = Math.min(LONGEST_HALF_LIFE_DAYS, Math.max(1, HALF_LIFE_SHARE * ageDays));
  const decay = 2 ** (-1 / halfLife);
  for (let window = 0; window < PRIOR_DEVIATIONS.length; window += 1) {
    for (let field = N; field < FIELDS; field += 1) {
      if (field === DEVIATION || field === TAIL || field === CENTRE) continue;
      const index = window * FIELDS + field;
      spreads[index] = (spreads[index] ?? 0) * decay;
    }
  }
}

/** Derives deviation and tail of each window from what was learned. */
export function settleSpreads(spreads: Spreads): void {
  for (let window = 0; window < PRIOR_DEVIATIONS.length; window += 1) {
    const at = window * FIELDS;
    const n = spreads[at + N] ?? 0;
    const mean = n > 0 ? (spreads[at + SUM] ?? 0) / n : 0;
    const variance = n > 0 ? (spreads[at + SQUARES] ?? 0) / n - mean ** 2 : 0;
    const counting = n > 0 ? (spreads[at + COUNTING] ?? 0) / n : 0;
    const prior = priorOf(spreads, window);
    const excess = n * Math.max(0, variance - counting) + PRIOR_WEIGHT * prior ** 2;
    spreads[at + DEVIATION] = Math.max(FLOOR, Math.sqrt(excess / (n + PRIOR_WEIGHT)));
    spreads[at + TAIL] = tailOf(
      spreads,
      at,
      n,
      window < LONG ? TAIL_PRIOR_WEIGHT : LONG_TAIL_PRIOR_WEIGHT,
    );
    spreads[at + CENTRE] = centreOf(spreads, window);
  }
}

/** Learned centre of a window; where single bursts count less, it is that of the next shorter one until it is seen. */
function centreOf(spreads: Spreads, window: number): number {
  const at = window * FIELDS;
  const isTypical = window > HOUR && window < PRIOR_DEVIATIONS.length - 1;
  const prior = isTypical ? (spreads[at - FIELDS + CENTRE] ?? 0) : 0;
  return (
    ((spreads[at + SUM] ?? 0) + PRIOR_WEIGHT * prior) / ((spreads[at + N] ?? 0) + PRIOR_WEIGHT)
  );
}

/** Centre of the residual of the hours before a window: that of two hours. */
export function centreBefore(spreads: Spreads): number {
  return spreads[(HOUR + 1) * FIELDS + CENTRE] ?? 0;
}

/** What a window varies by before it is seen: from three hours on, a share of what the next shorter one does. */
function priorOf(spreads: Spreads, window: number): number {
  const share = PRIOR_SHARES[window] ?? 0;
  if (share > 0) return share * deviationOf(spreads, window - 1);
  return PRIOR_DEVIATIONS[window] ?? 0.4;
}

/** How much fatter than normal the upper tail of the score is; below 1 it is thinner, as that of few calls is. */
function tailOf(spreads: Spreads, at: number, n: number, priorWeight: number): number {
  let tail = Math.min(1, tailAt(spreads, at, { n, index: 0, prior: THIN_PRIOR_WEIGHT }));
  for (let index = 0; index < MARKS.length; index += 1) {
    const found = tailAt(spreads, at, { n, index, prior: priorWeight });
    if (found > 1) tail = Math.max(tail, found);
  }
  return Math.min(LARGEST_TAIL, Math.max(SMALLEST_TAIL, tail));
}

function tailAt(
  spreads: Spreads,
  at: number,
  { n, index, prior }: { readonly n: number; readonly index: number; readonly prior: number },
): number {
  const [mark, share] = MARKS[index] ?? [2, 0.02275];
  const found = ((spreads[at + ABOVE + index] ?? 0) + prior * share) / (n + prior);
  return mark / Math.max(0.3, normalQuantile(found));
}

/** The range in which about 19 of 20 windows fall. */
export function expectedBounds(
  spreads: Spreads,
  window: number,
  { expected }: { readonly expected: number },
): { readonly low: number; readonly high: number } {
  const deviation = deviationOf(spreads, window);
  const middle = Math.asinh(deviation * Math.sqrt(expected / COUNT_DISPERSION + 0.375));
  const at = (angle: number): number =>
    Math.max(0, (Math.sinh(Math.max(0, angle)) / deviation) ** 2 - 0.375) * COUNT_DISPERSION;
  const tail = spreads[window * FIELDS + TAIL] ?? 1;
  return { low: Math.min(expected, at(middle - deviation)), high: at(middle + deviation * tail) };
}
