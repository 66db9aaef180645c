import { type Attributes, type AttributeValue, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  INSTRUMENTATION_NAME,
  INSTRUMENTATION_VERSION,
  type PutAttribute,
} from '@tokenmeter/instrumentation/start-up';
import { ByteWriter } from './byte-writer.ts';
import type { FinishedSpan, SpanBatch } from './finished-span.ts';
import { hrTime } from './hr-time.ts';

/** Room for the spans of one export as they mostly are. */
const CAPACITY = 64 * 1024;

/** Longest text that is remembered from span to span; prompts and answers are not kept. */
const LONGEST_TEXT = 256;

/** Fields of `opentelemetry.proto.trace.v1` and `common.v1`. */
const REQUEST = { resourceSpans: 1 } as const;
const RESOURCE_SPANS = { resource: 1, scopeSpans: 2 } as const;
const RESOURCE = { attributes: 1, droppedAttributesCount: 2 } as const;
const SCOPE_SPANS = { scope: 1, spans: 2 } as const;
const SCOPE = { name: 1, version: 2 } as const;
const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTime: 7,
  endTime: 8,
  attributes: 9,
  droppedAttributesCount: 10,
  droppedEventsCount: 12,
  droppedLinksCount: 14,
  status: 15,
  flags: 16,
} as const;
const STATUS_CODE = 3;
const KEY_VALUE = { key: 1, value: 2 } as const;
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;
const ARRAY_VALUES = 1;

/** Sampled, and it is known whether the parent is remote: bits of `SpanFlags`. */
const FLAGS = 0x101;
const REMOTE_PARENT = 0x200;

/** What is remembered of an attribute from span to span. */
interface Slot {
  readonly name: string;
  /** The key, and the tag of the value. */
  readonly key: Uint8Array;
  /** The last text, and its bytes once it has come twice: identifiers never do. */
  text: string | undefined;
  encoded: Uint8Array | undefined;
}

/**
 * Writes spans as OTLP/protobuf the moment they are finished: what waits for an export is bytes, and no object of a call
 * outlives it. The bytes are those that `@opentelemetry/otlp-transformer` makes of the same spans.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto (1.9.0)
 */
export class ProtobufSpans implements SpanBatch {
  readonly #resource: () => Readonly<Attributes>;
  readonly #spans = new ByteWriter(CAPACITY);
  readonly #scratch = new ByteWriter(1024);
  /** Attributes by which spans are started repeat from call to call. */
  readonly #encoded = new WeakMap<Attributes, Uint8Array>();
  readonly #slots = new Map<string, Slot>();
  /** The attributes of the span before in their order: most spans have the same, and need no look-up. */
  readonly #order: Slot[] = [];
  #next = 0;
  readonly #rests: Uint8Array[] = [];
  #size = 0;

  /** `resource` describes the process; it is asked for at every export. */
  constructor(resource: () => Readonly<Attributes>) {
    this.#resource = resource;
  }

  get size(): number {
    return this.#size;
  }

  add(span: FinishedSpan): void {
    const before = this.#spans.length;
    try {
      this.#write(span);
      this.#size += 1;
    } catch (error) {
      // Half a span would make the whole export unreadable.
      this.#spans.cutTo(before);
      throw error;
    }
  }

  #write(span: FinishedSpan): void {
    const to = this.#spans;
    const { description, parent } = span;
    to.tag(SCOPE_SPANS.spans, 2);
    const start = to.open();
    writeId(to, SPAN.traceId, span.traceId);
    writeId(to, SPAN.spanId, span.spanId);
    const traceState = span.traceState?.serialize() ?? '';
    if (traceState !== '') {
      to.tag(SPAN.traceState, 2);
      to.string(traceState);
    }
    if (parent !== undefined) writeId(to, SPAN.parentSpanId, parent.spanId);
    to.tag(SPAN.name, 2);
    to.string(description.name);
    to.tag(SPAN.kind, 0);
    // The API counts kinds from 0, the protocol from 1.
    to.varint(SpanKind.CLIENT + 1);
    to.tag(SPAN.startTime, 1);
    writeTime(to, description.startEpochMs);
    to.tag(SPAN.endTime, 1);
    writeTime(to, description.endEpochMs);
    to.raw(this.#startAttributes(description.startAttributes));
    this.#next = 0;
    description.putEndAttributes(this.#putAttribute);
    to.raw(this.#rest(description.errorType !== undefined, parent?.isRemote === true));
    to.close(start);
  }

  take(): Uint8Array {
    const spans = this.#spans.take();
    this.#size = 0;
    const to = this.#scratch;
    to.tag(REQUEST.resourceSpans, 2);
    const request = to.open();
    to.tag(RESOURCE_SPANS.resource, 2);
    const resource = to.open();
    this.#attributes(to, this.#resource(), RESOURCE.attributes);
    to.tag(RESOURCE.droppedAttributesCount, 0);
    to.varint(0);
    to.close(resource);
    to.tag(RESOURCE_SPANS.scopeSpans, 2);
    const scopeSpans = to.open();
    to.tag(SCOPE_SPANS.scope, 2);
    const scope = to.open();
    to.tag(SCOPE.name, 2);
    to.string(INSTRUMENTATION_NAME);
    to.tag(SCOPE.version, 2);
    to.string(INSTRUMENTATION_VERSION);
    to.close(scope);
    to.raw(spans);
    to.close(scopeSpans);
    to.close(request);
    return to.take();
  }

  /** What is the same for all spans that ended alike. */
  #rest(isError: boolean, hasRemoteParent: boolean): Uint8Array {
    const index = (isError ? 1 : 0) + (hasRemoteParent ? 2 : 0);
    const known = this.#rests[index];
    if (known !== undefined) return known;
    const to = this.#scratch;
    for (const field of [
      SPAN.droppedAttributesCount,
      SPAN.droppedEventsCount,
      SPAN.droppedLinksCount,
    ]) {
      to.tag(field, 0);
      to.varint(0);
    }
    to.tag(SPAN.status, 2);
    const status = to.open();
    to.tag(STATUS_CODE, 0);
    to.varint(isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    to.close(status);
    to.tag(SPAN.flags, 5);
    to.fixed32(hasRemoteParent ? FLAGS | REMOTE_PARENT : FLAGS);
    const encoded = to.take();
    this.#rests[index] = encoded;
    return encoded;
  }

  #startAttributes(attributes: Attributes): Uint8Array {
    const known = this.#encoded.get(attributes);
    if (known !== undefined) return known;
    this.#attributes(this.#scratch, attributes);
    const encoded = this.#scratch.take();
    this.#encoded.set(attributes, encoded);
    return encoded;
  }

  readonly #putAttribute: PutAttribute = (name, value) => {
    if (value === undefined) return;
    const expected = this.#order[this.#next];
    const slot = expected?.name === name ? expected : this.#slotOf(name);
    this.#order[this.#next] = slot;
    this.#next += 1;
    if (typeof value === 'string' && value.length <= LONGEST_TEXT) this.#putText(slot, value);
    else writeAttribute(this.#spans, SPAN.attributes, slot.key, value);
  };

  /** Most texts (versions, currencies, outcomes) are those of the span before. */
  #putText(slot: Slot, text: string): void {
    const isRepeated = slot.text === text;
    if (isRepeated && slot.encoded !== undefined) {
      this.#spans.raw(slot.encoded);
      return;
    }
    const start = this.#spans.length;
    writeAttribute(this.#spans, SPAN.attributes, slot.key, text);
    slot.text = text;
    slot.encoded = isRepeated ? this.#spans.copyFrom(start) : undefined;
  }

  #attributes(to: ByteWriter, attributes: Attributes, field: number = SPAN.attributes): void {
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined) writeAttribute(to, field, this.#slotOf(name).key, value);
    }
  }

  /** Names of attributes are our own, and few. */
  #slotOf(name: string): Slot {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const writer = new ByteWriter(64);
    writer.tag(KEY_VALUE.key, 2);
    writer.string(name);
    writer.tag(KEY_VALUE.value, 2);
    const slot: Slot = { name, key: writer.take(), text: undefined, encoded: undefined };
    this.#slots.set(name, slot);
    return slot;
  }
}

function writeAttribute(
  to: ByteWriter,
  field: number,
  key: Uint8Array,
  value: AttributeValue,
): void {
  to.tag(field, 2);
  const start = to.open();
  to.raw(key);
  const valueStart = to.open();
  writeValue(to, value);
  to.close(valueStart);
  to.close(start);
}

/** Nanoseconds since the epoch. */
function writeTime(to: ByteWriter, epochMs: number): void {
  const [seconds, nanos] = hrTime(epochMs);
  to.nanoseconds(seconds, nanos);
}

function writeId(to: ByteWriter, field: number, hex: string): void {
  to.tag(field, 2);
  const start = to.open();
  to.hex(hex);
  to.close(start);
}

/** Strings, numbers, booleans and lists of them; metering has no others. */
function writeValue(to: ByteWriter, value: unknown): void {
  if (typeof value === 'string') {
    to.tag(ANY_VALUE.string, 2);
    to.string(value);
  } else if (typeof value === 'number') {
    writeNumber(to, value);
  } else if (typeof value === 'boolean') {
    to.tag(ANY_VALUE.bool, 0);
    to.varint(value ? 1 : 0);
  } else if (Array.isArray(value)) {
    to.tag(ANY_VALUE.array, 2);
    const start = to.open();
    for (const item of value) {
      to.tag(ARRAY_VALUES, 2);
      const itemStart = to.open();
      writeValue(to, item);
      to.close(itemStart);
    }
    to.close(start);
  }
}

function writeNumber(to: ByteWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
    to.tag(ANY_VALUE.int, 0);
    to.varint(value);
    return;
  }
  to.tag(ANY_VALUE.double, 1);
  to.double(value);
}
