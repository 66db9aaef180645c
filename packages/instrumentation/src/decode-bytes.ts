import type { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';

/** Takes raw body bytes and passes on decompressed UTF-8 text. */
export interface ByteDecoder {
  push(chunk: Uint8Array): void;
  /** Finishes; `onDone` runs once all text was passed on, at once when nothing was compressed. */
  end(onDone: () => void): void;
}

/** Receives what a byte decoder produces. */
export interface ByteDecoderEvents {
  onText(text: string): void;
  /** Bytes that cannot be decompressed; the text before them was passed on. */
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
  const utf8 = new StringDecoder('utf8');
  if (coding === '' || coding === 'identity') {
    return {
      push: (chunk) => events.onText(utf8.write(asBuffer(chunk))),
      end: (onDone) => {
        events.onText(utf8.end());
        onDone();
      },
    };
  }
  const inflater = createInflater(coding);
  if (inflater === undefined) {
    events.onProblem('content_encoding');
    return { push: () => undefined, end: (onDone) => onDone() };
  }
  return inflatingDecoder(inflater, utf8, events);
}

function inflatingDecoder(
  inflater: Transform,
  utf8: StringDecoder,
  events: ByteDecoderEvents,
): ByteDecoder {
  let isOver = false;
  let finish: (() => void) | undefined;
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    events.onText(utf8.end());
    finish?.();
  };
  inflater.on('data', (chunk: Buffer) => events.onText(utf8.write(chunk)));
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
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return undefined;
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk)
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
