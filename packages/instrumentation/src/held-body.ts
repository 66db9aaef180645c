import type { DecodedResponse } from '@tokenmeter/core';
import type { ObservedResponse } from './observed-request.ts';
import type { ResponseBody } from './response-body.ts';

/** Bytes that are held; a longer body is decoded as it arrives. */
const LIMIT_BYTES = 256 * 1024;

const JSON_TYPE = /^application\/json\b/i;
const UNCODED = /^(?:identity)?$/i;

/** True for a plain JSON body: nothing can be read of it before its end. */
export function isWorthHolding(response: ObservedResponse): boolean {
  const contentType = response.header('content-type');
  if (contentType === undefined || !JSON_TYPE.test(contentType)) return false;
  return UNCODED.test(response.header('content-encoding') ?? '');
}

/** Keeps the bytes of a body and decodes them when the result is asked for, off the way of the application. */
export class HeldBody implements ResponseBody {
  readonly hasOwnEnd = true;
  readonly #open: () => ResponseBody;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #opened: ResponseBody | undefined;

  constructor(open: () => ResponseBody) {
    this.#open = open;
  }

  push(chunk: Uint8Array): void {
    if (this.#opened !== undefined) {
      this.#opened.push(chunk);
      return;
    }
    this.#bytes += chunk.length;
    // Copied: the application may change what it was given.
    if (this.#bytes <= LIMIT_BYTES) this.#pieces.push(Buffer.from(chunk));
    else this.#decoded().push(chunk);
  }

  end(onDone: () => void): void {
    if (this.#opened === undefined) onDone();
    else this.#opened.end(onDone);
  }

  result(): DecodedResponse {
    if (this.#opened !== undefined) return this.#opened.result();
    const body = this.#decoded();
    body.end(() => undefined);
    return body.result();
  }

  #decoded(): ResponseBody {
    this.#opened = this.#open();
    for (const piece of this.#pieces) this.#opened.push(piece);
    this.#pieces = [];
    return this.#opened;
  }
}
