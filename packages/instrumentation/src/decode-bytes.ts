import type { Transform } from 'node:stream';
import { copyBytes, zlib } from './platform.ts';

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

/** Codings that one body may have; nobody needs more than two. */
const MOST_CODINGS = 5;

/**
 * Creates a decoder for a `content-encoding`: none, identity, gzip, deflate (with and without its header), br or zstd, also
 * several in the order in which they were applied.
 *
 * Compressed bodies are decoded by a zlib stream on the side; the application's bytes are not touched. An unknown
 * coding passes nothing on and reports one problem.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-content-encoding
 */
export function createByteDecoder(
  contentEncoding: string | undefined,
  events: ByteDecoderEvents,
): ByteDecoder {
  const codings = codingsOf(contentEncoding);
  if (codings.length > MOST_CODINGS || !codings.every(isKnown)) {
    events.onProblem('content_encoding');
    return { push: () => undefined, end: (onDone) => onDone() };
  }
  const plain: ByteDecoder = {
    push: (chunk) => events.onBytes(chunk),
    end: (onDone) => onDone(),
  };
  // The coding that was applied first is taken off last.
  return codings.reduce<ByteDecoder>(
    (next, coding) => inflatingDecoder(coding, next, events.onProblem),
    plain,
  );
}

function codingsOf(contentEncoding: string | undefined): readonly string[] {
  if (contentEncoding === undefined) return [];
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}

/** Passes what one coding hid to the next decoder. The stream is made with the first bytes, which tell what is needed. */
function inflatingDecoder(
  coding: string,
  next: ByteDecoder,
  onProblem: (problem: string) => void,
): ByteDecoder {
  let isOver = false;
  let finish: (() => void) | undefined;
  let inflater: Transform | undefined;
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    finish?.();
  };
  const open = (first: Uint8Array): Transform | undefined => {
    const opened = createInflater(coding, first);
    opened?.on('data', (chunk: Buffer) => next.push(chunk));
    opened?.on('end', close);
    opened?.on('error', (error: NodeJS.ErrnoException) => {
      // A body cut in the middle ends like this; what came before it still counts.
      if (!isOver && error.code !== 'Z_BUF_ERROR') onProblem('decompress');
      close();
      opened.destroy();
    });
    return opened;
  };
  return {
    push: (chunk) => {
      if (isOver || chunk.length === 0) return;
      inflater ??= open(chunk);
      // Read by another thread later, when the chunk may hold something else.
      inflater?.write(copyBytes([chunk]));
    },
    end: (onDone) => {
      finish = () => next.end(onDone);
      if (isOver || inflater === undefined) finish();
      else inflater.end();
    },
  };
}

/** Low bits of the first byte of a zlib header; bare deflate, which many servers send under the same name, has others. */
const ZLIB_HEADER = 8;

const CREATORS: ReadonlyMap<string, Creator> = new Map([
  ['gzip', 'createGunzip'],
  ['x-gzip', 'createGunzip'],
  ['deflate', 'createInflate'],
  ['br', 'createBrotliDecompress'],
  ['zstd', 'createZstdDecompress'],
]);

type Creator =
  | 'createGunzip'
  | 'createInflate'
  | 'createInflateRaw'
  | 'createBrotliDecompress'
  | 'createZstdDecompress';

/** False also for what this runtime has not: Node knows zstd since 22.15, others know nothing. */
function isKnown(coding: string): boolean {
  const name = CREATORS.get(coding);
  return name !== undefined && typeof zlib()?.[name] === 'function';
}

function createInflater(coding: string, [first = 0]: Uint8Array): Transform | undefined {
  const isBare = coding === 'deflate' && (first & 0x0f) !== ZLIB_HEADER;
  const name = isBare ? 'createInflateRaw' : CREATORS.get(coding);
  return name === undefined ? undefined : zlib()?.[name]();
}
