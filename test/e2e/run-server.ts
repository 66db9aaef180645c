import { spawn } from 'node:child_process';
import { cleanEnvironment } from './run-process.ts';

/** A web application that listens. */
export interface RunningServer {
  /** Asks for a path and reads the answer; throws when it is no 200. */
  request(path: string): Promise<string>;
  /** Sends SIGTERM and waits for the end; what it wrote to standard error. */
  stop(): Promise<string>;
}

/** How to start one. */
export interface ServerOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const START_LIMIT_MS = 120_000;

/** Starts Node with these arguments and waits until it prints the port it listens on. */
export async function startServer(
  args: readonly string[],
  { cwd, env }: ServerOptions,
): Promise<RunningServer> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...cleanEnvironment(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let stdout = '';
    const fail = (): void => reject(new Error(`expected a port, got ${stdout}${stderr}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail();
    }, START_LIMIT_MS);
    child.once('close', fail);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const found = /(?:listening on |localhost:|127\.0\.0\.1:)(\d+)/.exec(stdout)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return {
    async request(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} gave ${response.status}: ${text}${stderr}`);
      return text;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return stderr;
    },
  };
}
