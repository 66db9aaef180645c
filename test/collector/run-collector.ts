import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { takePort } from '@tokenmeter/testkit';
import { cleanEnvironment, root } from '../e2e/run-process.ts';

/** A `tokenmeter collector run`. */
export interface RunningCollector extends AsyncDisposable {
  /** The intake. */
  readonly url: string;
  readonly grpcPort: number;
  /** The Collector's own process, which `kill` ends without a word. */
  readonly pid: number;
  /** How long it took from the command line until "ready". */
  readonly startSeconds: number;
  output(): string;
  /** SIGTERM to the command, and its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to the Collector; resolves once the command has ended too. */
  kill(): Promise<void>;
  /** SIGKILL to the command, which leaves it no time to end the Collector. */
  killCommand(): Promise<void>;
}

/** How one is run. */
export interface CollectorRun {
  readonly binary: string;
  readonly folder: string;
  readonly backends: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
}

/** Runs the command as a person would and waits for "ready". Rejects with what it wrote if it ends before. */
export async function runCollector(run: CollectorRun): Promise<RunningCollector> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(root, 'packages/cli/dist/main.js'),
      ...['collector', 'run', '--json', '--binary', run.binary],
      ...run.backends.flatMap((backend) => ['--backend', backend]),
      ...(run.args ?? []),
    ],
    {
      cwd: run.folder,
      env: {
        ...cleanEnvironment(),
        TOKENMETER_OTLP_PORT: String(run.port ?? takePort()),
        // Unset, they are any that are free a second before the Collector listens, which somebody else may then do.
        TOKENMETER_JOURNAL_PORT: String(takePort()),
        TOKENMETER_HEALTH_PORT: String(takePort()),
        TOKENMETER_SELF_METRICS_PORT: String(takePort()),
        // Most of what a Collector does at its start is to collect garbage.
        GOGC: '400',
        TOKENMETER_QUEUE_DIR: join(run.folder, 'queue'),
        ...run.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = await new Promise<{ url: string; pid: number; grpcPort: number }>(
    (resolve, reject) => {
      void ended.then((code) => reject(new Error(`the command ended with ${code}: ${output}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const line = text.split('\n').find((each) => each.includes('"event":"ready"'));
        if (line !== undefined) resolve(JSON.parse(line));
      });
    },
  );
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    ...ready,
    startSeconds: (performance.now() - started) / 1000,
    output: () => output,
    stop() {
      if (isRunning()) child.kill('SIGTERM');
      return ended;
    },
    async kill() {
      process.kill(ready.pid, 'SIGKILL');
      await ended;
    },
    async killCommand() {
      child.kill('SIGKILL');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      if (isRunning()) child.kill('SIGTERM');
      await ended;
    },
  };
}
