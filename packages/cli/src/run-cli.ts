import { CommandError, type Io } from './io.ts';
import { CommanderError, createProgram } from './program.ts';

/** The error that came first, where tidying up after it failed as well. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'SuppressedError') return error;
  return 'suppressed' in error ? reasonOf(error.suppressed) : error;
}

/** Runs one command line. Returns the exit code: 0 good, 1 failed, 2 wrong usage. Never throws. */
export async function runCli(args: readonly string[], io: Io, version: string): Promise<number> {
  const program = createProgram(io, version);
  try {
    if (args.length === 0) {
      io.stdout(program.helpInformation());
      return 0;
    }
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    const error = reasonOf(thrown);
    // Commander has already said what was wrong with the usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandError) {
      io.stderr(`tokenmeter: ${error.message}\n`);
      if (error.hint !== undefined) io.stderr(`  ${error.hint}\n`);
      return error.exitCode;
    }
    io.stderr(`tokenmeter: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
