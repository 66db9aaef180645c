import type { TelemetryWriter } from '@tokenmeter/instrumentation';
import type { Telemetry } from './telemetry.ts';

/** A telemetry that is written to directly. */
export interface WrittenTelemetry extends Telemetry {
  readonly target: TelemetryWriter;
}

/**
 * Puts off `start` until something is measured: a program that calls no model never loads what exports, and one that does
 * loads it while its first provider works.
 *
 * A start that throws is told once through `onFailure`; from then on measurements lead nowhere.
 */
export function lazyTelemetry(
  start: () => WrittenTelemetry,
  onFailure: (error: unknown) => void,
): WrittenTelemetry {
  let started: WrittenTelemetry | undefined;
  const telemetry = (): WrittenTelemetry => {
    started ??= startOrGiveUp(start, onFailure);
    return started;
  };
  return {
    target: {
      add: (...measurement) => telemetry().target.add(...measurement),
      span: (...span) => telemetry().target.span(...span),
    },
    flush: async (deadlineMs) => started?.flush(deadlineMs),
    flushNow: () => started?.flushNow(),
  };
}

function startOrGiveUp(
  start: () => WrittenTelemetry,
  onFailure: (error: unknown) => void,
): WrittenTelemetry {
  try {
    return start();
  } catch (error) {
    onFailure(error);
    return {
      target: { add: () => undefined, span: () => undefined },
      flush: () => Promise.resolve(),
      flushNow: () => undefined,
    };
  }
}
