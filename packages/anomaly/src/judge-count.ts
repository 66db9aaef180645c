/** What was expected of a window, and how far it usually strays upwards. */
export interface Forecast {
  readonly kind: 'plain' | 'seasonal';
  readonly mid: number;
  /** `plain`: standard deviation of the quantity. `seasonal`: of the log ratio, without counting noise. */
  readonly deviation: number;
  /** Fatness of the upper tail, from 1; scores are divided by it. */
  readonly tail: number;
  /** Size of one count in the quantity's unit: 1 for calls, the mean cost of a call for USD. */
  readonly unit: number;
}

/** An observation against its forecast. */
export interface CountVerdict {
  readonly ratio: number;
  /** One-sided normal score; 0 at the expected value, negative below. */
  readonly score: number;
}

/**
 * Judges a count by its forecast. Never NaN: an unusable forecast scores 0.
 *
 * The seasonal score is the variance-stabilised negative binomial: with s the over-dispersion it tends to
 * ln(x/expected)/s for many counts and to the Poisson score 2(√x − √expected) for few.
 */
export function judgeCount(value: number, forecast: Forecast): CountVerdict {
  const unit = forecast.unit > 0 ? forecast.unit : 1;
  const observed = value / unit;
  const expected = forecast.mid / unit;
  const ratio = expected > 0 ? observed / expected : observed > 0 ? Number.MAX_VALUE : 1;
  if (forecast.kind === 'plain') {
    const deviation = Math.max(forecast.deviation / unit, Math.sqrt(expected + 1));
    return { ratio, score: finite((observed - expected) / deviation) };
  }
  return {
    ratio,
    score: finite(stabilised(observed, expected, forecast.deviation) / forecast.tail),
  };
}

function stabilised(observed: number, expected: number, spread: number): number {
  const top = Math.asinh(spread * Math.sqrt(observed + 0.375));
  const middle = Math.asinh(spread * Math.sqrt(expected + 0.375));
  return (2 / spread) * (top - middle);
}

function finite(score: number): number {
  return Number.isFinite(score) ? score : 0;
}

/** The range in which about 19 of 20 windows fall, by the forecast. */
export function expectedBounds(forecast: Forecast): {
  readonly low: number;
  readonly high: number;
} {
  const unit = forecast.unit > 0 ? forecast.unit : 1;
  const expected = forecast.mid / unit;
  if (forecast.kind === 'plain') {
    const reach = 2 * Math.max(forecast.deviation / unit, Math.sqrt(expected + 1));
    return { low: Math.max(0, expected - reach) * unit, high: (expected + reach) * unit };
  }
  const spread = forecast.deviation;
  const middle = Math.asinh(spread * Math.sqrt(expected + 0.375));
  const at = (angle: number): number =>
    Math.max(0, (Math.sinh(Math.max(0, angle)) / spread) ** 2 - 0.375) * unit;
  return { low: at(middle - spread), high: at(middle + spread * forecast.tail) };
}
