import { meanGain, mostLikelyOnset, type OnsetStretch } from './most-likely-onset.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';

/** Priced calls and USD of the last 12 blocks, then of the last 24 hours, with what tells their numbers apart. */
export interface CostRing {
  readonly ring: Float32Array;
  readonly stamps: Uint16Array;
}

/** Of the ring of costs: the length of a block, how many blocks, then how many hours. */
export const BLOCK_MS: number = 5 * MINUTE_MS;
export const BLOCKS = 12;
export const HOURS = 24;
/** Whole hours before a window that say what was usual lately. */
const HOURS_BEFORE = 4;

/**
 * What tells the number of a block or an hour from others that have its place in a ring: two bytes of it. Those of 12 blocks
 * come again after two years.
 */
export function stampOf(number: number): number {
  return number % 65_536;
}

/**
 * When the calls of a window that ends with a block most likely became dear: a block of 5 minutes of the last hour, before
 * it the rest of an hour, then whole hours. Undefined where nothing became dearer.
 */
export function costOnset(cost: CostRing, block: number, minutes: number): number | undefined {
  const stretches: OnsetStretch[] = [];
  const hour = Math.floor(block / BLOCKS);
  // What the hour before has besides those of its blocks that are among the last 12.
  const rest = entryOf(cost, BLOCKS + ((hour - 1) % HOURS), hour - 1);
  for (let at = block; at > block - BLOCKS; at -= 1) {
    const entry = entryOf(cost, at % BLOCKS, at);
    if (entry.weight > 0) stretches.push({ startEpochMs: at * BLOCK_MS, ...entry });
    if (Math.floor(at / BLOCKS) === hour) continue;
    rest.weight -= entry.weight;
    rest.value -= entry.value;
  }
  // Calls are whole; less than half of one is rounding.
  if (rest.weight >= 0.5) {
    const value = Math.max(0, rest.value);
    stretches.push({ startEpochMs: (hour - 1) * HOUR_MS, weight: rest.weight, value });
  }
  const oldest = Math.min(HOURS - 1, Math.ceil(minutes / 60) + HOURS_BEFORE);
  for (let at = hour - 2; at >= hour - oldest; at -= 1) {
    const entry = entryOf(cost, BLOCKS + (at % HOURS), at);
    if (entry.weight > 0) stretches.push({ startEpochMs: at * HOUR_MS, ...entry });
  }
  return mostLikelyOnset(stretches, meanGain);
}

function entryOf({ ring, stamps }: CostRing, index: number, number: number) {
  if (stamps[index] !== stampOf(number)) return { weight: 0, value: 0 };
  return { weight: ring[2 * index] ?? 0, value: ring[2 * index + 1] ?? 0 };
}
