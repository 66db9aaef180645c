import type {
  Attributes,
  AttributeValue,
  Decoded,
  ReceivedPoint,
  ReceivedSpan,
} from './received-telemetry.ts';

type JsonObject = Readonly<Record<string, unknown>>;

class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: unknown, path: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new MalformedError(`${path} must be an object`);
  return value;
}

function listAt(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedError(`${path} must be a list`);
  return value;
}

function textAt(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new MalformedError(`${path} must be a string`);
  return value;
}

/** A number, or a number in a string as the mapping writes 64-bit integers; `NaN` and `Infinity` are allowed for doubles. */
function numberAt(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '') {
    const parsed = Number(value);
    if (!Number.isNaN(parsed) || value === 'NaN') return parsed;
  }
  throw new MalformedError(`${path} must be a number`);
}

function epochMsAt(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : numberAt(value, path) / 1e6;
}

function enumAt(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : numberAt(value, path);
}

function hexAt(value: unknown, path: string): string {
  const text = textAt(value, path);
  if (!/^[0-9a-fA-F]*$/.test(text)) throw new MalformedError(`${path} must be hexadecimal`);
  return text.toLowerCase();
}

function readAnyValue(value: unknown, path: string): AttributeValue | undefined {
  const any = objectAt(value, path);
  if (typeof any.stringValue === 'string') return any.stringValue;
  if (typeof any.boolValue === 'boolean') return any.boolValue;
  // JavaScript's JSON exporter writes null for a number that is none.
  if (any.intValue === null || any.doubleValue === null) return undefined;
  if (any.intValue !== undefined) return numberAt(any.intValue, `${path}.intValue`);
  if (any.doubleValue !== undefined) return numberAt(any.doubleValue, `${path}.doubleValue`);
  if (any.bytesValue !== undefined) return JSON.stringify(any.bytesValue);
  const isStructure = any.arrayValue !== undefined || any.kvlistValue !== undefined;
  return isStructure ? JSON.stringify(plainValue(any, 0)) : undefined;
}

/** Deeper than this nobody writes. */
const MAX_DEPTH = 32;

/** A list or a map as plain JSON; what is no OTLP value is left out. */
function plainValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  const [kind = '', content] = Object.entries(value)[0] ?? [];
  const values: unknown = Reflect.get(Object(content), 'values');
  const members: readonly unknown[] = Array.isArray(values) ? values : [];
  if (kind === 'arrayValue') return members.map((each) => plainValue(each, depth + 1));
  if (kind === 'kvlistValue') {
    const pairs = members.map((each) => [
      String(Reflect.get(Object(each), 'key')),
      plainValue(Reflect.get(Object(each), 'value'), depth + 1),
    ]);
    return Object.fromEntries(pairs);
  }
  return kind === 'intValue' ? Number(content) : content;
}

function readAttributes(value: unknown, path: string): Attributes {
  const attributes = new Map<string, AttributeValue>();
  for (const entry of listAt(value, path)) {
    const { key, value: member } = objectAt(entry, path);
    const read = readAnyValue(member, path);
    if (typeof key === 'string' && key !== '' && read !== undefined) attributes.set(key, read);
  }
  return attributes;
}

function readSpan(value: unknown, context: Context): ReceivedSpan {
  const span = objectAt(value, 'span');
  return {
    traceId: hexAt(span.traceId, 'traceId'),
    spanId: hexAt(span.spanId, 'spanId'),
    parentSpanId: hexAt(span.parentSpanId, 'parentSpanId'),
    kind: enumAt(span.kind, 'kind'),
    startEpochMs: epochMsAt(span.startTimeUnixNano, 'startTimeUnixNano'),
    endEpochMs: epochMsAt(span.endTimeUnixNano, 'endTimeUnixNano'),
    isError: enumAt(objectAt(span.status, 'status').code, 'status.code') === 2,
    attributes: readAttributes(span.attributes, 'span.attributes'),
    ...context,
  };
}

function readPoint(value: unknown, sum: Omit<ReceivedPoint, PointField>): ReceivedPoint {
  const point = objectAt(value, 'dataPoint');
  const number = point.asDouble ?? point.asInt;
  return {
    ...sum,
    attributes: readAttributes(point.attributes, 'dataPoint.attributes'),
    startEpochMs: epochMsAt(point.startTimeUnixNano, 'startTimeUnixNano'),
    epochMs: epochMsAt(point.timeUnixNano, 'timeUnixNano'),
    value: number === undefined || number === null ? undefined : numberAt(number, 'dataPoint'),
  };
}

function readMetric(
  value: unknown,
  context: Context,
  wanted: (metric: string) => boolean,
): readonly ReceivedPoint[] {
  const metric = objectAt(value, 'metric');
  const name = textAt(metric.name, 'metric.name');
  if (metric.sum === undefined || !wanted(name)) return [];
  const sum = objectAt(metric.sum, 'metric.sum');
  const shared = {
    ...context,
    metric: name,
    isCumulative: enumAt(sum.aggregationTemporality, 'aggregationTemporality') !== 1,
    isMonotonic: sum.isMonotonic === true,
  };
  return listAt(sum.dataPoints, 'dataPoints').map((point) => readPoint(point, shared));
}

type PointField = 'attributes' | 'startEpochMs' | 'epochMs' | 'value';
type Context = { readonly resource: Attributes; readonly scopeName: string };

interface Levels {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

const TRACE_LEVELS: Levels = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };
const METRIC_LEVELS: Levels = {
  resources: 'resourceMetrics',
  scopes: 'scopeMetrics',
  items: 'metrics',
};

function eachItem(body: string, levels: Levels, item: (value: unknown, at: Context) => void): void {
  const root: unknown = JSON.parse(body);
  if (!isObject(root)) throw new MalformedError('the body must be an object');
  for (const entry of listAt(root[levels.resources], levels.resources)) {
    const holder = objectAt(entry, levels.resources);
    const resource = readAttributes(
      objectAt(holder.resource, 'resource').attributes,
      'resource.attributes',
    );
    for (const scoped of listAt(holder[levels.scopes], levels.scopes)) {
      const scope = objectAt(scoped, levels.scopes);
      const scopeName = textAt(objectAt(scope.scope, 'scope').name, 'scope.name');
      for (const value of listAt(scope[levels.items], levels.items))
        item(value, { resource, scopeName });
    }
  }
}

function problemOf(error: unknown): string {
  if (error instanceof MalformedError) return `the body is not valid OTLP JSON: ${error.message}`;
  return 'the body is not valid JSON';
}

/**
 * Decodes `ExportTraceServiceRequest` in the JSON mapping of OTLP 1.x: ids in hex, 64-bit integers as strings or
 * numbers, enums as numbers, lowerCamelCase keys; unknown keys are ignored. Never throws.
 */
export function decodeTracesJson(body: string): Decoded<ReceivedSpan> {
  const items: ReceivedSpan[] = [];
  try {
    eachItem(body, TRACE_LEVELS, (value, context) => items.push(readSpan(value, context)));
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
  return { ok: true, items };
}

/** Decodes the sums of `ExportMetricsServiceRequest` in JSON whose name is wanted. Never throws. */
export function decodeMetricsJson(
  body: string,
  wanted: (metric: string) => boolean,
): Decoded<ReceivedPoint> {
  const items: ReceivedPoint[] = [];
  try {
    eachItem(body, METRIC_LEVELS, (value, context) => {
      for (const point of readMetric(value, context, wanted)) items.push(point);
    });
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
  return { ok: true, items };
}
