import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What a worker process starts with. */
export interface ProcessOptions {
  readonly statePath: string;
  readonly channels: readonly { readonly name: string; readonly url: string }[];
  readonly secret: string;
  readonly nowEpochMs: number;
  /** Whether its source can be read when it starts. Default true. */
  readonly isSourceUp?: boolean;
  /** `<point>:<n>`: it is killed when it has come so far for the n-th time. */
  readonly fault?: string;
  readonly routing?: object;
}

/** One minute of virtual time. */
export interface Order {
  readonly epochMs: number;
  readonly isSourceUp: boolean;
  readonly acknowledge?: boolean;
}

/** How an order went: carried out, or the process died of its fault. */
export type Outcome =
  | { readonly kind: 'done'; readonly isStandby: boolean }
  | { readonly kind: 'killed' };

/** A worker in a process of its own. */
export interface WorkerProcess extends AsyncDisposable {
  /** Carries out an order. */
  carryOut(order: Order): Promise<Outcome>;
  /** Kills it at once, as `kill -9` does. */
  kill(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, 'worker-program.mjs');

/** Starts a worker process. It may die of its fault before it is ready. */
export async function startWorkerProcess(options: ProcessOptions): Promise<WorkerProcess> {
  const child = fork(PROGRAM, {
    env: {
      ...process.env,
      STATE: options.statePath,
      CHANNELS: JSON.stringify(options.channels),
      SECRET: options.secret,
      NOW: String(options.nowEpochMs),
      SOURCE: options.isSourceUp === false ? 'down' : 'up',
      FAULT: options.fault ?? '',
      ROUTING: JSON.stringify(options.routing ?? {}),
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([nextMessage(child, 'ready'), ended]);
  if (child.exitCode !== null)
    throw new Error(`the worker ended by itself, with ${child.exitCode}`);
  return {
    carryOut: async (order) => {
      if (child.exitCode !== null || child.signalCode !== null) return { kind: 'killed' };
      const done = nextMessage(child, 'done');
      child.send(order, () => undefined);
      const answer = await Promise.race([done, ended]);
      if (answer === undefined) return { kind: 'killed' };
      return { kind: 'done', isStandby: answer.isStandby === true };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function nextMessage(
  child: ChildProcess,
  kind: string,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null) return;
      if (Reflect.get(message, 'kind') !== kind) return;
      child.off('message', listen);
      resolve({ ...message });
    };
    child.on('message', listen);
  });
}
