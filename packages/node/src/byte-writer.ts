/** Strings up to this length are written character by character: a native call costs more. */
const SHORT_STRING = 48;

/** Half a word of 32 bits, and a whole one. */
const HALF = 2 ** 16;
const WORD = 2 ** 32;

const NANOS_PER_SECOND = 1e9;

/** Bytes of the longest varint. */
const VARINT_BYTES = 10;

/**
 * Writes protocol buffers into one buffer that grows: a message is written once, straight from the values.
 *
 * @see https://protobuf.dev/programming-guides/encoding/ (checked 2026-11-21)
 */
export class ByteWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#at);
    this.#at = 0;
    return taken;
  }

  /** Takes back what was written since `length` was `start`. */
  cutTo(start: number): void {
    this.#at = start;
  }

  /** A copy of what was written since `length` was `start`. */
  copyFrom(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, start, this.#at);
  }

  /** A field number with its wire type, below 2048. */
  tag(field: number, wireType: 0 | 1 | 2 | 5): void {
    this.#reserve(2);
    const tag = (field << 3) | wireType;
    if (tag < 0x80) {
      this.#bytes[this.#at++] = tag;
      return;
    }
    this.#bytes[this.#at++] = (tag & 0x7f) | 0x80;
    this.#bytes[this.#at++] = tag >>> 7;
  }

  /** An int64: any integer in −2^63 … 2^63 − 1. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES);
    if (value >= 0 && value <= 0x7fffffff) {
      let rest = value;
      while (rest > 0x7f) {
        this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.#bytes[this.#at++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  /**
   * Seconds and nanoseconds as one fixed64 of nanoseconds, in two halves of 32 bits: a number holds 53, and a BigInt for
   * each time is garbage. Seconds below 2^32.
   */
  nanoseconds(seconds: number, nanos: number): void {
    this.#reserve(8);
    const high = Math.floor(seconds / HALF) * NANOS_PER_SECOND;
    const low = (high % HALF) * HALF + (seconds % HALF) * NANOS_PER_SECOND + nanos;
    this.#at = this.#bytes.writeUInt32LE(low % WORD, this.#at);
    const carry = Math.floor(low / WORD);
    this.#at = this.#bytes.writeUInt32LE((Math.floor(high / HALF) + carry) % WORD, this.#at);
  }

  /** The bytes that hexadecimal digits stand for, without a length. */
  hex(digits: string): void {
    this.#reserve(digits.length / 2);
    this.#at += this.#bytes.write(digits, this.#at, 'hex');
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A length and the UTF-8 of a text. */
  string(text: string): void {
    const start = this.open();
    if (!this.#writeAscii(text)) {
      this.#reserve(3 * text.length);
      this.#at += this.#bytes.write(text, this.#at, 'utf8');
    }
    this.close(start);
  }

  /** Begins something whose length stands before it; `close` takes what this returns. */
  open(): number {
    this.#reserve(1);
    this.#at += 1;
    return this.#at;
  }

  /** Ends it: one byte was left for the length, and what is longer moves to make room. */
  close(start: number): void {
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    const extra = varintBytes(length) - 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, this.#at);
    const end = this.#at + extra;
    this.#at = start - 1;
    this.varint(length);
    this.#at = end;
  }

  /** False, with nothing written, for what is long or not ASCII. */
  #writeAscii(text: string): boolean {
    const { length } = text;
    if (length > SHORT_STRING) return false;
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at + index] = code;
    }
    this.#at += length;
    return true;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) count += 1;
  return count;
}
