import { type DecodedResponse, mediaKind } from '@tokenmeter/core';
import type { ObservedResponse } from './observed-request.ts';
import { makeRoom } from './platform.ts';
import type { ResponseBody } from './response-body.ts';

/** Bytes that wait before they are decoded together. A whole JSON answer mostly fits, and some hundred events. */
const LIMIT_BYTES = 32 * 1024;

/** Room that a body which comes in more than one piece gets first. */
const FIRST_ROOM_BYTES = 4 * 1024;

const EMPTY = new Uint8Array(0);

const UNCODED = /^(?:identity)?$/i;

/** True for bodies that come as they are and are read: not compressed, no media. */
export function isWorthHolding(response: ObservedResponse): boolean {
  if (!mediaKind(response.header('content-type')).isTextual) return false;
  const coding = response.header('content-encoding');
  return coding === undefined || UNCODED.test(coding);
}

/**
 * Keeps the bytes of a body and decodes many of them at a time, the last ones when the result is asked for: a chunk of a
 * stream costs the application a copy.
 */
export class HeldBody implements ResponseBody {
  readonly hasOwnEnd = true;
  readonly #open: () => ResponseBody;
  /** The bytes that wait, and room for more. */
  #room: Uint8Array = EMPTY;
  #bytes = 0;
  #opened: ResponseBody | undefined;

  constructor(open: () => ResponseBody) {
    this.#open = open;
  }

  push(chunk: Uint8Array): void {
    const needed = this.#bytes + chunk.length;
    if (needed > this.#room.length) this.#grow(needed);
    // Copied: the application may change what it was given.
    this.#room.set(chunk, this.#bytes);
    this.#bytes = needed;
    if (needed >= LIMIT_BYTES) this.#decode();
  }

  end(onDone: () => void): void {
    onDone();
  }

  result(): DecodedResponse {
    const body = this.#decode();
    this.#room = EMPTY;
    body.end(() => undefined);
    return body.result();
  }

  #grow(needed: number): void {
    const old = this.#room;
    this.#room = makeRoom(Math.max(needed, this.#roomSize()));
    this.#room.set(old.subarray(0, this.#bytes));
  }

  /** The first piece is often all there is; what was once decoded in the middle is a long stream. */
  #roomSize(): number {
    if (this.#opened !== undefined) return LIMIT_BYTES + FIRST_ROOM_BYTES;
    return this.#room.length === 0 ? 0 : Math.max(2 * this.#room.length, FIRST_ROOM_BYTES);
  }

  /** The room is used again: what is read of uncompressed bodies is copied out of it. */
  #decode(): ResponseBody {
    this.#opened ??= this.#open();
    if (this.#bytes > 0) this.#opened.push(this.#room.subarray(0, this.#bytes));
    this.#bytes = 0;
    return this.#opened;
  }
}
