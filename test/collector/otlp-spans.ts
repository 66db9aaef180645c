import { randomBytes } from 'node:crypto';

/** A value of an OTLP attribute, or one as it stands in JSON. */
export type SpanValue = string | number | boolean | { readonly raw: unknown };

/** What a span says. */
export interface SpanParts {
  readonly name?: string;
  readonly attributes: Readonly<Record<string, SpanValue>>;
  readonly startEpochMs?: number;
  readonly endEpochMs?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly kind?: number;
  readonly isError?: boolean;
  readonly events?: readonly unknown[];
}

/** One export: spans of one service by instrumentation scope, as OTLP/JSON. */
export function traceExport(
  scopes: Readonly<Record<string, readonly SpanParts[]>>,
  resource: Readonly<Record<string, SpanValue>> = { 'service.name': 'app' },
): string {
  const scopeSpans = Object.entries(scopes).map(([name, spans]) => ({
    scope: { name },
    spans: spans.map(spanOf),
  }));
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }],
  });
}

/** Sends an export and returns the status. */
export async function sendTraces(url: string, body: string): Promise<number> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

function attributesOf(values: Readonly<Record<string, SpanValue>>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: SpanValue): unknown {
  if (typeof value === 'object') return value.raw;
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function spanOf(parts: SpanParts): unknown {
  const endEpochMs = parts.endEpochMs ?? (parts.startEpochMs ?? Date.now() - 900) + 900;
  const nanos = (epochMs: number): string => `${BigInt(Math.round(epochMs)) * 1_000_000n}`;
  return {
    traceId: parts.traceId ?? randomBytes(16).toString('hex'),
    spanId: parts.spanId ?? randomBytes(8).toString('hex'),
    ...(parts.parentSpanId === undefined ? {} : { parentSpanId: parts.parentSpanId }),
    name: parts.name ?? 'chat',
    kind: parts.kind ?? 3,
    startTimeUnixNano: nanos(parts.startEpochMs ?? endEpochMs - 900),
    endTimeUnixNano: nanos(endEpochMs),
    attributes: attributesOf(parts.attributes),
    ...(parts.events === undefined ? {} : { events: parts.events }),
    status: parts.isError === true ? { code: 2, message: 'refused' } : {},
  };
}
