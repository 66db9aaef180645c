import { CALL_ATTRIBUTES } from './call-attributes.ts';
import {
  createKeyReader,
  describeProtobufProblem,
  eachField,
  eachItem,
  type Reader,
  readAttribute,
  readEpochMs,
  readHex,
} from './read-protobuf.ts';
import type { Attributes, AttributeValue, Decoded, ReceivedSpan } from './received-telemetry.ts';

const readCallKey = createKeyReader(CALL_ATTRIBUTES);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readIsError(reader: Reader): boolean {
  let code = 0;
  eachField(reader, (tag) => {
    switch (tag) {
      case 3 * 8 + 0:
        code = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return code === 2;
}

function readSpan(reader: Reader, resource: Attributes, scopeName: string): ReceivedSpan {
  const attributes = new Map<string, AttributeValue>();
  const span: Mutable<ReceivedSpan> = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    kind: 0,
    startEpochMs: 0,
    endEpochMs: 0,
    isError: false,
    attributes,
    resource,
    scopeName,
  };
  eachField(reader, (tag) => {
    switch (tag) {
      case 9 * 8 + 2:
        readAttribute(reader, attributes, readCallKey);
        break;
      case 1 * 8 + 2:
        span.traceId = readHex(reader);
        break;
      case 2 * 8 + 2:
        span.spanId = readHex(reader);
        break;
      case 4 * 8 + 2:
        span.parentSpanId = readHex(reader);
        break;
      case 6 * 8 + 0:
        span.kind = reader.int32();
        break;
      case 7 * 8 + 1:
        span.startEpochMs = readEpochMs(reader);
        break;
      case 8 * 8 + 1:
        span.endEpochMs = readEpochMs(reader);
        break;
      case 15 * 8 + 2:
        span.isError = readIsError(reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return span;
}

/** Decodes `ExportTraceServiceRequest` (opentelemetry-proto 1.x). Unknown fields are skipped. Never throws. */
export function decodeTracesProtobuf(body: Uint8Array): Decoded<ReceivedSpan> {
  const items: ReceivedSpan[] = [];
  try {
    eachItem(body, (reader, context) =>
      items.push(readSpan(reader, context.resource, context.scopeName)),
    );
  } catch (error) {
    return { ok: false, problem: describeProtobufProblem(error) };
  }
  return { ok: true, items };
}
