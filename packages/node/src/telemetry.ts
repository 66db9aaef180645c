import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { TelemetryWriter } from '@tokenmeter/instrumentation';

/** Providers through which measurements go to an SDK. */
export interface Providers {
  tracerProvider(): TracerProvider;
  meterProvider(): MeterProvider;
}

/** Where measurements go, and the means to bring out what is held. */
export interface Telemetry {
  readonly target: Providers | TelemetryWriter;
  /** Exports everything recorded so far; settles by the deadline, whatever the receiver does. Never rejects. */
  flush(deadlineMs: number): Promise<void>;
  /** Exports what it can in this very turn, because the process is exiting. Never throws. */
  flushNow(): void;
}
