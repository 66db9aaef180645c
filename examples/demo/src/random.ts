/** A reproducible source of randomness. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number, uniform from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Number of events where `mean` are expected. */
  poisson(mean: number): number;
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
  };
}

/** Counts the exponential gaps that fit into `mean`; in logarithms, so that large means do not underflow. */
function poisson(mean: number, next: () => number): number {
  const gap = (): number => -Math.log(1 - next());
  let count = 0;
  let sum = gap();
  while (sum < mean) {
    count += 1;
    sum += gap();
  }
  return count;
}
