/**
 * Memory for the numbers of many series.
 *
 * A hundred thousand buffers of their own cost more than what they hold: pieces are cut from a few large ones. What is
 * given back is cut again for the next piece of the same size; nothing else is ever freed before the whole pool is.
 */
export interface MemoryPool {
  /** All of the newest large one. */
  doubles: Float64Array<ArrayBuffer>;
  used: number;
  /** Pieces given back, by their size in bytes. */
  readonly free: Map<number, Piece[]>;
}

/** Bytes of a pool, all zero when taken. */
export interface Piece {
  /** All of the buffer that holds it: a window of one's own is larger than some pieces. It begins at offset / 8. */
  readonly doubles: Float64Array<ArrayBuffer>;
  /** A multiple of 8. */
  readonly offset: number;
}

const SMALLEST = 16_384;
const LARGEST = 1_048_576;

/** Creates a pool that holds nothing. */
export function createMemoryPool(): MemoryPool {
  return { doubles: new Float64Array(0), used: 0, free: new Map() };
}

/** Cuts a piece of so many bytes. */
export function takePiece(pool: MemoryPool, bytes: number): Piece {
  const size = sizeOf(bytes);
  const freed = pool.free.get(size)?.pop();
  if (freed !== undefined) {
    new Uint8Array(freed.doubles.buffer, freed.offset, size).fill(0);
    return freed;
  }
  const known = pool.doubles.byteLength;
  if (pool.used + size > known) {
    const next = Math.min(LARGEST, Math.max(SMALLEST, 2 * known));
    pool.doubles = new Float64Array(Math.max(size, next) / 8);
    pool.used = 0;
  }
  const offset = pool.used;
  pool.used += size;
  return { doubles: pool.doubles, offset };
}

/** Gives a piece back that `takePiece` cut with the same size and that nobody reads any more. */
export function givePiece(pool: MemoryPool, piece: Piece, bytes: number): void {
  const size = sizeOf(bytes);
  const known = pool.free.get(size);
  if (known === undefined) pool.free.set(size, [piece]);
  else known.push(piece);
}

function sizeOf(bytes: number): number {
  return 8 * Math.ceil(bytes / 8);
}
