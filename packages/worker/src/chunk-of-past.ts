const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTES_OF_BLOCK = 5;
const BLOCK_MS = MINUTES_OF_BLOCK * MINUTE_MS;
const LONGEST_MS = 6 * HOUR_MS;
/** What is read before it is known how much there is. */
const FIRST_MS = 4 * BLOCK_MS;
/** Rows lie in memory while they are learned: of many series less is read at once. */
const MOST_ROWS = 150_000;

/** A stretch of the past that is read at once, and whether rows of five minutes will do. */
export interface PastChunk {
  readonly to: number;
  readonly isCoarse: boolean;
}

/**
 * The next stretch to read of a past that ends at `end`, in epoch milliseconds: by whole blocks of five minutes, the last hour
 * by the minute. `rows` are those of a block by the read before; undefined before the first.
 */
export function chunkOfPast(from: number, end: number, rows: number | undefined): PastChunk {
  const lastHour = Math.floor((end - HOUR_MS) / HOUR_MS) * HOUR_MS;
  const isCoarse = from < lastHour;
  const unit = isCoarse ? BLOCK_MS : MINUTE_MS;
  const length = Math.max(unit, Math.min(LONGEST_MS, fittingMs(rows, isCoarse)));
  const to = Math.floor((from + length) / unit) * unit;
  return { to: Math.min(isCoarse ? lastHour : end, to), isCoarse };
}

/** Where minutes come, they are five times as many rows. */
function fittingMs(rows: number | undefined, isCoarse: boolean): number {
  if (rows === undefined) return FIRST_MS;
  const blocks = MOST_ROWS / Math.max(1, rows);
  return (isCoarse ? blocks : blocks / MINUTES_OF_BLOCK) * BLOCK_MS;
}

/** Rows of a block by what came: as many again in a minute where minutes were read. */
export function rowsPerBlock(
  rows: number,
  { from, to, isCoarse }: PastChunk & { readonly from: number },
): number {
  const perBlock = (rows * BLOCK_MS) / (to - from);
  return isCoarse ? perBlock : perBlock / MINUTES_OF_BLOCK;
}
