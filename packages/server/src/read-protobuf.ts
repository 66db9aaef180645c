import protobuf from 'protobufjs/minimal.js';
import type { Attributes, AttributeValue } from './received-telemetry.ts';

/** Position in a protobuf body. */
export type Reader = protobuf.Reader;

/** Reads the length of a message and returns where it ends. */
function readEnd(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a length runs past the end');
  return end;
}

function readTag(reader: Reader): number {
  const tag = reader.uint32();
  const wire = tag & 7;
  if (tag >>> 3 === 0 || wire === 3 || wire === 4) throw new RangeError('an invalid field tag');
  return tag;
}

function checkEnd(reader: Reader, end: number): void {
  if (reader.pos !== end) throw new RangeError('a field runs past its message');
}

function eachFieldUntil(reader: Reader, end: number, field: (tag: number) => void): void {
  while (reader.pos < end) field(readTag(reader));
  checkEnd(reader, end);
}

/** Calls `field` with the tag of each field of a message. A field that is not read must be skipped by the callback. */
export function eachField(reader: Reader, field: (tag: number) => void): void {
  eachFieldUntil(reader, readEnd(reader), field);
}

/** Skips a field that is not length-delimited. True when it did. */
function skipUnlessBytes(reader: Reader, tag: number): boolean {
  if ((tag & 7) === 2) return false;
  reader.skipType(tag & 7);
  return true;
}

/** Reads a fixed64 of nanoseconds as epoch milliseconds. */
export function readEpochMs(reader: Reader): number {
  const low = reader.fixed32();
  return (reader.fixed32() * 4_294_967_296 + low) / 1e6;
}

/** Reads an sfixed64 as a double. */
export function readSignedFixed64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.sfixed32() * 4_294_967_296 + low;
}

function readInt64(reader: Reader): number {
  const value = reader.int64();
  return typeof value === 'number' ? value : value.high * 4_294_967_296 + (value.low >>> 0);
}

/** Reads bytes as lower-case hex. */
export function readHex(reader: Reader): string {
  const bytes = reader.bytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Tags of the members of `AnyValue` that hold further values: `array_value` and `kvlist_value`. */
const LIST_TAG: number = 5 * 8 + 2;
const MAP_TAG: number = 6 * 8 + 2;

function readValueField(reader: Reader, tag: number): AttributeValue | undefined {
  switch (tag) {
    case 1 * 8 + 2:
      return reader.string();
    case 2 * 8 + 0:
      return reader.bool();
    case 3 * 8 + 0:
      return readInt64(reader);
    case 4 * 8 + 1:
      return reader.double();
    case LIST_TAG:
    case MAP_TAG:
      return JSON.stringify(readStructure(reader, tag, 0));
    case 7 * 8 + 2:
      return `${tag}:${readHex(reader)}`;
    default:
      reader.skipType(tag & 7);
      return undefined;
  }
}

/** Deeper than this nobody writes. */
const MAX_DEPTH = 32;

/** A list or a map as plain JSON. */
function readStructure(reader: Reader, tag: number, depth: number): unknown {
  const end = readEnd(reader);
  if (depth > MAX_DEPTH) {
    reader.pos = end;
    return null;
  }
  const list: unknown[] = [];
  const pairs: [string, unknown][] = [];
  while (reader.pos < end) {
    const member = readTag(reader);
    if (member !== 1 * 8 + 2) reader.skipType(member & 7);
    else if (tag === LIST_TAG) list.push(readMember(reader, depth));
    else pairs.push(readPair(reader, depth));
  }
  checkEnd(reader, end);
  return tag === LIST_TAG ? list : Object.fromEntries(pairs);
}

function readMember(reader: Reader, depth: number): unknown {
  const end = readEnd(reader);
  let value: unknown = null;
  while (reader.pos < end) {
    const tag = readTag(reader);
    const isStructure = tag === LIST_TAG || tag === MAP_TAG;
    value = isStructure ? readStructure(reader, tag, depth + 1) : readValueField(reader, tag);
  }
  checkEnd(reader, end);
  return value;
}

function readPair(reader: Reader, depth: number): [string, unknown] {
  const end = readEnd(reader);
  let key = '';
  let value: unknown = null;
  while (reader.pos < end) {
    const tag = readTag(reader);
    if (tag === 1 * 8 + 2) key = reader.string();
    else if (tag === 2 * 8 + 2) value = readMember(reader, depth);
    else reader.skipType(tag & 7);
  }
  checkEnd(reader, end);
  return [key, value];
}

function readAnyValue(reader: Reader): AttributeValue | undefined {
  const end = readEnd(reader);
  let value: AttributeValue | undefined;
  while (reader.pos < end) value = readValueField(reader, readTag(reader)) ?? value;
  checkEnd(reader, end);
  return value;
}

/** Reads the key of an attribute. Undefined when it is not wanted. */
export type ReadKey = (reader: Reader) => string | undefined;

/** Reads any key. */
const readAnyKey: ReadKey = (reader) => reader.string();

/** Recognises known keys by their bytes, so that no text is made of others. */
export function createKeyReader(keys: Iterable<string>): ReadKey {
  const byLength = new Map<number, { readonly key: string; readonly bytes: Buffer }[]>();
  for (const key of keys) {
    const bytes = Buffer.from(key);
    const same = byLength.get(bytes.length) ?? [];
    byLength.set(bytes.length, [...same, { key, bytes }]);
  }
  return (reader) => {
    const length = reader.uint32();
    const at = reader.pos;
    reader.skip(length);
    for (const { key, bytes } of byLength.get(length) ?? []) {
      let index = length - 1;
      // Names differ at their ends.
      while (index >= 0 && bytes[index] === reader.buf[at + index]) index -= 1;
      if (index < 0) return key;
    }
    return undefined;
  };
}

/**
 * Reads a `KeyValue` into a map. Empty keys and absent values are left out; so are keys that are not wanted, whose values
 * are not even decoded.
 */
export function readAttribute(
  reader: Reader,
  into: Map<string, AttributeValue>,
  readKey: ReadKey = readAnyKey,
): void {
  const end = readEnd(reader);
  let key: string | undefined;
  let valueAt = -1;
  while (reader.pos < end) {
    const tag = readTag(reader);
    if (tag === 1 * 8 + 2) {
      key = readKey(reader);
      continue;
    }
    if (tag === 2 * 8 + 2) valueAt = reader.pos;
    reader.skipType(tag & 7);
  }
  checkEnd(reader, end);
  if (key === undefined || key === '' || valueAt < 0) return;
  reader.pos = valueAt;
  const value = readAnyValue(reader);
  reader.pos = end;
  if (value !== undefined) into.set(key, value);
}

function readResource(reader: Reader): Attributes {
  const attributes = new Map<string, AttributeValue>();
  eachField(reader, (tag) => {
    switch (tag) {
      case 1 * 8 + 2:
        readAttribute(reader, attributes);
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return attributes;
}

function readScopeName(reader: Reader): string {
  let name = '';
  eachField(reader, (tag) => {
    switch (tag) {
      case 1 * 8 + 2:
        name = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return name;
}

/** What surrounds an item. */
export type ItemContext = { readonly resource: Attributes; readonly scopeName: string };

/** Reads resource → scope → item, which traces and metrics share (fields 1 and 2 on each level). */
export function eachItem(
  body: Uint8Array,
  item: (reader: Reader, context: ItemContext) => void,
): void {
  const reader = protobuf.Reader.create(body);
  const readScope = (resource: Attributes): void => {
    const itemsAt: number[] = [];
    let scopeName = '';
    eachField(reader, (tag) => {
      if (skipUnlessBytes(reader, tag)) return;
      if (tag >>> 3 === 1) scopeName = readScopeName(reader);
      else {
        if (tag >>> 3 === 2) itemsAt.push(reader.pos);
        reader.skipType(tag & 7);
      }
    });
    const end = reader.pos;
    for (const at of itemsAt) {
      reader.pos = at;
      item(reader, { resource, scopeName });
    }
    reader.pos = end;
  };
  const readResourceItems = (): void => {
    const scopesAt: number[] = [];
    let resource: Attributes = new Map();
    eachField(reader, (tag) => {
      if (skipUnlessBytes(reader, tag)) return;
      if (tag >>> 3 === 1) resource = readResource(reader);
      else {
        if (tag >>> 3 === 2) scopesAt.push(reader.pos);
        reader.skipType(tag & 7);
      }
    });
    const end = reader.pos;
    for (const at of scopesAt) {
      reader.pos = at;
      readScope(resource);
    }
    reader.pos = end;
  };
  eachFieldUntil(reader, reader.len, (tag) => {
    if (skipUnlessBytes(reader, tag)) return;
    if (tag >>> 3 === 1) readResourceItems();
    else reader.skipType(tag & 7);
  });
}

/** Says why a body could not be read, without quoting it. */
export function describeProtobufProblem(error: unknown): string {
  const detail = error instanceof Error ? error.message : 'unreadable';
  return `the body is not valid OTLP protobuf: ${detail.slice(0, 120)}`;
}
