import { COARSE_MS, type Piece } from './read-piece.ts';

/** Up to this length every sample is read, so that each minute is exact. */
const RAW_MS = 60 * 60_000;

/**
 * Cuts (from, to] into pieces: all samples where it is short or must be exact to the minute, else the ends of five-minute buckets with all samples of the
 * odd minutes at either end.
 */
export function planPieces(
  fromEpochMs: number,
  toEpochMs: number,
  isCoarse: boolean = toEpochMs - fromEpochMs > RAW_MS,
): readonly Piece[] {
  const first = Math.ceil(fromEpochMs / COARSE_MS) * COARSE_MS;
  const last = Math.floor(toEpochMs / COARSE_MS) * COARSE_MS;
  if (!isCoarse || first >= last) return [{ fromEpochMs, toEpochMs, kind: 'raw' }];
  const pieces: readonly Piece[] = [
    { fromEpochMs, toEpochMs: first, kind: 'raw' },
    { fromEpochMs: first, toEpochMs: last, kind: 'coarse' },
    { fromEpochMs: last, toEpochMs, kind: 'raw' },
  ];
  return pieces.filter((piece) => piece.toEpochMs > piece.fromEpochMs);
}

/** Halves a piece whose answer is too large; undefined when it cannot be smaller. */
export function halvePiece(piece: Piece): readonly [Piece, Piece] | undefined {
  const unit = piece.kind === 'coarse' ? COARSE_MS : 60_000;
  const units = Math.floor((piece.toEpochMs - piece.fromEpochMs) / unit);
  if (units < 2) return undefined;
  const middle = piece.fromEpochMs + Math.floor(units / 2) * unit;
  return [
    { ...piece, toEpochMs: middle },
    { ...piece, fromEpochMs: middle },
  ];
}
