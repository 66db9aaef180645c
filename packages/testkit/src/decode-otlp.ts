/** An attribute value as plain data; 64-bit integers beyond 2^53 are rounded. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Attributes as a plain object. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Where telemetry came from. */
export interface Origin {
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
}

/** One received span. Times are Unix nanoseconds, ids lower-case hex. */
export interface SinkSpan extends Origin {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for a root span. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
}

/** One received data point with its metric. Times are Unix nanoseconds. */
export interface SinkPoint extends Origin {
  readonly metric: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  /** Undefined for gauges. */
  readonly temporality: 'delta' | 'cumulative' | undefined;
  readonly isMonotonic: boolean;
  readonly attributes: Attributes;
  readonly startUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** Value of a number point; sum of a histogram point. */
  readonly value: number;
  /** Only for histograms. */
  readonly histogram?: {
    readonly count: number;
    readonly bounds: readonly number[];
    readonly counts: readonly number[];
    readonly min: number | undefined;
    readonly max: number | undefined;
  };
}

type Json = Readonly<Record<string, unknown>>;

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_CODES = ['unset', 'ok', 'error'] as const;

/** Flattens a trace export in the shape of OTLP/JSON. Missing fields take their protobuf defaults. Never throws. */
export function decodeSpans(request: unknown): readonly SinkSpan[] {
  return list(record(request).resourceSpans).flatMap((group) =>
    list(group.scopeSpans).flatMap((scoped) =>
      list(scoped.spans).map((span) => decodeSpan(span, originOf(group, scoped))),
    ),
  );
}

/** Flattens a metrics export in the shape of OTLP/JSON. Missing fields take their protobuf defaults. Never throws. */
export function decodePoints(request: unknown): readonly SinkPoint[] {
  return list(record(request).resourceMetrics).flatMap((group) =>
    list(group.scopeMetrics).flatMap((scoped) =>
      list(scoped.metrics).flatMap((metric) => decodeMetric(metric, originOf(group, scoped))),
    ),
  );
}

function decodeSpan(span: Json, origin: Origin): SinkSpan {
  const status = record(span.status);
  return {
    ...origin,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId) || undefined,
    name: text(span.name),
    kind: KINDS[number(span.kind)] ?? 'unspecified',
    startUnixNano: nano(span.startTimeUnixNano),
    endUnixNano: nano(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: list(span.events).map((event) => ({
      name: text(event.name),
      attributes: attributesOf(event.attributes),
    })),
    status: { code: STATUS_CODES[number(status.code)] ?? 'unset', message: text(status.message) },
  };
}

function decodeMetric(metric: Json, origin: Origin): readonly SinkPoint[] {
  const kind =
    metric.histogram !== undefined ? 'histogram' : metric.sum !== undefined ? 'sum' : 'gauge';
  const data = record(metric[kind]);
  return list(data.dataPoints).map((point) => ({
    ...origin,
    metric: text(metric.name),
    unit: text(metric.unit),
    description: text(metric.description),
    kind,
    temporality: kind === 'gauge' ? undefined : temporalityOf(data.aggregationTemporality),
    isMonotonic: data.isMonotonic === true,
    attributes: attributesOf(point.attributes),
    startUnixNano: nano(point.startTimeUnixNano),
    timeUnixNano: nano(point.timeUnixNano),
    value: number(kind === 'histogram' ? point.sum : (point.asDouble ?? point.asInt)),
    ...(kind === 'histogram' && { histogram: histogramOf(point) }),
  }));
}

function histogramOf(point: Json): NonNullable<SinkPoint['histogram']> {
  return {
    count: number(point.count),
    bounds: items(point.explicitBounds).map(number),
    counts: items(point.bucketCounts).map(number),
    min: point.min === undefined ? undefined : number(point.min),
    max: point.max === undefined ? undefined : number(point.max),
  };
}

function temporalityOf(value: unknown): 'delta' | 'cumulative' {
  return number(value) === 1 ? 'delta' : 'cumulative';
}

function originOf(group: Json, scoped: Json): Origin {
  const scope = record(scoped.scope);
  return {
    resource: attributesOf(record(group.resource).attributes),
    scope: { name: text(scope.name), version: text(scope.version) },
  };
}

function attributesOf(value: unknown): Attributes {
  return Object.fromEntries(list(value).map((pair) => [text(pair.key), anyValue(pair.value)]));
}

function anyValue(value: unknown): AttributeValue {
  const any = record(value);
  if (typeof any.stringValue === 'string') return any.stringValue;
  if (typeof any.boolValue === 'boolean') return any.boolValue;
  if (any.intValue !== undefined) return number(any.intValue);
  if (any.doubleValue !== undefined) return number(any.doubleValue);
  if (any.arrayValue !== undefined) return items(record(any.arrayValue).values).map(anyValue);
  if (any.kvlistValue !== undefined) return attributesOf(record(any.kvlistValue).values);
  return hex(any.bytesValue);
}

function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function list(value: unknown): readonly Json[] {
  return items(value).map(record);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
}

function nano(value: unknown): bigint {
  const digits = String(value ?? 0);
  return /^\d+$/.test(digits) ? BigInt(digits) : 0n;
}

function hex(value: unknown): string {
  if (typeof value === 'string') return value.toLowerCase();
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
