import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A real program that runs until it is disposed of. */
export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  output(): string;
  /** Resolves with the exit code or signal. */
  readonly ended: Promise<unknown>;
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
}

/** How a program is started. */
export interface ProgramStart {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked every 50 ms; the start is over once it answers true. */
  readonly isReady: () => Promise<boolean>;
  readonly timeoutMs?: number;
}

const POLL_MS = 50;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));

/** Starts a program and waits until it is ready. Rejects with what it wrote when it ends or takes too long. */
export async function startProgram(command: string, start: ProgramStart): Promise<RunningProgram> {
  const child = spawn(command, [...start.args], {
    cwd: start.cwd,
    env: start.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  const ended = once(child, 'exit').catch((error: unknown) => error);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const deadline = performance.now() + (start.timeoutMs ?? 180_000);
  while (!(await start.isReady())) {
    if (!isRunning() || child.pid === undefined) throw new Error(`${command} ended: ${output}`);
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${command} was not ready: ${output}`);
    }
    await pause();
  }
  // On a port that somebody else was given meanwhile, somebody else answers, and this program ends.
  await pause();
  if (!isRunning()) throw new Error(`${command} ended: ${output}`);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (isRunning()) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** True when a GET is answered with success. */
export async function answersWell(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
