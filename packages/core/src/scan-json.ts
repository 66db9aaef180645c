import { type JsonRecord, parseJson } from './wire-value.ts';

/**
 * Reads wanted top-level members of a JSON object without parsing the rest: skipping a 5 MB picture costs one native
 * search. Works on text that was cut off: members before the cut are found. Never throws.
 */
export function scanTopLevel(text: string, wanted: ReadonlySet<string>): JsonRecord {
  const found: Record<string, unknown> = Object.create(null);
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return found;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    if (keyEnd < 0) break;
    const key = text.slice(at + 1, keyEnd - 1);
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== ':') break;
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    if (end < 0) break;
    if (wanted.has(key)) found[key] = parseJson(text.slice(start, end));
    const comma = skipSpace(text, end);
    if (text[comma] !== ',') break;
    at = skipSpace(text, comma + 1);
  }
  return found;
}

/**
 * The last complete object or scalar that follows `"key":` in a piece cut out of a JSON text. Quotes inside strings are
 * escaped on the wire, so content cannot pose as a key; a nested member of the same name can, hence `accept`.
 */
export function scanLast(text: string, key: string, accept: (value: unknown) => boolean): unknown {
  const needle = `"${key}"`;
  for (let at = text.lastIndexOf(needle); at >= 0; at = text.lastIndexOf(needle, at - 1)) {
    const value = valueAfterKey(text, at + needle.length);
    if (value !== undefined && accept(value)) return value;
    if (at === 0) break;
  }
  return undefined;
}

function valueAfterKey(text: string, from: number): unknown {
  const colon = skipSpace(text, from);
  if (text[colon] !== ':') return undefined;
  const start = skipSpace(text, colon + 1);
  const end = endOfValue(text, start);
  return end < 0 ? undefined : parseJson(text.slice(start, end));
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** Index after the closing quote of the string that opens at `from`, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return -1;
}

/** Index after the JSON value that starts at `from`, or -1 when the text ends inside it. */
function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first === '{' || first === '[') return endOfNested(text, from);
  let at = from;
  while (at < text.length && !',}] \n\r\t'.includes(text.charAt(at))) at += 1;
  return at < text.length ? at : -1;
}

const INTERESTING = /["{}[\]]/g;

function endOfNested(text: string, from: number): number {
  let depth = 0;
  INTERESTING.lastIndex = from;
  for (let match = INTERESTING.exec(text); match !== null; match = INTERESTING.exec(text)) {
    const mark = match[0];
    if (mark === '"') {
      const end = endOfString(text, match.index);
      if (end < 0) return -1;
      INTERESTING.lastIndex = end;
    } else {
      depth += mark === '{' || mark === '[' ? 1 : -1;
      if (depth === 0) return match.index + 1;
    }
  }
  return -1;
}

/** Like `scanLast`, from the front. */
export function scanFirst(text: string, key: string, accept: (value: unknown) => boolean): unknown {
  const needle = `"${key}"`;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const value = valueAfterKey(text, at + needle.length);
    if (value !== undefined && accept(value)) return value;
  }
  return undefined;
}

/**
 * Where a key, given as `key"`, is followed by anything but null, at or after `from`; infinity where it nowhere is.
 * Without its opening quote the native search jumps from one first letter to the next instead of from quote to quote: five
 * times faster on JSON. Longer keys with the same end pass too.
 */
export function nextValue(text: string, quotedKey: string, from: number): number {
  for (let at = text.indexOf(quotedKey, from); at >= 0; at = text.indexOf(quotedKey, at + 1)) {
    const colon = skipSpace(text, at + quotedKey.length);
    if (text.charCodeAt(colon) !== 0x3a) continue;
    if (text.charCodeAt(skipSpace(text, colon + 1)) !== 0x6e) return at;
  }
  return Number.POSITIVE_INFINITY;
}

/** True when a key, given as `key"`, is anywhere followed by anything but null. */
export function hasValue(text: string, quotedKey: string): boolean {
  return nextValue(text, quotedKey, 0) < text.length;
}
