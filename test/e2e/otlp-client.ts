import { randomBytes } from 'node:crypto';

/** Attributes as plain values; numbers that are integers go out as int64. */
type Plain = Readonly<Record<string, string | number | boolean>>;

function toAttributes(values: Plain): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** One span of a metered call in OTLP/JSON. */
export function makeSpan(epochMs: number, attributes: Plain): Record<string, unknown> {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `chat ${attributes['gen_ai.request.model'] ?? ''}`.trim(),
    kind: 3,
    startTimeUnixNano: `${epochMs}000000`,
    endTimeUnixNano: `${epochMs + 500}000000`,
    attributes: toAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'tokenmeter.metered': true,
      ...attributes,
    }),
  };
}

/** A trace export request in OTLP/JSON. */
export function traceRequest(service: string, spans: readonly unknown[]): unknown {
  const resource = { attributes: toAttributes({ 'service.name': service }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] };
}

/** A cumulative counter point. */
export interface CounterPoint {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly attributes: Plain;
}

/** A metrics export request of cumulative counters in OTLP/JSON. */
export function metricRequest(
  resource: Plain,
  times: { readonly startEpochMs: number; readonly epochMs: number },
  points: readonly CounterPoint[],
): unknown {
  const metrics = points.map((point) => ({
    name: point.name,
    unit: point.unit,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        {
          startTimeUnixNano: `${times.startEpochMs}000000`,
          timeUnixNano: `${times.epochMs}000000`,
          attributes: toAttributes(point.attributes),
          ...(point.unit === 'USD' ? { asDouble: point.value } : { asInt: String(point.value) }),
        },
      ],
    },
  }));
  return {
    resourceMetrics: [
      {
        resource: { attributes: toAttributes(resource) },
        scopeMetrics: [{ scope: { name: 'test' }, metrics }],
      },
    ],
  };
}

/** Sends until the receiver acknowledges, as an exporter with retries does. Returns how often it had to try. */
export async function sendUntilAcknowledged(
  url: string,
  path: '/v1/traces' | '/v1/metrics',
  body: unknown,
  signal: AbortSignal,
): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
      await answer.arrayBuffer();
      if (answer.status === 200) return tries;
      if (answer.status < 429) throw new Error(`refused with ${answer.status}`);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('refused')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
