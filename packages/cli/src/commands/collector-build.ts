import { buildLeanCollector } from '../collector-binary.ts';
import type { Io } from '../io.ts';

/** Options of `tokenmeter collector build`. */
export interface CollectorBuildOptions {
  readonly json?: boolean;
}

/** Builds the lean distribution with Go, once, and prints where it is. */
export async function runCollectorBuild(options: CollectorBuildOptions, io: Io): Promise<void> {
  const binary = await buildLeanCollector(io);
  io.stdout(options.json === true ? `${JSON.stringify({ binary })}\n` : `${binary}\n`);
}
