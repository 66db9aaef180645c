import protobuf from 'protobufjs/minimal.js';
import type { Attributes, AttributeValue } from './received-telemetry.ts';

/** Position in a protobuf body. */
export type Reader = protobuf.Reader;

/** Calls `field` for each field of a message of `length` bytes. A field that is not read must be skipped by the callback. */
export function eachField(reader: Reader, length: number, field: (tag: number) => void): void {
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a length runs past the end');
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wire = tag & 7;
    if (tag >>> 3 === 0 || wire === 3 || wire === 4) throw new RangeError('an invalid field tag');
    field(tag);
  }
  if (reader.pos !== end) throw new RangeError('a field runs past its message');
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

function readAnyValue(reader: Reader): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  eachField(reader, reader.uint32(), (tag) => {
    switch (tag) {
      case 1 * 8 + 2:
        value = reader.string();
        break;
      case 2 * 8 + 0:
        value = reader.bool();
        break;
      case 3 * 8 + 0:
        value = readInt64(reader);
        break;
      case 4 * 8 + 1:
        value = reader.double();
        break;
      case 5 * 8 + 2:
      case 6 * 8 + 2:
      case 7 * 8 + 2:
        value = `${tag}:${readHex(reader)}`;
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return value;
}

/**
 * Reads a `KeyValue` into a map. Empty keys and absent values are left out; so are keys that are not wanted, whose values
 * are not even decoded.
 */
export function readAttribute(
  reader: Reader,
  into: Map<string, AttributeValue>,
  wanted?: ReadonlySet<string>,
): void {
  let key = '';
  let value: AttributeValue | undefined;
  eachField(reader, reader.uint32(), (tag) => {
    if (tag === 1 * 8 + 2) {
      key = reader.string();
    } else if (tag === 2 * 8 + 2 && (key === '' || wanted === undefined || wanted.has(key))) {
      value = readAnyValue(reader);
    } else {
      reader.skipType(tag & 7);
    }
  });
  if (key === '' || value === undefined) return;
  if (wanted === undefined || wanted.has(key)) into.set(key, value);
}

function readResource(reader: Reader): Attributes {
  const attributes = new Map<string, AttributeValue>();
  eachField(reader, reader.uint32(), (tag) => {
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
  eachField(reader, reader.uint32(), (tag) => {
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
    eachField(reader, reader.uint32(), (tag) => {
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
    eachField(reader, reader.uint32(), (tag) => {
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
  eachField(reader, body.byteLength, (tag) => {
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
