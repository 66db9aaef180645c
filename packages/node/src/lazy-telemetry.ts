import { createRequire } from 'node:module';
import type { Telemetry } from './start-telemetry.ts';

const load = createRequire(import.meta.url);

/**
 * Puts off `start` until something is measured: a program that calls no model never loads the SDK, and one that does
 * loads it while its first provider works.
 *
 * A start that throws is told once through `onFailure`; from then on measurements lead nowhere.
 */
export function lazyTelemetry(
  start: () => Telemetry,
  onFailure: (error: unknown) => void,
): Telemetry {
  let started: Telemetry | undefined;
  const telemetry = (): Telemetry => {
    started ??= startOrGiveUp(start, onFailure);
    return started;
  };
  return {
    meterProvider: {
      getMeter: (...scope) => telemetry().meterProvider.getMeter(...scope),
    },
    tracerProvider: {
      getTracer: (...scope) => telemetry().tracerProvider.getTracer(...scope),
    },
    resourceAttributes: () => telemetry().resourceAttributes(),
    flush: async (deadlineMs) => started?.flush(deadlineMs),
  };
}

function startOrGiveUp(start: () => Telemetry, onFailure: (error: unknown) => void): Telemetry {
  try {
    return start();
  } catch (error) {
    onFailure(error);
    const { createNoopMeter, ProxyTracerProvider }: typeof import('@opentelemetry/api') =
      load('@opentelemetry/api');
    return {
      meterProvider: { getMeter: () => createNoopMeter() },
      tracerProvider: new ProxyTracerProvider(),
      resourceAttributes: () => ({}),
      flush: () => Promise.resolve(),
    };
  }
}
