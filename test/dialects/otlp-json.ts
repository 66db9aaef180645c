import { isJson, type Json } from './provider/model-answer.ts';

/** An attribute in OTLP/JSON. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
}

/** A span in OTLP/JSON, with what it was exported under. */
export interface FlatSpan {
  readonly resource: readonly KeyValue[];
  readonly scope: { readonly name: string; readonly version: string };
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly {
    readonly timeNano: bigint;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status: Json;
}

/** Flattens exports, whether they came as JSON or as protobuf. */
export function flattenSpans(exports: readonly Json[]): readonly FlatSpan[] {
  return exports.flatMap((message) =>
    listOf(message.resourceSpans).flatMap((group) =>
      listOf(group.scopeSpans).flatMap((scoped) =>
        listOf(scoped.spans).map((span) => flatten(span, group, scoped)),
      ),
    ),
  );
}

function flatten(span: Json, group: Json, scoped: Json): FlatSpan {
  const scope = isJson(scoped.scope) ? scoped.scope : {};
  const resource = isJson(group.resource) ? group.resource : {};
  const parent = hexOf(span.parentSpanId);
  return {
    resource: attributesOf(resource.attributes),
    scope: { name: textOf(scope.name), version: textOf(scope.version) },
    traceId: hexOf(span.traceId),
    spanId: hexOf(span.spanId),
    parentSpanId: parent === '' ? undefined : parent,
    name: textOf(span.name),
    kind: Number(span.kind ?? 0),
    startNano: BigInt(String(span.startTimeUnixNano ?? 0)),
    endNano: BigInt(String(span.endTimeUnixNano ?? 0)),
    attributes: attributesOf(span.attributes),
    events: listOf(span.events).map((event) => ({
      timeNano: BigInt(String(event.timeUnixNano ?? 0)),
      name: textOf(event.name),
      attributes: attributesOf(event.attributes),
    })),
    status: isJson(span.status) ? span.status : {},
  };
}

function attributesOf(value: unknown): readonly KeyValue[] {
  return listOf(value).map((each) => ({
    key: textOf(each.key),
    value: encodedValue(isJson(each.value) ? each.value : {}),
  }));
}

/** 64-bit integers as text and bytes as base64, as the JSON encoding has them. */
function encodedValue(value: Json): Json {
  if (value.intValue !== undefined) return { intValue: String(value.intValue) };
  if (value.bytesValue instanceof Uint8Array) {
    return { bytesValue: Buffer.from(value.bytesValue).toString('base64') };
  }
  if (isJson(value.arrayValue)) {
    return { arrayValue: { values: listOf(value.arrayValue.values).map(encodedValue) } };
  }
  if (isJson(value.kvlistValue)) {
    return { kvlistValue: { values: attributesOf(value.kvlistValue.values) } };
  }
  return value;
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function hexOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return textOf(value);
}
