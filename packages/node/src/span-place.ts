import { randomFillSync } from 'node:crypto';
import { type Context, createContextKey, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { SpanDescription } from '@tokenmeter/instrumentation';
import type { FinishedSpan } from './finished-span.ts';

/** The key under which OpenTelemetry's own exporters forbid spans (`@opentelemetry/core`). */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The SDK's `SamplingDecision.RECORD_AND_SAMPLED`. */
const SAMPLED = 2;

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * Gives a span its place in a trace, or undefined when it is not sampled.
 *
 * Without a sampler a span is sampled when its parent is, and always when it has none: `parentbased_always_on`.
 */
export function placeSpan(
  description: SpanDescription,
  from: Context,
  sampler?: Sampler,
): FinishedSpan | undefined {
  if (from.getValue(SUPPRESS_TRACING) === true) return undefined;
  const active = trace.getSpanContext(from);
  const parent = active !== undefined && trace.isSpanContextValid(active) ? active : undefined;
  const traceId = parent?.traceId ?? randomHex(TRACE_ID_BYTES);
  let traceState = parent?.traceState;
  if (sampler === undefined) {
    if (parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  } else {
    const { name, startAttributes } = description;
    const asked = sampler.shouldSample(from, traceId, name, SpanKind.CLIENT, startAttributes, []);
    if (asked.decision !== SAMPLED) return undefined;
    traceState = asked.traceState ?? traceState;
  }
  return { description, traceId, spanId: randomHex(SPAN_ID_BYTES), parent, traceState };
}

const POOL: Buffer = Buffer.alloc(4096);
let poolAt = POOL.length;

/** Random bytes from a pool: asking the system for each identifier costs more than everything else about a span. */
function randomHex(bytes: number): string {
  if (poolAt + bytes > POOL.length) {
    randomFillSync(POOL);
    poolAt = 0;
  }
  poolAt += bytes;
  return POOL.toString('hex', poolAt - bytes, poolAt);
}
