import { diag } from '@opentelemetry/api';

/** Runs a hook and swallows what it throws; the result is undefined when it threw. */
export type Guard = <T>(name: string, hook: () => T) => T | undefined;

/**
 * Creates the one guard that every hook inside a host process runs in.
 *
 * A hook that throws is counted through `onProblem` and reported to OpenTelemetry's `diag` once per name. The returned
 * guard never throws, not even when `onProblem` or `diag` does.
 */
export function createGuard(onProblem: (name: string) => void): Guard {
  const reported = new Set<string>();
  return (name, hook) => {
    try {
      return hook();
    } catch (error) {
      reportOnce(reported, name, error, onProblem);
      return undefined;
    }
  };
}

function reportOnce(
  reported: Set<string>,
  name: string,
  error: unknown,
  onProblem: (name: string) => void,
): void {
  try {
    onProblem(name);
    if (reported.has(name)) return;
    reported.add(name);
    // Only the class of the error: its message may hold text of the application.
    diag.warn(
      `tokenmeter: hook ${name} failed: ${error instanceof Error ? error.name : 'unknown'}`,
    );
  } catch {
    // Nothing is left to tell it to.
  }
}
