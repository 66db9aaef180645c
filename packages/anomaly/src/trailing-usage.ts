import { BLOCK_MS } from './history.ts';
import { MINUTE_MS } from './time.ts';
import { addWindow, hourOfRing, type UsageRing } from './usage-ring.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';

const BLOCKS_PER_HOUR = 12;

/**
 * A trailing window as the count model reads it: whole blocks, then whole hours, of the oldest hour its share, and the block
 * that is not yet complete.
 */
export interface Trailing {
  /** Index of the first block that is not complete, and how much of it is over. */
  readonly end: number;
  readonly partHours: number;
  readonly blocks: number;
  readonly hours: number;
  readonly share: number;
  /** Length of it all; and of what was asked for, which is longer where 12 blocks and an incomplete one are. */
  readonly lengthHours: number;
  readonly askedHours: number;
}

/** The window of so many minutes, a multiple of 5 up to 1440, that ends at an instant. */
export function trailing(epochMs: number, minutes: number): Trailing {
  const end = Math.floor(epochMs / BLOCK_MS);
  const partHours = (epochMs - end * BLOCK_MS) / (60 * MINUTE_MS);
  const all = Math.max(1, Math.round(minutes / 5));
  const askedHours = all / BLOCKS_PER_HOUR + partHours;
  if (all <= BLOCKS_PER_HOUR) {
    // Twelve blocks are kept, and the incomplete one has the place of the oldest.
    const blocks = Math.min(all, partHours > 0 ? BLOCKS_PER_HOUR - 1 : BLOCKS_PER_HOUR);
    const lengthHours = blocks / BLOCKS_PER_HOUR + partHours;
    return { end, partHours, blocks, hours: 0, share: 0, lengthHours, askedHours };
  }
  const blocks = end % BLOCKS_PER_HOUR;
  const before = all - blocks;
  const hours = Math.floor(before / BLOCKS_PER_HOUR);
  const share = (before % BLOCKS_PER_HOUR) / BLOCKS_PER_HOUR;
  return { end, partHours, blocks, hours, share, lengthHours: askedHours, askedHours };
}

/** Usage of a series in a trailing window. */
export function trailingUsage(ring: UsageRing, window: Trailing): UsageSum {
  const { end, partHours, blocks, hours, share } = window;
  const sum = createUsageSum();
  if (partHours > 0) addWindow(sum, ring, { block: end, blocks: 1, hours: 0 });
  addWindow(sum, ring, { block: end - 1, blocks, hours: 0 });
  if (hours === 0 && share === 0) return sum;
  const hour = Math.floor(end / BLOCKS_PER_HOUR);
  addWindow(sum, ring, { block: hour * BLOCKS_PER_HOUR, blocks: 0, hours });
  if (share > 0) addUsage(sum, hourOfRing(ring, hour - 1 - hours), share);
  return sum;
}
