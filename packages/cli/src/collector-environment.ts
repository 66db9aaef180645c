import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { renderScopePattern } from '@tokenmeter/collector-config';
import { type CollectorOptions, intakeHost } from './collector-choice.ts';
import { findFreePort } from './free-port.ts';
import { CommandError, type Io } from './io.ts';

/** What a start of the Collector reads, with what the command chose for it. */
export interface CollectorEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly queueFolder: string;
}

/**
 * How far Go lets its memory grow before it cleans up, in percent, for `run` and start.sh. Its default of 100 spends a fifth of
 * the Collector's time on cleaning; at 300 it stays below 150 MiB under load (npm run bench -- collector, 2026-11-21).
 */
export const GO_GC_PERCENT = '300';
const DEFAULT_PORT = 4318;
const DEFAULT_GRPC_PORT = 4317;

function readPort(name: string, env: Io['env']): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new CommandError(`${name} must be a port from 1 to 65535, got ${text}`, { exitCode: 2 });
}

async function freePort(first: number, host: string, what: string): Promise<number> {
  const port = await findFreePort(first, host);
  if (port !== undefined) return port;
  throw new CommandError(`no free port for ${what} from ${first} on`);
}

/** A port that was asked for is the one that others know, so a busy one is an error and never another. */
async function askedPort(
  name: string,
  port: number,
  { host, taken }: { host: string; taken: ReadonlySet<number> },
): Promise<number> {
  if (!taken.has(port) && (await findFreePort(port, host)) === port) return port;
  throw new CommandError(
    taken.has(port)
      ? `${name} is ${port}, and so is another port of this Collector`
      : `port ${port} is in use by another program`,
    { hint: `take another with ${name}` },
  );
}

/** The intake's gRPC port where nobody asks for one: the usual one, else the next free one behind the HTTP port. */
async function freeGrpcPort(host: string, httpPort: number): Promise<number> {
  const first = httpPort === DEFAULT_PORT ? DEFAULT_GRPC_PORT : httpPort + 1;
  if (first === DEFAULT_GRPC_PORT && (await findFreePort(first, host)) === first) return first;
  return freePort(httpPort + 1, host, 'OTLP/gRPC');
}

/**
 * The environment of one start: a fresh run id, and a port for everything that nobody asked a port for. The run id becomes
 * `service.instance.id` of derived counters, so that a restart reads as a new process and not as a counter that fell.
 */
export async function createCollectorEnvironment(
  options: Pick<CollectorOptions, 'role'> & {
    readonly variables: Readonly<Record<string, string | undefined>>;
  },
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<CollectorEnvironment> {
  const { env } = io;
  const asked = intakeHost(options, env);
  const bare = asked.replace(/^\[(.*)\]$/, '$1');
  // An address of version 6 needs brackets before its port.
  const host = bare.includes(':') ? `[${bare}]` : bare;
  const taken = new Set<number>();
  const portOf = async (
    name: string,
    where: string,
    free: () => Promise<number>,
  ): Promise<number> => {
    const asked = readPort(name, env);
    const port =
      asked === undefined ? await free() : await askedPort(name, asked, { host: where, taken });
    taken.add(port);
    return port;
  };
  const port = await portOf('TOKENMETER_OTLP_PORT', bare, () =>
    askedPort('TOKENMETER_OTLP_PORT', DEFAULT_PORT, { host: bare, taken }),
  );
  const grpc = await portOf('TOKENMETER_OTLP_GRPC_PORT', bare, () => freeGrpcPort(bare, port));
  const chosen = (name: string): Promise<number> =>
    portOf(name, '127.0.0.1', () => freePort(0, '127.0.0.1', name));
  const healthPort = await chosen('TOKENMETER_HEALTH_PORT');
  const metricsPort = await chosen('TOKENMETER_SELF_METRICS_PORT');
  const journalPort = await chosen('TOKENMETER_JOURNAL_PORT');
  const queueFolder = resolve(
    io.cwd,
    env.TOKENMETER_QUEUE_DIR || join('.tokenmeter', 'collector-queue'),
  );
  return {
    host,
    port,
    grpcPort: grpc,
    healthPort,
    metricsPort,
    queueFolder,
    env: {
      GOGC: GO_GC_PERCENT,
      ...env,
      ...options.variables,
      // Empty would be told about in its log.
      TOKENMETER_IGNORE_SCOPES: renderScopePattern(env.TOKENMETER_IGNORE_SCOPES ?? '') || undefined,
      TOKENMETER_OTLP_HOST: host,
      TOKENMETER_OTLP_PORT: String(port),
      TOKENMETER_OTLP_GRPC_PORT: String(grpc),
      TOKENMETER_HEALTH_PORT: String(healthPort),
      TOKENMETER_SELF_METRICS_PORT: String(metricsPort),
      TOKENMETER_JOURNAL_PORT: String(journalPort),
      TOKENMETER_QUEUE_DIR: queueFolder,
      TOKENMETER_RUN_ID: randomUUID(),
    },
  };
}
