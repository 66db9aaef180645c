import type { ActiveMeter } from './active-meter.ts';
import { createSink } from './create-sink.ts';
import type { EmitterProviders } from './emitter.ts';
import type { OpenExchange } from './observed-request.ts';
import { OpenCalls } from './open-calls.ts';
import { createOpenExchange } from './open-exchange.ts';
import type { TelemetryWriter } from './telemetry-writer.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

/** Everything that metering does once a tap has seen a request; it neither taps nor claims by itself. */
export interface Metering extends ActiveMeter {
  readonly open: OpenExchange;
  /** Counts a hook of the taps that failed. */
  problem(name: string): void;
  /** Ends the calls that are still under way, because the process does. */
  abandon(): void;
  /** Finishes every call that waits; call it before a flush. */
  catchUp(): void;
  /** How many measurements were made so far, those of waiting calls included. */
  measurementCount(): number;
}

/** Creates the metering that a configuration describes, for a distribution that starts the taps itself. */
export function createMetering(
  config: TokenmeterConfig,
  target: EmitterProviders | TelemetryWriter,
): Metering {
  const sink = createSink({ ...config, isBatched: true }, target);
  const openCalls = new OpenCalls();
  return {
    open: createOpenExchange(sink, { ...config, openCalls }),
    abandon: () => openCalls.abandon(),
    meter: (record, attribution, place) => sink.meter(record, attribution, place),
    problem: (name) => sink.problem(name),
    catchUp: () => sink.catchUp(),
    measurementCount: () => sink.measurementCount,
  };
}
