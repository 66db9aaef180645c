import type { Forecast } from './judge-count.ts';

/** Evidence that a quantity stays somewhat above what is expected, hour after hour. */
export interface SlowBurn {
  /** Cumulative sum of the log likelihood ratio, in nats, over the hours since it was last nil. */
  evidence: number;
  sinceHour: number;
  observed: number;
  expected: number;
  /** Log ratio of the last hour, and decayed sums for the correlation of neighbouring hours. */
  memory: { last: number; products: number; squares: number; weight: number };
}

/** The growth that is looked for: 40 % above expected. */
const GROWTH = 1.4;
/** Evidence beyond this only delays the end. */
const LARGEST_EVIDENCE = 40;
/** An hour tells no more than this, whatever happened in it: bursts are another rule's matter. */
const LARGEST_STEP = 4;

/** Swings of the rate last for hours, unlike counting noise: they tell less than as many independent hours. */
const PERSISTENCE_WEIGHT = 1.8;
const MEMORY = 0.998;
const PRIOR_WEIGHT = 24;
const PRIOR_PERSISTENCE = 0.4;

/** Creates evidence of nothing. */
export function createSlowBurn(): SlowBurn {
  const memory = { last: 0, products: 0, squares: 0, weight: 0 };
  return { evidence: 0, sinceHour: -1, observed: 0, expected: 0, memory };
}

/** Adds one hour; an hour that looks like an incident of its own is passed over. */
export function learnBurnHour(
  burn: SlowBurn,
  hour: {
    readonly number: number;
    readonly value: number;
    readonly forecast: Forecast;
    readonly isSuspect: boolean;
  },
): SlowBurn {
  const { forecast } = hour;
  if (hour.isSuspect || forecast.kind !== 'seasonal' || !(forecast.unit > 0)) return burn;
  const observed = hour.value / forecast.unit;
  const expected = forecast.mid / forecast.unit;
  const excess = expected * (forecast.deviation * forecast.tail) ** 2;
  const persistence = persistenceOf(burn);
  const dispersion =
    (1 + excess) * (1 + (PERSISTENCE_WEIGHT * persistence * excess) / (1 + excess));
  const step = (observed * Math.log(GROWTH) - (GROWTH - 1) * expected) / dispersion;
  const evidence = burn.evidence + Math.min(LARGEST_STEP, step);
  const memory = remember(burn.memory, Math.log((observed + 1) / (expected + 1)));
  if (!(evidence > 0)) return { ...createSlowBurn(), memory };
  return {
    memory,
    evidence: Math.min(LARGEST_EVIDENCE, evidence),
    sinceHour: burn.evidence > 0 ? burn.sinceHour : hour.number,
    observed: burn.observed + hour.value,
    expected: burn.expected + forecast.mid,
  };
}

function remember(memory: SlowBurn['memory'], residual: number): SlowBurn['memory'] {
  return {
    last: residual,
    products: memory.products * MEMORY + memory.last * residual,
    squares: memory.squares * MEMORY + residual ** 2,
    weight: memory.weight * MEMORY + 1,
  };
}

/** Correlation of neighbouring hours, 0 to 0.9, starting from 0.4. */
function persistenceOf({ memory }: SlowBurn): number {
  const { products, squares, weight } = memory;
  const measured = squares > 0 ? products / squares : 0;
  const mixed = (weight * measured + PRIOR_WEIGHT * PRIOR_PERSISTENCE) / (weight + PRIOR_WEIGHT);
  return Math.min(0.9, Math.max(0, mixed));
}
