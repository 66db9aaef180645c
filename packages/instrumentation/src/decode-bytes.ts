import type { Transform } from 'node:stream';
import { zlib } from './platform.ts';

/** Takes raw body bytes and passes on decompressed ones. */
export interface ByteDecoder {
  push(chunk: Uint8Array): void;
  /** Finishes; `onDone` runs once everything was passed on, at once when nothing was compressed. */
  end(onDone: () => void): void;
}

/** Receives what a byte decoder produces. Must not throw: decompression runs outside of every hook. */
export interface ByteDecoderEvents {
  onBytes(bytes: Uint8Array): void;
  /** Bytes that cannot be decompressed; those before them were passed on. */
  onProblem(problem: string): void;
}

/**
 * Creates a decoder for a `content-encoding`: none, identity, gzip, deflate, br or zstd.
 *
 * Compressed bodies are decoded by a zlib stream on the side; the application's bytes are not touched. An unknown
 * coding passes nothing on and reports one problem.
 */
export function createByteDecoder(
  contentEncoding: string | undefined,
  events: ByteDecoderEvents,
): ByteDecoder {
  const coding = contentEncoding?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') {
    return { push: (chunk) => events.onBytes(chunk), end: (onDone) => onDone() };
  }
  const inflater = createInflater(coding);
  if (inflater !== undefined) return inflatingDecoder(inflater, events);
  events.onProblem('content_encoding');
  return { push: () => undefined, end: (onDone) => onDone() };
}

function inflatingDecoder(inflater: Transform, events: ByteDecoderEvents): ByteDecoder {
  let isOver = false;
  let finish: (() => void) | undefined;
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    finish?.();
  };
  inflater.on('data', (chunk: Buffer) => events.onBytes(chunk));
  inflater.on('end', close);
  inflater.on('error', (error: NodeJS.ErrnoException) => {
    // A body cut in the middle ends like this; what came before it still counts.
    if (!isOver && error.code !== 'Z_BUF_ERROR') events.onProblem('decompress');
    close();
    inflater.destroy();
  });
  return {
    push: (chunk) => {
      if (!isOver) inflater.write(chunk);
    },
    end: (onDone) => {
      if (isOver) {
        onDone();
        return;
      }
      finish = onDone;
      inflater.end();
    },
  };
}

function createInflater(coding: string): Transform | undefined {
  const codings = zlib();
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return codings?.createGunzip();
    case 'deflate':
      return codings?.createInflate();
    case 'br':
      return codings?.createBrotliDecompress();
    case 'zstd':
      return codings?.createZstdDecompress();
    default:
      return undefined;
  }
}
