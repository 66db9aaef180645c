/** Told of what keeps telemetry from leaving the process; the application goes on without it. */
export type OnFailure = (error: unknown) => void;

/**
 * What `make` returns; undefined where it throws, which `onFailure` is told. Exports run in timers and at the exit of an
 * application, which would die of it.
 */
export function attempt<T>(make: () => T, onFailure: OnFailure): T | undefined {
  try {
    return make();
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
