import type { Telemetry } from './start-telemetry.ts';

/**
 * Puts off `start` until something is measured: a program that calls no model never loads the SDK, and one that does
 * loads it while its first provider works.
 */
export function lazyTelemetry(start: () => Telemetry): Telemetry {
  let started: Telemetry | undefined;
  const telemetry = (): Telemetry => {
    started ??= start();
    return started;
  };
  return {
    meterProvider: {
      getMeter: (...scope) => telemetry().meterProvider.getMeter(...scope),
    },
    tracerProvider: {
      getTracer: (...scope) => telemetry().tracerProvider.getTracer(...scope),
    },
    flush: async (deadlineMs) => started?.flush(deadlineMs),
  };
}
