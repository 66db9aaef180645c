import type { Io } from './io.ts';

/** An `Io` without a terminal, an input or an environment, that swallows what is said; a test replaces what it looks at. */
export function createTestIo(parts: Partial<Io> & Pick<Io, 'cwd'>): Io {
  return {
    stdout: () => undefined,
    stderr: () => undefined,
    readStdin: () => Promise.resolve(undefined),
    streamStdin: () => undefined,
    stdoutReady: () => Promise.resolve(true),
    ask: () => Promise.resolve(undefined),
    isTerminal: false,
    isErrorTerminal: false,
    columns: 80,
    env: {},
    stop: new AbortController().signal,
    hurry: new AbortController().signal,
    ...parts,
  };
}
