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

/** All headers whose lower-case name starts with `prefix`, from the shapes that `readHeader` takes, texts excepted. */
function readHeadersStartingWith(
  headers: unknown,
  prefix: string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [key, value] of headerEntries(headers)) {
    // Nearly all headers go by here, before they are made into texts. 0x20 makes a letter lower-case.
    const first = typeof key === 'string' ? key.charCodeAt(0) : firstByte(key);
    if ((first | 0x20) !== prefix.charCodeAt(0)) continue;
    const name = textOf(key)?.toLowerCase();
    const text = textOf(value);
    if (name?.startsWith(prefix) === true && text !== undefined) found[name] = text;
  }
  return found;
}

function firstByte(value: unknown): number {
  return value instanceof Uint8Array ? (value[0] ?? 0) : 0;
}

function headerEntries(headers: unknown): readonly (readonly [unknown, unknown])[] {
  if (!Array.isArray(headers)) {
    return typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  }
  const entries: (readonly [unknown, unknown])[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    entries.push([headers[index], headers[index + 1]]);
  }
  return entries;
}

/** A response as taps hand it on, from any of the shapes that `readHeader` takes. */
export function observedResponse(statusCode: number, headers: unknown): ObservedResponse {
  return {
    statusCode,
    header: (name) => readHeader(headers, name),
    headersStartingWith: (prefix) => readHeadersStartingWith(headers, prefix),
  };
}

function readFromList(headers: readonly unknown[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const key = headers[index];
    // Length first: most names differ in it, and a Buffer need not become a string then.
    if (lengthOf(key) !== name.length) continue;
    if (textOf(key)?.toLowerCase() === name) return textOf(headers[index + 1]);
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

function lengthOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : -1;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return latin1Of(value);
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'number' ? String(value) : undefined;
}
