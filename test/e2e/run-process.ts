import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The top of the checkout. */
export const root: string = join(import.meta.dirname, '..', '..');

/** What a finished process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Options of `runNode`. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs Node with these arguments to its end; the environment holds nothing of OpenTelemetry but what is given. */
export async function runNode(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? root,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 180_000,
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr, seconds: (performance.now() - started) / 1000 };
}

/** This process's environment without anything that would steer telemetry. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(OTEL_|TOKENMETER_|NODE_OPTIONS$|VITEST)/.test(entry[0]),
  );
  // A price catalogue that the developer keeps must not change what tests expect.
  return { ...Object.fromEntries(kept), XDG_CACHE_HOME: join(tmpdir(), 'tokenmeter-test-cache') };
}

/** A folder that is removed at the end. */
export async function makeFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tokenmeter-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A running `tokenmeter up`. */
export interface RunningUp extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code once it ended. */
  readonly ended: Promise<number | null>;
}

/** Starts `tokenmeter up` on a free port, or on `port`, and waits until it is ready. */
export async function startUp(
  dataDir: string,
  options: {
    readonly port?: number;
    readonly env?: Readonly<Record<string, string>>;
    /** Default: the data folder. */
    readonly cwd?: string;
  } = {},
): Promise<RunningUp> {
  const { cwd = dataDir } = options;
  const readyFile = join(cwd, `ready-${process.hrtime.bigint()}.json`);
  const child = spawn(
    process.execPath,
    [
      join(root, 'packages/cli/dist/main.js'),
      'up',
      ...['--data', dataDir],
      ...['--port', String(options.port ?? 0)],
      ...['--ready-file', readyFile],
    ],
    {
      cwd,
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      hasEnded = true;
      resolve(code);
    }),
  );
  const { url, pid } = await waitForReady(readyFile, () => {
    if (hasEnded) throw new Error(`tokenmeter up ended: ${output}`);
  });
  return {
    url,
    pid,
    child,
    ended,
    output: () => output,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill('SIGTERM');
      await ended;
    },
  };
}

async function waitForReady(
  file: string,
  check: () => void,
): Promise<{ url: string; pid: number }> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    check();
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('tokenmeter up was not ready within two minutes');
}

/** Runs the built command. */
export function runTokenmeter(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return runNode([join(root, 'packages/cli/dist/main.js'), ...args], options);
}
