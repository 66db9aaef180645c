import { spawn } from 'node:child_process';

/** How a tool is run. */
export interface ToolRun {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called every 20 seconds with how long it has run. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const PROGRESS_MS = 20_000;

/** Runs a tool to its end, saying now and then that it still runs. Rejects with its last words. */
export function runTool(
  what: string,
  command: readonly [string, ...string[]],
  { cwd, env, say, signal }: ToolRun,
): Promise<void> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let words = '';
    const listen = (chunk: Buffer): void => {
      words = (words + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const timer = setInterval(() => {
      say(`${what}: ${Math.round((performance.now() - started) / 1000)} s so far`);
    }, PROGRESS_MS);
    child.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`${what} failed with exit code ${code}:\n${words}`));
    });
  });
}
