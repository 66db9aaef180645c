import { BLOCK_MS } from './history.ts';
import { meanGain, mostLikelyOnset, type OnsetStretch } from './most-likely-onset.ts';
import { MINUTE_MS } from './time.ts';
import { type RingWindow, startOfWindow } from './usage-ring.ts';

/** Whole hours before a window that say what was usual lately. */
const HOURS_BEFORE = 4;
const SMALLEST_REST = 0.5;

/**
 * When a share of calls most likely rose: a block of 5 minutes of the last hour, before it an hour or its rest; the start of
 * the window of `minutes` where it shows no rise. `sumOf` gives the calls of the share and all calls of a ring's window.
 */
export function shareOnset(
  sumOf: (window: RingWindow) => { readonly value: number; readonly weight: number },
  { epochMs, minutes }: { readonly epochMs: number; readonly minutes: number },
): number {
  const newest = Math.ceil(epochMs / BLOCK_MS) - 1;
  const stretchOf = (window: RingWindow): OnsetStretch => ({
    startEpochMs: startOfWindow(window),
    ...sumOf(window),
  });
  const stretches: OnsetStretch[] = [];
  for (let block = newest; block > newest - 12; block -= 1)
    stretches.push(stretchOf({ block, blocks: 1, hours: 0 }));
  const hour = Math.floor(newest / 12);
  // What the hour before has besides those of its blocks that are among the last 12.
  const before = stretchOf({ block: 12 * hour, blocks: 0, hours: 1 });
  const blocks = 11 - (newest % 12);
  const among = stretchOf({ block: 12 * hour - 1, blocks, hours: 0 });
  const weight = before.weight - among.weight;
  // Hits that are inferred are no whole numbers.
  if (weight > SMALLEST_REST)
    stretches.push({ ...before, weight, value: Math.max(0, before.value - among.value) });
  const oldest = Math.ceil(minutes / 60) + HOURS_BEFORE;
  for (let back = 1; back < oldest; back += 1) {
    stretches.push(stretchOf({ block: 12 * (hour - back), blocks: 0, hours: 1 }));
  }
  return mostLikelyOnset(stretches, meanGain) ?? epochMs - minutes * MINUTE_MS;
}
