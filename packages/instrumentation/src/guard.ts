/** Runs a hook and swallows what it throws, at once or later; the result is undefined when it threw at once. */
export type Guard = <T>(name: string, hook: () => T) => T | undefined;

/**
 * Creates the one guard that every hook inside a host process runs in.
 *
 * A hook that throws is counted through `onProblem` and told to `warn` once per name. The returned guard never throws, not
 * even when one of them does.
 */
export function createGuard(
  onProblem: (name: string) => void,
  warn: (message: string) => void = () => undefined,
): Guard {
  const reported = new Set<string>();
  return (name, hook) => {
    const report = (error: unknown): void =>
      reportOnce(reported, { name, error }, { onProblem, warn });
    try {
      const result = hook();
      // A rejection that nobody handles ends the process.
      if (result instanceof Promise) result.catch(report);
      return result;
    } catch (error) {
      report(error);
      return undefined;
    }
  };
}

interface Failure {
  readonly name: string;
  readonly error: unknown;
}

interface Listeners {
  onProblem(name: string): void;
  warn(message: string): void;
}

function reportOnce(
  reported: Set<string>,
  { name, error }: Failure,
  { onProblem, warn }: Listeners,
): void {
  try {
    onProblem(name);
    if (reported.has(name)) return;
    reported.add(name);
    // Only the class of the error: its message may hold text of the application.
    warn(`tokenmeter: hook ${name} failed: ${error instanceof Error ? error.name : 'unknown'}`);
  } catch {
    // Nothing is left to tell it to.
  }
}
