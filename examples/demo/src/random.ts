/** A reproducible source of randomness. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number, uniform from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Number of events where `mean` are expected. */
  poisson(mean: number): number;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
}

/** Creates a source that gives the same sequence for the same seed (splitmix32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    poisson: (mean) => poisson(mean, next),
    normal: () => normal(next),
  };
}

/** From this mean on the normal distribution is close enough and quicker. */
const LARGE_MEAN = 50;

/** Counts the exponential gaps that fit into `mean`. */
function poisson(mean: number, next: () => number): number {
  if (mean >= LARGE_MEAN) return Math.round(mean + Math.sqrt(mean) * normal(next));
  const gap = (): number => -Math.log(1 - next());
  let count = 0;
  let sum = gap();
  while (sum < mean) {
    count += 1;
    sum += gap();
  }
  return count;
}

/** The Box–Muller transform. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
