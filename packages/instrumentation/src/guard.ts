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
  const report = (name: string, error: unknown): void =>
    reportOnce(reported, { name, error }, { onProblem, warn });
  // Apart from the guard, which runs for every chunk: a function made there would be made each time.
  const watch = (name: string, result: Promise<unknown>): void =>
    void result.catch((error: unknown) => report(name, error));
  return (name, hook) => {
    try {
      const result = hook();
      // A rejection that nobody handles ends the process.
      if (result instanceof Promise) watch(name, result);
      return result;
    } catch (error) {
      report(name, error);
      return undefined;
    }
  };
}

/** Tells a guard of what a hook threw that it did not run: a hook of every chunk would need a function for each. */
export function reportFailure(guard: Guard, name: string, error: unknown): void {
  guard(name, () => {
    throw error;
  });
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
