import type { StringDecoder } from 'node:string_decoder';

/**
 * What of Node there is. Edge runtimes have none of it, and their bundlers stop at an `import` of a Node module: so these
 * are asked for by name, at the price of one look-up when this file is loaded.
 */
const node = globalThis.process?.getBuiltinModule;

/** Undefined where the runtime has no such module. */
export const asyncHooks: typeof import('node:async_hooks') | undefined = node?.('node:async_hooks');
/** Undefined where the runtime has no such module. */
export const diagnosticsChannel: typeof import('node:diagnostics_channel') | undefined = node?.(
  'node:diagnostics_channel',
);

/** Decompression; loaded by the first compressed body. Undefined where the runtime has none. */
export function zlib(): typeof import('node:zlib') | undefined {
  return node?.('node:zlib');
}

/** Runs something soon, when what is under way has had its turn. */
export function runSoon(work: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(work);
  else setTimeout(work, 0);
}

/** UTF-8 that comes in pieces cut anywhere. */
export interface TextReader {
  write(bytes: Uint8Array): string;
  /** What is left of a character that was cut. */
  end(): string;
}

/** Creates a reader of UTF-8; Node's own where there is one, because it is several times as fast. */
export function createTextReader(): TextReader {
  strings ??= node?.('node:string_decoder');
  if (strings !== undefined) return new NodeTextReader(strings.StringDecoder);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}

/** Asked for by the first reader. */
let strings: typeof import('node:string_decoder') | undefined;

class NodeTextReader implements TextReader {
  readonly #Decoder: typeof StringDecoder;
  #decoder: StringDecoder | undefined;

  constructor(decoder: typeof StringDecoder) {
    this.#Decoder = decoder;
  }

  write(bytes: Uint8Array): string {
    // As long as pieces end in ASCII, no character is cut, and nothing has to be remembered.
    const isWhole = (bytes[bytes.length - 1] ?? 0) < 0x80;
    if (this.#decoder === undefined && isWhole) return textOfBytes(bytes);
    this.#decoder ??= new this.#Decoder('utf8');
    return this.#decoder.write(viewOf(bytes));
  }

  end(): string {
    return this.#decoder?.end() ?? '';
  }
}

/** Whole UTF-8 text of bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  if (typeof Buffer === 'function') return viewOf(bytes).toString('utf8');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** A character for each byte, of the same number. */
export function latin1Of(bytes: Uint8Array): string {
  if (typeof Buffer === 'function') return viewOf(bytes).toString('latin1');
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

/** UTF-8 bytes of a text. */
export function bytesOfText(text: string): Uint8Array {
  return typeof Buffer === 'function' ? Buffer.from(text) : new TextEncoder().encode(text);
}

/** Room for bytes, with anything in it. */
export function makeRoom(size: number): Uint8Array {
  return typeof Buffer === 'function' ? Buffer.allocUnsafe(size) : new Uint8Array(size);
}

/** Bytes one after the other. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  return typeof Buffer === 'function' ? Buffer.concat(pieces) : copyBytes(pieces);
}

/** Bytes one after the other in memory that nothing else shares: it may be handed over. */
export function copyBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
