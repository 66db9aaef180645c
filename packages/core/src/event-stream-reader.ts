import { crc32 } from './crc32.ts';

/** One message of an AWS event stream. */
export interface EventStreamMessage {
  /** String headers, such as `:message-type` and `:event-type`. */
  readonly headers: ReadonlyMap<string, string>;
  /** The payload, one character per byte: JSON stays JSON, only non-ASCII content is garbled, which nobody reads. */
  payload(): string;
}

/** Larger messages are skipped. Bedrock's metadata is far smaller; a chunk of text may be large. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

const PRELUDE_BYTES = 12;
const MIN_MESSAGE_BYTES = 16;

/**
 * Splits an AWS event stream (`application/vnd.amazon.eventstream`) that arrives cut anywhere.
 *
 * Message: total length and header length (4 bytes each, big endian), CRC-32 of these 8 bytes, headers, payload, CRC-32 of
 * the whole. The first CRC is checked, since a wrong length would lose the rest; the second is left to TLS. After a
 * broken prelude nothing more is read.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (message format, 2026-11-21)
 */
export class EventStreamReader {
  readonly #onMessage: (message: EventStreamMessage) => void;
  readonly #onProblem: (problem: string) => void;
  /** Pieces of a message that is not whole yet; joined once it is. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #neededBytes = PRELUDE_BYTES;
  #skipBytes = 0;
  #isBroken = false;

  constructor(
    onMessage: (message: EventStreamMessage) => void,
    onProblem: (problem: string) => void,
  ) {
    this.#onMessage = onMessage;
    this.#onProblem = onProblem;
  }

  push(chunk: Uint8Array): void {
    if (this.#isBroken) return;
    const skipped = Math.min(this.#skipBytes, chunk.length);
    this.#skipBytes -= skipped;
    // A copy, because the chunk belongs to somebody else; `slice` of a Buffer is none.
    this.#pieces.push(Uint8Array.prototype.slice.call(chunk, skipped));
    this.#pieceBytes += chunk.length - skipped;
    if (this.#pieceBytes >= this.#neededBytes)
      this.#readMessages(join(this.#pieces, this.#pieceBytes));
  }

  #readMessages(all: Uint8Array): void {
    let bytes = all;
    this.#neededBytes = PRELUDE_BYTES;
    while (bytes.length >= PRELUDE_BYTES) {
      const length = messageLength(bytes);
      if (length === undefined) {
        this.#break();
        return;
      }
      if (length > MAX_MESSAGE_BYTES) {
        this.#skipBytes = Math.max(0, length - bytes.length);
      } else if (bytes.length < length) {
        this.#neededBytes = length;
        break;
      } else {
        this.#onMessage(readMessage(bytes.subarray(0, length)));
      }
      bytes = bytes.subarray(Math.min(length, bytes.length));
    }
    this.#pieces = [bytes];
    this.#pieceBytes = bytes.length;
  }

  #break(): void {
    this.#isBroken = true;
    this.#pieces = [];
    this.#onProblem('event_stream_malformed');
  }
}

function join(pieces: readonly Uint8Array[], byteCount: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(byteCount);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function messageLength(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES);
  const total = view.getUint32(0);
  const headers = view.getUint32(4);
  const isSound = total >= MIN_MESSAGE_BYTES && headers <= total - MIN_MESSAGE_BYTES;
  return isSound && view.getUint32(8) === crc32(bytes.subarray(0, 8)) ? total : undefined;
}

function readMessage(bytes: Uint8Array): EventStreamMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headersEnd = PRELUDE_BYTES + view.getUint32(4);
  return {
    headers: readHeaders(bytes, view, headersEnd),
    payload: () => toText(bytes.subarray(headersEnd, bytes.length - 4)),
  };
}

/** Value lengths in bytes by header type; -1 means that a 2-byte length precedes the value. Type 7 is a string. */
const VALUE_LENGTHS: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
const STRING_TYPE = 7;

function readHeaders(bytes: Uint8Array, view: DataView, end: number): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = PRELUDE_BYTES;
  while (at < end) {
    const nameEnd = at + 1 + view.getUint8(at);
    if (nameEnd + 3 > end) break;
    const type = view.getUint8(nameEnd);
    const fixed = VALUE_LENGTHS[type];
    if (fixed === undefined) break;
    const start = nameEnd + (fixed < 0 ? 3 : 1);
    const valueEnd = start + (fixed < 0 ? view.getUint16(nameEnd + 1) : fixed);
    if (valueEnd > end) break;
    if (type === STRING_TYPE) {
      headers.set(toText(bytes.subarray(at + 1, nameEnd)), toText(bytes.subarray(start, valueEnd)));
    }
    at = valueEnd;
  }
  return headers;
}

/** `fromCharCode` takes only so many arguments. */
const TEXT_STEP = 8192;

function toText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += TEXT_STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + TEXT_STEP));
  }
  return text;
}
