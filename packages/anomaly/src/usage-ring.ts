import { stampOf } from './cost-onset.ts';
import { givePiece, type MemoryPool, type Piece, takePiece } from './memory-pool.ts';
import { MINUTE_MS } from './time.ts';
import { createUsageSum, type UsageSum } from './usage-sum.ts';

const BLOCKS = 12;
const HOURS = 24;
const ENTRIES = BLOCKS + HOURS;
const FIELDS = 13;
/** Bits of all fields. */
export const ALL_FIELDS: number = 2 ** FIELDS - 1;

/** The number of each field of a usage sum. */
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

/**
 * Usage of the last 12 blocks of 5 minutes and of the last 24 hours, by field. A field that never was anything but zero
 * takes no room: most series know six of the thirteen.
 */
export interface UsageRing {
  readonly pool: MemoryPool;
  /** Bit of each field that has a column. */
  fields: number;
  /** Where its numbers lie. */
  doubles: Piece['doubles'];
  offset: number;
}

/** How many bits of a number are set. */
const BITS = Uint8Array.from({ length: 1 << FIELDS }, (_, bits) => {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

const STAMP_BYTES = 2 * ENTRIES;
const COLUMN_BYTES = 4 * ENTRIES;

/** Creates an empty ring in a pool. */
export function createUsageRing(pool: MemoryPool): UsageRing {
  return { pool, fields: 0, ...takePiece(pool, bytesFor(0)) };
}

function bytesFor(fields: number): number {
  return STAMP_BYTES + COLUMN_BYTES * columnsOf(fields);
}

function columnsOf(fields: number): number {
  return BITS[fields] ?? 0;
}

/** What entries are of, as `stampOf` it: those with another number are empty. */
function stampsOf({ doubles, offset }: UsageRing): Uint16Array {
  return new Uint16Array(doubles.buffer, offset, ENTRIES);
}

/** Blocks of each field. */
function blocksOf({ fields, doubles, offset }: UsageRing): Float32Array {
  return new Float32Array(doubles.buffer, offset + STAMP_BYTES, BLOCKS * columnsOf(fields));
}

/** Hours of each field. */
function hoursOf({ fields, doubles, offset }: UsageRing): Float32Array {
  const columns = columnsOf(fields);
  const at = offset + STAMP_BYTES + 4 * BLOCKS * columns;
  return new Float32Array(doubles.buffer, at, HOURS * columns);
}

/** All of a ring as it lies in memory. */
export function bytesOfRing({ fields, doubles, offset }: UsageRing): Uint8Array {
  return new Uint8Array(doubles.buffer, offset, bytesFor(fields));
}

/** False where a number in it is none. */
export function isFiniteRing(ring: UsageRing): boolean {
  return blocksOf(ring).every(Number.isFinite) && hoursOf(ring).every(Number.isFinite);
}

/** Number of the column of a field; undefined without one. */
function columnOf(fields: number, field: number): number | undefined {
  const bit = 1 << field;
  return (fields & bit) === 0 ? undefined : columnsOf(fields & (bit - 1));
}

/** Gives columns to fields that have none. */
export function widenRing(ring: UsageRing, fields: number): void {
  const { pool, fields: known } = ring;
  if ((fields & ~known) === 0) return;
  const before = { ...ring };
  ring.fields = known | fields;
  const piece = takePiece(pool, bytesFor(ring.fields));
  ring.doubles = piece.doubles;
  ring.offset = piece.offset;
  stampsOf(ring).set(stampsOf(before));
  const [blocks, hours] = [blocksOf(ring), hoursOf(ring)];
  const [oldBlocks, oldHours] = [blocksOf(before), hoursOf(before)];
  for (let field = 0; field < FIELDS; field += 1) {
    const from = columnOf(known, field);
    const to = columnOf(ring.fields, field);
    if (from === undefined || to === undefined) continue;
    blocks.set(oldBlocks.subarray(BLOCKS * from, BLOCKS * (from + 1)), BLOCKS * to);
    hours.set(oldHours.subarray(HOURS * from, HOURS * (from + 1)), HOURS * to);
  }
  givePiece(pool, { doubles: before.doubles, offset: before.offset }, bytesFor(known));
}

/** One sum by number of its fields, while it is added. */
const sums = new Float64Array(FIELDS);

/** Adds usage to a block. */
export function addToBlock(ring: UsageRing, block: number, usage: UsageSum): void {
  fillSums(usage);
  let fields = 0;
  for (let field = 0; field < FIELDS; field += 1) if (sums[field] !== 0) fields |= 1 << field;
  widenRing(ring, fields);
  const entry = block % BLOCKS;
  const stamps = stampsOf(ring);
  const values = blocksOf(ring);
  const isNew = stamps[entry] !== stampOf(block);
  stamps[entry] = stampOf(block);
  let at = entry;
  for (let field = 0; field < FIELDS; field += 1) {
    if ((ring.fields & (1 << field)) === 0) continue;
    values[at] = (isNew ? 0 : (values[at] ?? 0)) + (sums[field] ?? 0);
    at += BLOCKS;
  }
}

function fillSums(usage: UsageSum): void {
  sums[0] = usage.calls;
  sums[1] = usage.costUsd;
  sums[2] = usage.inputTokens;
  sums[3] = usage.cacheReadTokens;
  sums[4] = usage.outputTokens;
  sums[5] = usage.unpricedCalls;
  sums[6] = usage.cacheHits;
  sums[7] = usage.cacheMisses;
  sums[8] = usage.errors;
  sums[9] = usage.retries;
  sums[10] = usage.inputUsd;
  sums[11] = usage.cacheReadUsd;
  sums[12] = usage.outputUsd;
}

/** Sums the blocks of an hour into it; returns false when it had no calls. */
export function closeRingHour(ring: UsageRing, hour: number): boolean {
  const entry = hour % HOURS;
  const stamps = stampsOf(ring);
  const blocks = blocksOf(ring);
  const hours = hoursOf(ring);
  stamps[BLOCKS + entry] = stampOf(hour);
  const columns = columnsOf(ring.fields);
  for (let column = 0; column < columns; column += 1) {
    let sum = 0;
    for (let index = 0; index < BLOCKS; index += 1) {
      if (stamps[index] === stampOf(hour * BLOCKS + index))
        sum += blocks[BLOCKS * column + index] ?? 0;
    }
    hours[HOURS * column + entry] = sum;
  }
  const calls = columnOf(ring.fields, FIELD.calls);
  return calls !== undefined && (hours[HOURS * calls + entry] ?? 0) > 0;
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
  const column = columnOf(ring.fields, field);
  return column === undefined ? 0 : columnSum(viewOf(ring), window, column);
}

/** The parts of a ring, to be read. */
interface RingView {
  readonly stamps: Uint16Array;
  readonly blocks: Float32Array;
  readonly hours: Float32Array;
}

function viewOf(ring: UsageRing): RingView {
  return { stamps: stampsOf(ring), blocks: blocksOf(ring), hours: hoursOf(ring) };
}

function columnSum(
  { stamps, blocks, hours }: RingView,
  window: RingWindow,
  column: number,
): number {
  let sum = 0;
  for (let back = 0; back < window.blocks; back += 1) {
    const block = window.block - back;
    const entry = block % BLOCKS;
    if (stamps[entry] === stampOf(block)) sum += blocks[BLOCKS * column + entry] ?? 0;
  }
  const newest = Math.floor(window.block / BLOCKS) - 1;
  for (let back = 0; back < window.hours; back += 1) {
    const hour = newest - back;
    const entry = hour % HOURS;
    if (stamps[BLOCKS + entry] === stampOf(hour)) sum += hours[HOURS * column + entry] ?? 0;
  }
  return sum;
}

/** All fields over a window, added to `sum`. */
export function addWindow(sum: UsageSum, ring: UsageRing, window: RingWindow): void {
  sums.fill(0);
  const view = viewOf(ring);
  for (let field = 0, column = 0; field < FIELDS; field += 1) {
    if ((ring.fields & (1 << field)) === 0) continue;
    sums[field] = columnSum(view, window, column);
    column += 1;
  }
  addSums(sum);
}

function addSums(sum: UsageSum): void {
  sum.calls += sums[0] ?? 0;
  sum.costUsd += sums[1] ?? 0;
  sum.inputTokens += sums[2] ?? 0;
  sum.cacheReadTokens += sums[3] ?? 0;
  sum.outputTokens += sums[4] ?? 0;
  sum.unpricedCalls += sums[5] ?? 0;
  sum.cacheHits += sums[6] ?? 0;
  sum.cacheMisses += sums[7] ?? 0;
  sum.errors += sums[8] ?? 0;
  sum.retries += sums[9] ?? 0;
  sum.inputUsd += sums[10] ?? 0;
  sum.cacheReadUsd += sums[11] ?? 0;
  sum.outputUsd += sums[12] ?? 0;
}

/** Usage of one whole hour. */
export function hourOfRing(ring: UsageRing, hour: number): UsageSum {
  const sum = createUsageSum();
  addWindow(sum, ring, { block: hour * BLOCKS + BLOCKS, blocks: 0, hours: 1 });
  return sum;
}
