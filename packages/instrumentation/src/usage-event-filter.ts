import { copyBytes, latin1Of } from './platform.ts';
import { findNullUsage, isUsageOnly } from './usage-in-event.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Events longer than this are passed on as they are: one that is never finished must not be kept from its reader. */
const LONGEST_EVENT_BYTES = 1_048_576;

const FIRST_ROOM_BYTES = 4096;

/**
 * Takes out of a streamed chat completion what is there only because usage was asked for: the usage-only event, and the
 * `"usage":null` that every other chunk then carries. All other bytes pass unchanged and in order.
 *
 * An event is held back until it is complete; what is unfinished at the end, or longer than 1 MiB, is passed on as it is.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create (stream_options, checked 2026-11-20)
 */
export class UsageEventFilter {
  #room: Uint8Array = new Uint8Array(0);
  #used = 0;
  /** Inside of an event that was too long to be held. */
  #isPassing = false;

  /** The bytes to pass on now; may be empty. Nobody else has them in hand but, perhaps, who gave the chunk. */
  push(chunk: Uint8Array): Uint8Array {
    const isFirst = this.#used === 0;
    // What was looked at already ends no event, but its last bytes may belong to the end of one.
    let from = isFirst ? 0 : Math.max(0, this.#used - 3);
    const bytes = isFirst ? chunk : this.#append(chunk);
    const kept: Uint8Array[] = [];
    let start = 0;
    for (let end = eventEnd(bytes, from); end > 0; end = eventEnd(bytes, from)) {
      this.#keep(bytes.subarray(start, end), kept);
      start = end;
      from = end;
    }
    const rest = bytes.subarray(start);
    const room = isFirst ? undefined : this.#room;
    if (this.#isPassing || rest.length > LONGEST_EVENT_BYTES) {
      this.#isPassing = rest.length > 0;
      kept.push(rest);
      this.#used = 0;
      return joined(kept, room);
    }
    const shown = joined(kept, room);
    if (isFirst || start > 0) this.#hold(rest);
    return shown;
  }

  /** What is left when the stream ends. */
  end(): Uint8Array {
    const rest = this.#room.slice(0, this.#used);
    this.#used = 0;
    return rest;
  }

  #keep(event: Uint8Array, kept: Uint8Array[]): void {
    if (this.#isPassing) kept.push(event);
    else filterEvent(event, kept);
    this.#isPassing = false;
  }

  #append(chunk: Uint8Array): Uint8Array {
    const needed = this.#used + chunk.length;
    if (needed > this.#room.length) {
      const old = this.#room.subarray(0, this.#used);
      this.#room = new Uint8Array(Math.max(needed, 2 * this.#room.length));
      this.#room.set(old);
    }
    this.#room.set(chunk, this.#used);
    this.#used = needed;
    return this.#room.subarray(0, needed);
  }

  #hold(rest: Uint8Array): void {
    if (rest.length > this.#room.length) {
      this.#room = new Uint8Array(Math.max(FIRST_ROOM_BYTES, 2 * rest.length));
    }
    this.#room.set(rest);
    this.#used = rest.length;
  }
}

/** Pieces in one array of its own; a single one that is no part of `room` stays as it is. */
function joined(pieces: readonly Uint8Array[], room?: Uint8Array): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && only.buffer !== room?.buffer) return only;
  return copyBytes(pieces);
}

/** Index after the first blank line from `from` on; 0 when there is none yet. */
function eventEnd(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(NEWLINE, from);
  if (at < 0) return endOfReturns(bytes, from);
  while (at >= 0) {
    const next = bytes[at + 1] === RETURN ? at + 2 : at + 1;
    if (bytes[next] === NEWLINE) return next + 1;
    at = bytes.indexOf(NEWLINE, at + 1);
  }
  return 0;
}

/** The same for lines that end in a return alone. */
function endOfReturns(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(RETURN, from);
  while (at >= 0) {
    if (bytes[at + 1] === RETURN) return at + 2;
    at = bytes.indexOf(RETURN, at + 1);
  }
  return 0;
}

function filterEvent(event: Uint8Array, kept: Uint8Array[]): void {
  // A character for each byte, so that places in the text are places in the bytes, whatever these are.
  const text = latin1Of(event);
  const cut = text.includes('"usage"') ? findNullUsage(text) : undefined;
  if (cut !== undefined) kept.push(event.subarray(0, cut.from), event.subarray(cut.to));
  else if (!text.includes('"usage"') || !isUsageOnly(text)) kept.push(event);
}
