import type { DecodedResponse } from '@tokenmeter/core';
import type { ObservedResponse } from './observed-request.ts';
import { copyBytes, joinBytes } from './platform.ts';
import type { ResponseBody } from './response-body.ts';

/** Bytes that wait before they are decoded together. A whole JSON answer mostly fits, and some hundred events. */
const LIMIT_BYTES = 32 * 1024;

const TEXTUAL = /json|event-?stream|^text\//i;
const UNCODED = /^(?:identity)?$/i;

/** True for bodies that come as they are and are read: not compressed, no media. */
export function isWorthHolding(response: ObservedResponse): boolean {
  const contentType = response.header('content-type');
  if (contentType === undefined || !TEXTUAL.test(contentType)) return false;
  return UNCODED.test(response.header('content-encoding') ?? '');
}

/**
 * Keeps the bytes of a body and decodes many of them at a time, the last ones when the result is asked for: a chunk of a
 * stream costs the application a copy.
 */
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
    this.#bytes += chunk.length;
    // Copied: the application may change what it was given.
    this.#pieces.push(copyBytes(chunk));
    if (this.#bytes >= LIMIT_BYTES) this.#decode();
  }

  end(onDone: () => void): void {
    onDone();
  }

  result(): DecodedResponse {
    const body = this.#decode();
    body.end(() => undefined);
    return body.result();
  }

  #decode(): ResponseBody {
    this.#opened ??= this.#open();
    const [only] = this.#pieces;
    if (only !== undefined) {
      this.#opened.push(this.#pieces.length === 1 ? only : joinBytes(this.#pieces));
    }
    this.#pieces = [];
    this.#bytes = 0;
    return this.#opened;
  }
}
