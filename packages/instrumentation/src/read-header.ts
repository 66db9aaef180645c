import type { ObservedResponse } from './observed-request.ts';

/**
 * Reads one header from any of the shapes that Node's HTTP clients use.
 *
 * Shapes: a flat list `[name, value, name, value]` of strings or Buffers (undici 6–8, HTTP/1), an object with string or
 * list values (undici over HTTP/2, node:http, node:http2), a raw `name: value\r\n` text (undici 5). `name` is
 * lower-case; the first value wins. Undefined when absent.
 */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (Array.isArray(headers)) return readFromList(headers, name);
  if (typeof headers === 'string') return readFromText(headers, name);
  if (typeof headers !== 'object' || headers === null) return undefined;
  const direct: unknown = Reflect.get(headers, name);
  if (direct !== undefined) return textOf(direct);
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : textOf(Reflect.get(headers, key));
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** All headers whose lower-case name starts with `prefix`, from the shapes that `readHeader` takes, texts excepted. */
function readHeadersStartingWith(
  headers: unknown,
  prefix: string,
): Readonly<Record<string, string>> {
  let found: Record<string, string> | undefined;
  const look = (key: unknown, value: unknown): void => {
    // Nearly all headers go by here, before they are made into texts. 0x20 makes a letter lower-case.
    const first = typeof key === 'string' ? key.charCodeAt(0) : firstByte(key);
    if ((first | 0x20) !== prefix.charCodeAt(0)) return;
    const name = textOf(key)?.toLowerCase();
    const text = textOf(value);
    if (name?.startsWith(prefix) !== true || text === undefined) return;
    found ??= {};
    found[name] = text;
  };
  if (Array.isArray(headers)) {
    for (let index = 0; index + 1 < headers.length; index += 2) {
      look(headers[index], headers[index + 1]);
    }
  } else if (typeof headers === 'object' && headers !== null) {
    for (const [key, value] of Object.entries(headers)) look(key, value);
  }
  return found ?? NO_HEADERS;
}

function firstByte(value: unknown): number {
  return value instanceof Uint8Array ? (value[0] ?? 0) : 0;
}

/** A response as taps hand it on, from any of the shapes that `readHeader` takes. */
export function observedResponse(statusCode: number, headers: unknown): ObservedResponse {
  return new HeaderedResponse(statusCode, headers);
}

class HeaderedResponse implements ObservedResponse {
  readonly statusCode: number;
  readonly #headers: unknown;

  constructor(statusCode: number, headers: unknown) {
    this.statusCode = statusCode;
    this.#headers = headers;
  }

  header(name: string): string | undefined {
    return readHeader(this.#headers, name);
  }

  headersStartingWith(prefix: string): Readonly<Record<string, string>> {
    return readHeadersStartingWith(this.#headers, prefix);
  }
}

function readFromList(headers: readonly unknown[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (isNamed(headers[index], name)) return textOf(headers[index + 1]);
  }
  return undefined;
}

function readFromText(headers: string, name: string): string | undefined {
  for (const line of headers.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) {
      return line.slice(colon + 1).trim();
    }
  }
  return undefined;
}

function latin1Of(value: Uint8Array): string {
  const isBuffer = Buffer.isBuffer(value);
  return (isBuffer ? value : Buffer.from(value)).toString('latin1');
}

/** Whether a key, a text or bytes, is this lower-case name. Bytes are not made into a text to find out: most are another. */
function isNamed(key: unknown, name: string): boolean {
  if (key === name) return true;
  if (typeof key === 'string') return key.length === name.length && key.toLowerCase() === name;
  if (!(key instanceof Uint8Array) || key.length !== name.length) return false;
  for (let index = 0; index < name.length; index += 1) {
    const byte = key[index] ?? 0;
    const isUpper = byte >= 0x41 && byte <= 0x5a;
    if ((isUpper ? byte | 0x20 : byte) !== name.charCodeAt(index)) return false;
  }
  return true;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return latin1Of(value);
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'number' ? String(value) : undefined;
}
