import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Node program that lives no longer than this one: it sees the end of its IPC channel. */
export interface Child {
  readonly name: string;
  /** Resolves with words for how it ended; never rejects. */
  readonly ended: Promise<string>;
  /** The latest lines that it wrote to standard error, oldest first. */
  errorLines(): readonly string[];
  /** Asks it to end, and after `graceMs` ends it. */
  stop(graceMs: number): Promise<void>;
}

const KEPT_LINES = 8;

/** Starts a Node program with the given arguments and environment. */
export function startChild(
  name: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly onLine?: (line: string) => void;
  },
): Child {
  const child = spawn(process.execPath, args, {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const errors: string[] = [];
  readLines(child.stdout, (line) => options.onLine?.(line));
  readLines(child.stderr, (line) => {
    errors.push(line);
    if (errors.length > KEPT_LINES) errors.shift();
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  return {
    name,
    ended,
    errorLines: () => [...errors],
    async stop(graceMs) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = sleep(graceMs, 'late', { signal: timer.signal }).catch(() => 'done');
      if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
      timer.abort();
      await exited;
    },
  };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}
