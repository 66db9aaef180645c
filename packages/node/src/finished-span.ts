import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { SpanDescription } from '@tokenmeter/instrumentation';

/** A span that was sampled, with its place in a trace. */
export interface FinishedSpan {
  readonly description: SpanDescription;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Undefined for the first span of a trace. */
  readonly parent: SpanContext | undefined;
  /** W3C trace state of the trace. */
  readonly traceState: TraceState | undefined;
}

/** Collects spans and renders them as one OTLP request. */
export interface SpanBatch {
  /** How many spans are in it. */
  readonly size: number;
  add(span: FinishedSpan): void;
  /** The body of an export request; the batch is empty afterwards. */
  take(): Uint8Array;
}
