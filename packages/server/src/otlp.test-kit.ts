import protobuf from 'protobufjs';

/** A small part of opentelemetry-proto 1.9, with the field numbers of its files. */
const PROTO = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Scope { string name = 1; string version = 2; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message Point { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; } }
message Sum { repeated Point data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Metric { string name = 1; string description = 2; string unit = 3; Sum sum = 7; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Metrics { repeated ResourceMetrics resource_metrics = 1; }
message Partial { int64 rejected = 1; string error_message = 2; }
message Answer { Partial partial_success = 1; }
message RpcStatus { int32 code = 1; string message = 2; }
`;

const { root } = protobuf.parse(PROTO);

type Value = string | number | boolean;
type Labels = Readonly<Record<string, Value>>;

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function attributes(labels: Labels): object[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: anyValue(value) }));
}

const nanos = (epochMs: number): string => String(BigInt(Math.round(epochMs * 1000)) * 1000n);

/** One span to send. */
export interface TestSpan {
  readonly traceId?: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind?: number;
  readonly startEpochMs: number;
  readonly durationMs?: number;
  readonly statusCode?: number;
  readonly attributes: Labels;
}

/** One point of a counter to send. */
export interface TestPoint {
  readonly metric: string;
  readonly epochMs: number;
  readonly startEpochMs?: number;
  readonly value: number | string;
  readonly isDouble?: boolean;
  readonly temporality?: 1 | 2;
  readonly isMonotonic?: boolean;
  readonly attributes: Labels;
}

/** An id of hex digits that ends in a number. */
export const hexId = (digits: number, number: number): string =>
  number.toString(16).padStart(digits, '0');

const RESOURCE: Labels = { 'service.name': 'shop', 'service.instance.id': 'i-1' };

/** `ExportTraceServiceRequest` in the JSON mapping. */
export function tracesJson(spans: readonly TestSpan[], resource: Labels = RESOURCE): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: spans.map((span) => ({
              traceId: span.traceId ?? hexId(32, 1),
              spanId: span.spanId,
              ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
              name: 'chat',
              kind: span.kind ?? 3,
              startTimeUnixNano: nanos(span.startEpochMs),
              endTimeUnixNano: nanos(span.startEpochMs + (span.durationMs ?? 100)),
              attributes: attributes(span.attributes),
              ...(span.statusCode !== undefined && { status: { code: span.statusCode } }),
              unknownField: { ignored: true },
            })),
          },
        ],
      },
    ],
  };
}

/** `ExportMetricsServiceRequest` in the JSON mapping. */
export function metricsJson(points: readonly TestPoint[], resource: Labels = RESOURCE): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [
          {
            scope: { name: 'test' },
            metrics: points.map((point) => ({
              name: point.metric,
              unit: '1',
              sum: {
                aggregationTemporality: point.temporality ?? 2,
                isMonotonic: point.isMonotonic ?? true,
                dataPoints: [
                  {
                    attributes: attributes(point.attributes),
                    startTimeUnixNano: nanos(point.startEpochMs ?? 0),
                    timeUnixNano: nanos(point.epochMs),
                    ...(point.isDouble === true
                      ? { asDouble: point.value }
                      : { asInt: String(point.value) }),
                  },
                ],
              },
            })),
          },
        ],
      },
    ],
  };
}

function idsToBytes(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && /^(trace|span|parentSpan)Id$/.test(key)) {
    return Buffer.from(value, 'hex');
  }
  if (Array.isArray(value)) return value.map((entry) => idsToBytes(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, idsToBytes(entry, name)]),
  );
}

function camel(value: unknown): { [key: string]: unknown } {
  return JSON.parse(JSON.stringify(value));
}

/** The same request in protobuf, from its JSON form. */
export function toProtobuf(kind: 'Traces' | 'Metrics', json: object): Uint8Array {
  const type = root.lookupType(kind);
  const converted = type.fromObject(camel(idsToBase64(json)));
  return type.encode(converted).finish();
}

function idsToBase64(json: object): unknown {
  const bytes = idsToBytes(json);
  const walk = (value: unknown): unknown => {
    if (Buffer.isBuffer(value)) return value.toString('base64');
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry)]));
  };
  return walk(bytes);
}

/** Decodes an answer body. */
export function fromProtobuf(kind: 'Answer' | 'RpcStatus', body: Uint8Array): object {
  return root.lookupType(kind).decode(body).toJSON();
}

/** Labels of a typical call. */
export const CALL: Labels = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'tokenmeter.feature': 'search',
};
