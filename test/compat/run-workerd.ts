import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** Cloudflare's open-source runtime, pinned on 2026-11-21. */
export const WORKERD_VERSION = '1.20261117.1';

const START_TIMEOUT_MS = 30_000;

/** A worker that answers requests until it is disposed. */
export interface RunningWorker extends AsyncDisposable {
  readonly url: string;
  /** What the runtime wrote to its console. */
  readonly words: () => string;
}

/** What runs. */
export interface Worker {
  /** An ES module. */
  readonly code: string;
  /** Texts of its `env`. */
  readonly bindings: Readonly<Record<string, string>>;
  /** Day whose defaults hold; Node's modules are among them from 2026-08-04 on. */
  readonly compatibilityDate: string;
}

/**
 * Starts workerd with one worker, on a free port of 127.0.0.1. The worker may reach this machine, which workers otherwise
 * may not. Rejects with the runtime's words if it does not listen in time.
 */
export async function runWorkerd(packages: string, worker: Worker): Promise<RunningWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-workerd-'));
  writeFileSync(join(folder, 'worker.js'), worker.code);
  writeFileSync(join(folder, 'config.capnp'), configOf(worker));
  const child = spawn(
    executableIn(packages),
    ['serve', join(folder, 'config.capnp'), '--control-fd=3'],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
  }
  const stop = async (): Promise<void> => {
    child.kill();
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const port = await Promise.race([
      portFrom(child.stdio[3]),
      closed.then(() => Promise.reject(new Error(`workerd ended: ${words}`))),
    ]);
    const url = `http://127.0.0.1:${port}`;
    return { url, words: () => words, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The package's own start script would not hand the control pipe on. */
function executableIn(packages: string): string {
  const found: unknown = createRequire(join(packages, 'x.js'))('workerd');
  const path = found instanceof Object && 'default' in found ? found.default : undefined;
  if (typeof path !== 'string') throw new TypeError('expected the path of an executable');
  return path;
}

function configOf({ bindings, compatibilityDate }: Worker): string {
  const texts = Object.entries(bindings).map(
    ([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = ${JSON.stringify(compatibilityDate)},
      bindings = [${texts.join(', ')}],
      globalOutbound = "machine",
    )),
    (name = "machine", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** workerd tells on its control pipe, a line of JSON per socket, where it listens. */
function portFrom(control: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    if (!(control instanceof Readable)) throw new TypeError('expected a pipe to workerd');
    setTimeout(() => reject(new Error('workerd does not listen')), START_TIMEOUT_MS).unref();
    createInterface({ input: control }).on('line', (line) => {
      const port = /"port":\s*(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
