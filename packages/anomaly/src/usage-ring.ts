import { MINUTE_MS } from './time.ts';
import { createUsageSum, type UsageSum } from './usage-sum.ts';

const BLOCKS = 12;
const HOURS = 24;
/** Fields of a usage sum, then the number of the block or hour that they belong to. */
const WIDTH = 14;
const STAMP = 13;

/** Where each field of a usage sum lies in an entry. */
export const FIELD: Readonly<Record<keyof UsageSum, number>> = {
  calls: 0,
  costUsd: 1,
  inputTokens: 2,
  cacheReadTokens: 3,
  outputTokens: 4,
  unpricedCalls: 5,
  cacheHits: 6,
  cacheMisses: 7,
  errors: 8,
  retries: 9,
  inputUsd: 10,
  cacheReadUsd: 11,
  outputUsd: 12,
};

/** Usage of the last 12 blocks of 5 minutes and of the last 24 hours. Entries with another number are empty. */
export type UsageRing = Float32Array;

/** Creates an empty ring. */
export function createUsageRing(): UsageRing {
  return new Float32Array((BLOCKS + HOURS) * WIDTH);
}

/** Adds usage to a block. */
export function addToBlock(ring: UsageRing, block: number, usage: UsageSum): void {
  const at = entryOf(ring, (block % BLOCKS) * WIDTH, block);
  ring[at] = (ring[at] ?? 0) + usage.calls;
  ring[at + 1] = (ring[at + 1] ?? 0) + usage.costUsd;
  ring[at + 2] = (ring[at + 2] ?? 0) + usage.inputTokens;
  ring[at + 3] = (ring[at + 3] ?? 0) + usage.cacheReadTokens;
  ring[at + 4] = (ring[at + 4] ?? 0) + usage.outputTokens;
  ring[at + 5] = (ring[at + 5] ?? 0) + usage.unpricedCalls;
  ring[at + 6] = (ring[at + 6] ?? 0) + usage.cacheHits;
  ring[at + 7] = (ring[at + 7] ?? 0) + usage.cacheMisses;
  ring[at + 8] = (ring[at + 8] ?? 0) + usage.errors;
  ring[at + 9] = (ring[at + 9] ?? 0) + usage.retries;
  ring[at + 10] = (ring[at + 10] ?? 0) + usage.inputUsd;
  ring[at + 11] = (ring[at + 11] ?? 0) + usage.cacheReadUsd;
  ring[at + 12] = (ring[at + 12] ?? 0) + usage.outputUsd;
}

function entryOf(ring: UsageRing, at: number, stamp: number): number {
  if (ring[at + STAMP] !== stamp) {
    ring.fill(0, at, at + WIDTH);
    ring[at + STAMP] = stamp;
  }
  return at;
}

/** Sums the blocks of an hour into it; returns false when it had no calls. */
export function closeRingHour(ring: UsageRing, hour: number): boolean {
  const at = entryOf(ring, (BLOCKS + (hour % HOURS)) * WIDTH, hour);
  ring.fill(0, at, at + STAMP);
  for (let index = 0; index < BLOCKS; index += 1) {
    const from = index * WIDTH;
    if (Math.floor((ring[from + STAMP] ?? 0) / BLOCKS) !== hour) continue;
    for (let field = 0; field < STAMP; field += 1) {
      ring[at + field] = (ring[at + field] ?? 0) + (ring[from + field] ?? 0);
    }
  }
  return (ring[at] ?? 0) > 0;
}

/** A trailing window in whole blocks of the present hour or of the last one, and whole hours before. */
export interface RingWindow {
  /** Newest block, which may be incomplete. */
  readonly block: number;
  readonly blocks: number;
  readonly hours: number;
}

/** The window of about so many minutes that ends with a block: exact to an hour, longer ones start with a whole hour. */
export function windowOf(block: number, minutes: number): RingWindow {
  if (minutes <= 60) {
    return { block, blocks: Math.max(1, Math.min(BLOCKS, Math.round(minutes / 5))), hours: 0 };
  }
  const hours = Math.min(HOURS, Math.round(minutes / 60)) - 1;
  return { block, blocks: (block % BLOCKS) + 1, hours };
}

/** Start of a window. */
export function startOfWindow({ block, blocks, hours }: RingWindow): number {
  const first = hours > 0 ? (Math.floor(block / BLOCKS) - hours) * BLOCKS : block + 1 - blocks;
  return first * 5 * MINUTE_MS;
}

/** Sum of one field over a window. */
export function fieldIn(ring: UsageRing, window: RingWindow, field: number): number {
  let sum = 0;
  for (let back = 0; back < window.blocks; back += 1) {
    const block = window.block - back;
    const at = (block % BLOCKS) * WIDTH;
    if (ring[at + STAMP] === block) sum += ring[at + field] ?? 0;
  }
  const newest = Math.floor(window.block / BLOCKS) - 1;
  for (let back = 0; back < window.hours; back += 1) {
    const hour = newest - back;
    const at = (BLOCKS + (hour % HOURS)) * WIDTH;
    if (ring[at + STAMP] === hour) sum += ring[at + field] ?? 0;
  }
  return sum;
}

/** All fields over a window, added to `sum`. */
export function addWindow(sum: UsageSum, ring: UsageRing, window: RingWindow): void {
  for (const [name, field] of Object.entries(FIELD)) {
    if (isField(name)) sum[name] += fieldIn(ring, window, field);
  }
}

function isField(name: string): name is keyof UsageSum {
  return name in FIELD;
}

/** Usage of one whole hour. */
export function hourOfRing(ring: UsageRing, hour: number): UsageSum {
  const sum = createUsageSum();
  addWindow(sum, ring, { block: hour * BLOCKS + BLOCKS, blocks: 0, hours: 1 });
  return sum;
}
