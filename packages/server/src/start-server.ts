import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { MetricSource } from '@tokenmeter/worker';
import type { AlertView, ApiProblem } from './api.ts';
import { createApiRoutes } from './api-routes.ts';
import { type CommitQueue, openCommitQueue } from './commit-queue.ts';
import { createLedgerMetricSource, type LedgerMetricSource } from './ledger-metric-source.ts';
import { listen, stopListening } from './listen.ts';
import { createLiveStream, type LiveStream } from './live-stream.ts';
import { type Logger, SILENT } from './logger.ts';
import { maintainLedger, RETENTION, type Retention } from './maintain-ledger.ts';
import { type OpenLedger, openLedger } from './open-ledger.ts';
import { createOtlpReceiver, isOtlpPath, type OtlpReceiver } from './otlp-receiver.ts';
import { readOverview } from './read-overview.ts';
import { refusalOf, SECURITY_HEADERS } from './request-guard.ts';
import { createSerialReader, type SerialReader } from './serial-reader.ts';
import { readStaticFile } from './static-files.ts';

/** Options of `startServer`. */
export interface ServerOptions {
  /** Folder of the ledger; created when missing. */
  readonly dataDir: string;
  /** Default 127.0.0.1, the only address so far. */
  readonly host?: '127.0.0.1';
  /** Default 4318, OTLP's own; 0 lets the system choose. */
  readonly port?: number;
  /** Folder of the page; without it only the API and the receiver answer. */
  readonly staticDir?: string;
  /** IANA name; decides what "today" means. Default: the machine's. */
  readonly timeZone?: string;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number;
  readonly logger?: Logger;
  /** Largest OTLP body, before and after decompression. Default 20 MiB, the Collector's own limit. */
  readonly bodyLimitBytes?: number;
  /** Days that calls and usage are kept. Default 90 and 400. */
  readonly retention?: Partial<Retention>;
}

/** A running server. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The ledger as a source of usage for the worker. */
  readonly metricSource: MetricSource;
  /** Replaces the alerts that the page shows, newest first. */
  setAlerts(alerts: readonly AlertView[]): void;
  /** Stops accepting, commits what was accepted, interrupts reads and closes the ledger. At most about 2 s. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4318;
const DEFAULT_BODY_LIMIT = 20 * 1024 * 1024;
const GRACE_MS = 1200;
/** Longer than the export interval of 15 s, so that a sender never meets a connection that is just closing. */
const KEEP_ALIVE_MS = 75_000;
/** A request that has not arrived whole by then is dropped. */
const REQUEST_TIMEOUT_MS = 30_000;

type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

function sendProblem(response: ServerResponse, status: number, problem: ApiProblem): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(problem));
}

interface Routes {
  readonly port: () => number;
  readonly receive: OtlpReceiver;
  readonly api: Respond;
  readonly staticDir: string | undefined;
}

async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, staticDir }: { path: string; staticDir: string | undefined },
): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const file =
    isRead && staticDir !== undefined ? await readStaticFile(staticDir, path) : undefined;
  if (file === undefined) {
    const hint =
      path === '/' ? { hint: 'the page is not built; the figures are under /api/v1' } : {};
    sendProblem(response, 404, { error: `there is nothing at ${path}`, ...hint });
    return;
  }
  response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function createRequestListener(routes: Routes): Respond {
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const { method = 'GET', headers } = request;
    const refusal = refusalOf({ method, path, headers }, routes.port());
    if (refusal !== undefined) {
      const { status, ...problem } = refusal;
      sendProblem(response, status, problem);
    } else if (isOtlpPath(path)) {
      await routes.receive(request, response);
    } else if (path === '/healthz' || path.startsWith('/api/')) {
      await routes.api(request, response);
    } else {
      await answerFile(request, response, { path, staticDir: routes.staticDir });
    }
  };
}

interface Parts {
  readonly ledger: OpenLedger;
  readonly queue: CommitQueue;
  readonly readers: readonly [SerialReader, SerialReader];
  readonly source: LedgerMetricSource;
  readonly live: LiveStream;
  readonly maintenance: NodeJS.Timeout;
}

const MAINTENANCE_MS = 3_600_000;

/** Maintains the ledger now and every hour. A failure changes nothing and is said. */
async function startMaintenance(
  queue: CommitQueue,
  { clock = Date.now, logger = SILENT, retention }: ServerOptions,
): Promise<NodeJS.Timeout> {
  const maintain = async (): Promise<void> => {
    const settings = { ...RETENTION, ...retention };
    try {
      await queue.exclusively((connection, state) =>
        maintainLedger(connection, state, { nowEpochMs: clock(), retention: settings }),
      );
    } catch (error) {
      logger.warn(`maintenance failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await maintain();
  return setInterval(() => void maintain(), MAINTENANCE_MS).unref();
}

async function openParts(options: ServerOptions, timeZone: string): Promise<Parts> {
  const clock = options.clock ?? Date.now;
  const ledger = await openLedger(options.dataDir, timeZone);
  try {
    const reader = createSerialReader(await ledger.instance.connect());
    const sqlReader = createSerialReader(await ledger.instance.connect());
    const source = createLedgerMetricSource(reader, clock);
    const live = createLiveStream(() => readOverview(reader, { nowEpochMs: clock(), timeZone }));
    const queue = await openCommitQueue({
      connection: ledger.connection,
      clock,
      committed: ({ points }) => {
        for (const point of points) source.written(point.minute);
        live.changed();
      },
    });
    const maintenance = await startMaintenance(queue, options);
    return { ledger, queue, readers: [reader, sqlReader], source, live, maintenance };
  } catch (error) {
    ledger.connection.closeSync();
    ledger.instance.closeSync();
    throw error;
  }
}

async function closeParts(parts: Parts): Promise<void> {
  const { ledger, queue, readers, live, maintenance } = parts;
  clearInterval(maintenance);
  live.close();
  await queue.close();
  await Promise.all(readers.map((reader) => reader.close()));
  ledger.connection.closeSync();
  ledger.instance.closeSync();
}

/**
 * Starts receiver, ledger, API and page in this process, on loopback.
 *
 * Rejects with `PortInUseError` when the port is taken and with `LedgerError` when the ledger cannot be opened; then
 * nothing is left running.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { clock = Date.now, logger = SILENT, host = '127.0.0.1' } = options;
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parts = await openParts(options, timeZone);
  const [reader, sqlReader] = parts.readers;
  const stopping = new AbortController();
  let alerts: readonly AlertView[] = [];
  let port = 0;
  const api = createApiRoutes({
    reader,
    sqlReader,
    overview: () => readOverview(reader, { nowEpochMs: clock(), timeZone }),
    alerts: () => alerts,
    live: parts.live,
    clock,
    logger,
    stopping: stopping.signal,
  });
  const respond = createRequestListener({
    port: () => port,
    receive: createOtlpReceiver({
      queue: parts.queue,
      clock,
      logger,
      bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT,
    }),
    api: getRequestListener(api.fetch),
    staticDir: options.staticDir,
  });
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => void respond(request, response),
  );
  try {
    port = await listen(server, host, options.port ?? DEFAULT_PORT);
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    // Reads end at once; what is being received is still committed and acknowledged.
    const readers = parts.readers.map((one) => one.close());
    await Promise.all([stopListening(server, GRACE_MS), ...readers]);
    await closeParts(parts);
  };
  const close = (): Promise<void> => (closing ??= stop());
  return {
    url: `http://${host}:${port}`,
    port,
    metricSource: parts.source,
    setAlerts: (next) => {
      alerts = next;
      parts.live.alerts(next);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
