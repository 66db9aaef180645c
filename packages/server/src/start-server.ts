import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { IncidentDesk, MetricSource } from '@tokenmeter/worker';
import type { AlertView } from './api.ts';
import { createApiRoutes } from './api-routes.ts';
import type { LedgerError } from './ledger-error.ts';
import { listen, stopListening } from './listen.ts';
import { SILENT } from './logger.ts';
import { createOtlpReceiver } from './otlp-receiver.ts';
import type { Forecast } from './read-month.ts';
import { createRequestListener } from './request-listener.ts';
import { type Respond, sendProblem } from './respond.ts';
import type { ServerOptions } from './server-options.ts';
import { closeParts, openParts, type ServerParts } from './server-parts.ts';
import { createSignedRoutes } from './signed-routes.ts';

/** A running server. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Resolves when the ledger can no longer be written, as after a full disk: the process should end and start anew. */
  readonly broken: Promise<LedgerError>;
  /** The ledger as a source of usage for the worker. */
  readonly metricSource: MetricSource;
  /** Replaces the alerts that the page shows, newest first. */
  setAlerts(alerts: readonly AlertView[]): void;
  /** Lets people act on incidents: by the API, by signed links and from PagerDuty. */
  setIncidentDesk(desk: IncidentDesk): void;
  /** Tells where the month ends, as budgets forecast it. */
  setForecast(forecast: Forecast): void;
  /** Stops accepting, commits what was accepted, interrupts reads and closes the ledger. At most about 2 s. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4318;
const DEFAULT_BODY_LIMIT = 20 * 1024 * 1024;
const GRACE_MS = 1200;
const HTTP_OPTIONS = {
  /** A request that has not arrived whole by then is dropped. */
  requestTimeout: 30_000,
  headersTimeout: 30_000,
  /** Longer than the export interval of 15 s, so that a sender never meets a connection that is just closing. */
  keepAliveTimeout: 75_000,
} as const;

/**
 * Starts receiver, ledger, API and page in this process, on loopback.
 *
 * Rejects with `PortInUseError` when the port is taken and with `LedgerError` when the ledger cannot be opened; then
 * nothing is left running.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = '127.0.0.1' } = options;
  let respond: Respond = answerStarting;
  const server = createServer(HTTP_OPTIONS, (request, response) => void respond(request, response));
  // The port first: a busy one is known before a large ledger is read.
  const port = await listen(server, host, options.port ?? DEFAULT_PORT);
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const stopping = new AbortController();
  let alerts: readonly AlertView[] = [];
  let desk: IncidentDesk | undefined;
  let forecast: Forecast | undefined;
  let parts: ServerParts;
  try {
    parts = await openParts(options, timeZone, (toEpochMs) => forecast?.(toEpochMs));
  } catch (error) {
    await stopListening(server, 0);
    throw error;
  }
  respond = createRespond(parts, {
    options,
    port,
    alerts: () => alerts,
    desk: () => desk,
    stopping: stopping.signal,
  });
  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    // Reads end at once; what is being received is still committed and acknowledged.
    const readers = parts.readers.map((one) => one.close());
    await Promise.all([stopListening(server, GRACE_MS), parts.repricer.close(), ...readers]);
    await closeParts(parts);
  };
  const close = (): Promise<void> => {
    closing ??= stop();
    return closing;
  };
  return {
    url: `http://${host}:${port}`,
    port,
    broken: parts.broken,
    metricSource: parts.source,
    setAlerts: (next) => {
      alerts = next;
      parts.live.alerts(next);
    },
    setIncidentDesk: (next) => {
      desk = next;
    },
    setForecast: (next) => {
      forecast = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The ledger is still being read: senders come again. */
const answerStarting: Respond = (_request, response) => {
  response.setHeader('retry-after', '1');
  sendProblem(response, 503, { error: 'the server is starting', hint: 'try again in a second' });
};

interface RespondContext {
  readonly options: ServerOptions;
  readonly port: number;
  readonly alerts: () => readonly AlertView[];
  readonly desk: () => IncidentDesk | undefined;
  readonly stopping: AbortSignal;
}

function createRespond(parts: ServerParts, context: RespondContext): Respond {
  const { options, port, alerts, desk, stopping } = context;
  const { clock = Date.now, logger = SILENT, bodyLimitBytes = DEFAULT_BODY_LIMIT } = options;
  const [reader, sqlReader] = parts.readers;
  const api = createApiRoutes({
    reader,
    sqlReader,
    overview: parts.overview,
    alerts,
    desk,
    live: parts.live,
    repricer: parts.repricer,
    priceBook: options.priceBook,
    clock,
    logger,
    stopping,
  });
  return createRequestListener({
    port: () => port,
    publicUrl: options.publicUrl,
    receive: createOtlpReceiver({
      queue: parts.queue,
      clock,
      logger,
      bodyLimitBytes,
      priceBook: options.priceBook,
      ignoredScopes: options.ignoredScopes,
    }),
    api: getRequestListener(api.fetch),
    signed: createSignedRoutes({ desk, clock, secrets: options.pagerDutySecrets ?? [] }),
    staticDir: options.staticDir,
  });
}
