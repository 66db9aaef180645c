// Calls per 5 minutes of one series, as hard as real ones: weekly shape, growth, slow and fast noise of the rate, sessions.

export const BLOCKS_PER_HOUR = 12;
export const BLOCKS_PER_DAY = 288;
export const BLOCKS_PER_WEEK = 2016;

/**
 * Traffic kinds: peak hour over quietest hour, weekday over weekend day, variance over mean of calls a minute at 100 a minute,
 * and how much of a deviation is still there an hour (`slow`) and 5 minutes (`fast`) later.
 */
export const TRAFFIC = {
  usual: {
    code: { dayRatio: 11, weekendRatio: 3.1, dispersion: 130, slow: 0.8, fast: 0.05 },
    chat: { dayRatio: 2.1, weekendRatio: 1.8, dispersion: 16, slow: 0.8, fast: 0.05 },
  },
  clustered: {
    code: { dayRatio: 11, weekendRatio: 3.1, dispersion: 110, slow: 0.7, fast: 0.3 },
    chat: { dayRatio: 2.1, weekendRatio: 1.8, dispersion: 6.3, slow: 0.7, fast: 0.3 },
  },
};
export const KINDS = TRAFFIC.usual;
const SLOW_CV = 0.18;
const CALLS_PER_SESSION = 2;

/** A repeatable source of numbers from 0 to 1. */
export function createRandom(seed) {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(mean, random) {
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

/** Relative rate of the 168 hours of a week, Monday first, with mean 1. */
export function weekShape({ dayRatio, weekendRatio }, random) {
  const peak = 13 + 3 * random();
  const width = 1 + 0.6 * random();
  const depth = Math.log(dayRatio);
  const shape = Array.from({ length: 168 }, (_, slot) => {
    const angle = ((((slot % 24) - peak + 36) % 24) - 12) / 12;
    const height = (1 + Math.cos(Math.PI * angle)) / 2;
    const lunch = slot % 24 === 12 ? 0.9 : 1;
    const roughness = Math.exp(0.08 * normal(random));
    const weekend = slot >= 120 ? 1 / weekendRatio : 1;
    return Math.exp(depth * (height ** width - 1)) * lunch * roughness * weekend;
  });
  const mean = shape.reduce((sum, value) => sum + value, 0) / 168;
  return shape.map((value) => value / mean);
}

/** The rate of each block of 5 minutes, in calls, before any incident. */
export function rates(kind, { callsPerHour, weeks, growth, seed, shape, slotOf }) {
  const { slow: slowMemory, fast: fastMemory } = kind;
  const random = createRandom(seed);
  const week = shape ?? weekShape(kind, random);
  const slowSd = Math.sqrt(Math.log(1 + SLOW_CV ** 2));
  const variance = (kind.dispersion - CALLS_PER_SESSION) / 100;
  const fastSd = Math.sqrt(Math.log((1 + variance) / (1 + SLOW_CV ** 2)));
  let slow = normal(random);
  let fast = normal(random);
  const out = new Float64Array(weeks * BLOCKS_PER_WEEK);
  for (let block = 0; block < out.length; block += 1) {
    if (block % BLOCKS_PER_HOUR === 0) {
      slow = slowMemory * slow + Math.sqrt(1 - slowMemory ** 2) * normal(random);
    }
    fast = fastMemory * fast + Math.sqrt(1 - fastMemory ** 2) * normal(random);
    const noise = Math.exp(slowSd * slow - slowSd ** 2 / 2 + fastSd * fast - fastSd ** 2 / 2);
    const level = (1 + growth) ** (block / BLOCKS_PER_WEEK);
    const slot = slotOf ? slotOf(block) : Math.floor(block / BLOCKS_PER_HOUR) % 168;
    out[block] = (callsPerHour / BLOCKS_PER_HOUR) * week[slot] * level * noise;
  }
  return out;
}

/** Calls of blocks [from, to) at `factor(block)` times their rate: sessions of two, the second up to 5 minutes later. */
export function calls(rate, { from = 0, to = rate.length, factor = () => 1, seed }) {
  const random = createRandom(seed);
  const out = new Float64Array(to - from);
  let late = 0;
  for (let block = from; block < to; block += 1) {
    const sessions = poisson((rate[block] * factor(block)) / CALLS_PER_SESSION, random);
    let later = 0;
    if (sessions > 200) later = Math.round(sessions / 2);
    else for (let one = 0; one < sessions; one += 1) if (random() < 0.5) later += 1;
    out[block - from] = sessions + (sessions - later) + late;
    late = later;
  }
  return out;
}
