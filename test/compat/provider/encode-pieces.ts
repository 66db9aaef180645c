import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** How a reply goes over the wire. */
export interface Encoded {
  readonly pieces: readonly (string | Uint8Array)[];
  readonly headers: Readonly<Record<string, string>>;
}

const CODINGS: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map<
  string,
  (bytes: Uint8Array) => Uint8Array
>([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['deflate', deflateSync],
]);

/** Bytes of a piece of a compressed body. */
const SLICE = 7;

/** Compresses a reply (`case:gzip`, `br`, `zstd`, `deflate`), or cuts it at every byte (`case:bytes`). */
export function encodePieces(
  pieces: readonly (string | Uint8Array)[],
  scenario: string | undefined,
): Encoded {
  const compress = CODINGS.get(scenario ?? '');
  if (compress === undefined && scenario !== 'bytes') return { pieces, headers: {} };
  const whole = Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
  if (compress === undefined) return { pieces: cut(whole, 1), headers: {} };
  return {
    pieces: cut(compress(whole), SLICE),
    headers: { 'content-encoding': scenario ?? '' },
  };
}

function cut(bytes: Uint8Array, length: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}
