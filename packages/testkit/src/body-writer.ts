import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { ReplyEncoding } from './reply.ts';

type Encoder = zlib.Gzip | zlib.BrotliCompress | zlib.Deflate | zlib.ZstdCompress;

/** Writes one response body, compressed if asked, respecting back-pressure. Rejects once `signal` aborts. */
export interface BodyWriter {
  write(text: string): Promise<void>;
  /** Resolves when everything written so far was handed to the operating system. */
  flush(): Promise<void>;
  /** Ends the body; resolves when all of it was handed to the operating system. */
  end(): Promise<void>;
}

/** Creates the writer of a response whose head was written. */
export function createBodyWriter(
  response: ServerResponse,
  encoding: ReplyEncoding | undefined,
  signal: AbortSignal,
): BodyWriter {
  const encoder = encoding === undefined ? undefined : createEncoder(encoding);
  encoder?.pipe(response);
  const target = encoder ?? response;
  return {
    async write(text) {
      signal.throwIfAborted();
      if (!target.write(text)) await once(target, 'drain', { signal });
    },
    async flush() {
      signal.throwIfAborted();
      if (encoder !== undefined) await callback((done) => encoder.flush(done));
      await callback((done) => response.write('', done));
    },
    async end() {
      signal.throwIfAborted();
      target.end();
      await finished(response, { signal });
    },
  };
}

function createEncoder(encoding: ReplyEncoding): Encoder {
  switch (encoding) {
    case 'gzip':
      return zlib.createGzip();
    case 'br':
      return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } });
    case 'deflate':
      return zlib.createDeflate();
    case 'zstd':
      return zlib.createZstdCompress();
    default:
      return encoding satisfies never;
  }
}

function callback(start: (done: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    start(() => resolve());
  });
}
