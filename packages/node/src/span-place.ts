import { randomFillSync } from 'node:crypto';
import {
  type Context,
  createContextKey,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
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
  const isParent =
    active !== undefined && trace.isSpanContextValid(active) && !isPlaceholder(active);
  const parent = isParent ? active : undefined;
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

/**
 * True for what Sentry (8 and 9) puts in place of a span while it has not decided anything: nobody records it, and its
 * flags do not mean that it was left out by sampling, which its state would say.
 */
function isPlaceholder({ traceFlags, traceState }: SpanContext): boolean {
  if ((traceFlags & TraceFlags.SAMPLED) !== 0 || traceState?.get('sentry.url') === undefined) {
    return false;
  }
  const isLeftOut = traceState.get('sentry.sampled_not_recording') === '1';
  return !isLeftOut && !/sampled=false/.test(traceState.get('sentry.dsc') ?? '');
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
