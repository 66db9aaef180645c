import {
  describeProtobufProblem,
  eachField,
  eachItem,
  type ItemContext,
  type Reader,
  readAttribute,
  readEpochMs,
  readSignedFixed64,
} from './read-protobuf.ts';
import type { Attributes, AttributeValue, Decoded, ReceivedPoint } from './received-telemetry.ts';

interface Sum {
  readonly metric: string;
  readonly isCumulative: boolean;
  readonly isMonotonic: boolean;
  readonly resource: Attributes;
  readonly scopeName: string;
}

function readPoint(reader: Reader, sum: Sum): ReceivedPoint {
  const attributes = new Map<string, AttributeValue>();
  let startEpochMs = 0;
  let epochMs = 0;
  let value: number | undefined;
  eachField(reader, (tag) => {
    switch (tag) {
      case 7 * 8 + 2:
        readAttribute(reader, attributes);
        break;
      case 2 * 8 + 1:
        startEpochMs = readEpochMs(reader);
        break;
      case 3 * 8 + 1:
        epochMs = readEpochMs(reader);
        break;
      case 4 * 8 + 1:
        value = reader.double();
        break;
      case 6 * 8 + 1:
        value = readSignedFixed64(reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  return { ...sum, attributes, startEpochMs, epochMs, value };
}

/** Field order inside a message is free, so a metric is read twice: what it is first, its points then. */
function readMetric(
  reader: Reader,
  context: ItemContext,
  wanted: (metric: string) => boolean,
): readonly ReceivedPoint[] {
  let metric = '';
  let sumAt = -1;
  eachField(reader, (tag) => {
    if (tag === 1 * 8 + 2) {
      metric = reader.string();
      return;
    }
    if (tag === 7 * 8 + 2) sumAt = reader.pos;
    reader.skipType(tag & 7);
  });
  if (sumAt < 0 || !wanted(metric)) return [];
  const end = reader.pos;
  let temporality = 0;
  let isMonotonic = false;
  reader.pos = sumAt;
  eachField(reader, (tag) => {
    switch (tag) {
      case 2 * 8 + 0:
        temporality = reader.int32();
        break;
      case 3 * 8 + 0:
        isMonotonic = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  const sum: Sum = { metric, isCumulative: temporality !== 1, isMonotonic, ...context };
  const points: ReceivedPoint[] = [];
  reader.pos = sumAt;
  eachField(reader, (tag) => {
    switch (tag) {
      case 1 * 8 + 2:
        points.push(readPoint(reader, sum));
        break;
      default:
        reader.skipType(tag & 7);
    }
  });
  reader.pos = end;
  return points;
}

/** Decodes the sums of `ExportMetricsServiceRequest` whose name is wanted. Unknown fields are skipped. Never throws. */
export function decodeMetricsProtobuf(
  body: Uint8Array,
  wanted: (metric: string) => boolean,
): Decoded<ReceivedPoint> {
  const items: ReceivedPoint[] = [];
  try {
    eachItem(body, (reader, context) => {
      for (const point of readMetric(reader, context, wanted)) items.push(point);
    });
  } catch (error) {
    return { ok: false, problem: describeProtobufProblem(error) };
  }
  return { ok: true, items };
}
