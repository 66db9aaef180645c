import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { AlertView, ApiProblem, LiveEvent, Overview, SqlResult } from './api.ts';
import { addIncidents, type IncidentRouteOptions } from './incident-routes.ts';
import type { LiveListener, LiveStream } from './live-stream.ts';
import type { Logger } from './logger.ts';
import { addPrices } from './price-routes.ts';
import { CALL_FILTERS, readCalls } from './read-calls.ts';
import { readSpend } from './read-spend.ts';
import { renderCsv } from './render-csv.ts';
import { addReprice, REPRICE_PATH, type RepriceRouteOptions } from './reprice-routes.ts';
import { runSql, SqlError } from './run-sql.ts';
import { ReaderClosedError, type SerialReader } from './serial-reader.ts';

/** What the routes read. */
export interface ApiOptions extends RepriceRouteOptions, IncidentRouteOptions {
  readonly reader: SerialReader;
  /** A connection of its own, so that a long statement never holds up the page. */
  readonly sqlReader: SerialReader;
  readonly overview: () => Promise<Overview>;
  readonly alerts: () => readonly AlertView[];
  readonly live: LiveStream;
  readonly logger: Logger;
  /** Aborts when the server stops: streams end. */
  readonly stopping: AbortSignal;
}

const DAY_MS = 86_400_000;
const MAX_BUCKETS = 5000;
const MAX_BODY_BYTES = 1024 * 1024;

const epoch = z.coerce.number().int().nonnegative().max(8.64e15).optional();

const spendQuery = z.object({
  group_by: z
    .enum(['feature', 'model', 'provider', 'team', 'service', 'environment', 'route', 'user'])
    .default('feature'),
  from: epoch,
  to: epoch,
  step: z.coerce
    .number()
    .int()
    .min(60)
    .max(31 * 86_400)
    .default(300),
});

const callsQuery = z.object({
  order: z.enum(['cost', 'recent']).default('cost'),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  from: epoch,
  to: epoch,
});

const callFilters = z.partialRecord(z.enum(CALL_FILTERS), z.string().max(1000));

const sqlBody = z.object({ sql: z.string().min(1).max(100_000) });

function problem(error: string, hint?: string): ApiProblem {
  return { error, ...(hint !== undefined && { hint }) };
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}

function pickFilters(given: Readonly<Record<string, string>>): Record<string, string> {
  const names: readonly string[] = CALL_FILTERS;
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

function addReads(app: Hono, options: ApiOptions): void {
  const { reader, sqlReader, clock } = options;
  app.get('/api/v1/overview', async (context) => context.json(await options.overview()));
  app.get('/api/v1/alerts', (context) => context.json(options.alerts()));
  app.get('/api/v1/spend', async (context) => {
    const query = spendQuery.safeParse(context.req.query());
    if (!query.success) return context.json(problem(describeIssues(query.error)), 400);
    const { group_by: groupBy, step: stepSeconds, to = clock(), from = to - DAY_MS } = query.data;
    const buckets = (to - from) / 1000 / stepSeconds;
    if (!(buckets > 0 && buckets <= MAX_BUCKETS)) {
      const text = `from must be before to, with at most ${MAX_BUCKETS} steps between them`;
      return context.json(problem(text), 400);
    }
    const range = { groupBy, fromEpochMs: from, toEpochMs: to, stepSeconds };
    return context.json(await readSpend(reader, range));
  });
  const listCalls = async (context: Context): Promise<SqlResult | string> => {
    const given = context.req.query();
    const query = callsQuery.safeParse(given);
    if (!query.success) return describeIssues(query.error);
    const filters = callFilters.safeParse(pickFilters(given));
    if (!filters.success) return describeIssues(filters.error);
    const { order, limit, to = clock(), from = to - DAY_MS } = query.data;
    const range = { order, limit, fromEpochMs: from, toEpochMs: to, filters: filters.data };
    return await sqlReader.run((connection) => readCalls(connection, range));
  };
  app.get('/api/v1/calls', async (context) => {
    const result = await listCalls(context);
    if (typeof result === 'string') return context.json(problem(result), 400);
    return context.json(result);
  });
  app.get('/api/v1/calls.csv', async (context) => {
    const result = await listCalls(context);
    if (typeof result === 'string') return context.json(problem(result), 400);
    return context.body(renderCsv(result), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="calls.csv"',
    });
  });
}

function addSql(app: Hono, { sqlReader }: ApiOptions): void {
  app.post('/api/v1/sql', async (context) => {
    const body = sqlBody.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success) {
      return context.json(problem('the body must be { "sql": "SELECT …" }'), 400);
    }
    return context.json(await sqlReader.run((connection) => runSql(connection, body.data.sql)));
  });
}

/** A listener that never lets figures pile up for a reader that is slow: newer ones replace those that wait. */
function createEventSender(stream: SSEStreamingApi): LiveListener {
  let id = 0;
  let isWriting = false;
  const waiting = new Map<string, LiveEvent>();
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    for (const event of waiting.values()) {
      waiting.delete(event.kind);
      id += 1;
      await stream.writeSSE(renderEvent(event, String(id)));
    }
    isWriting = false;
  };
  return (event) => {
    if (event.kind === 'heartbeat') {
      if (!isWriting) void stream.write(': still here\n\n');
      return;
    }
    waiting.set(event.kind, event);
    if (!isWriting) void writeAll();
  };
}

function addLive(app: Hono, { live, overview, alerts, stopping }: ApiOptions): void {
  const serve = async (stream: SSEStreamingApi): Promise<void> => {
    const send = createEventSender(stream);
    await stream.write('retry: 1000\n\n');
    send({ kind: 'overview', value: await overview() });
    send({ kind: 'alerts', value: alerts() });
    const forget = live.listen(send);
    await new Promise<void>((end) => {
      stream.onAbort(end);
      if (stopping.aborted) end();
      stopping.addEventListener('abort', () => end(), { once: true });
    });
    forget();
  };
  // A stream that fails just ends; the page opens it again.
  const ended = (): Promise<void> => Promise.resolve();
  app.get('/api/v1/live', (context) => streamSSE(context, serve, ended));
}

function renderEvent(event: LiveEvent, id: string): { event: string; data: string; id: string } {
  return { event: event.kind, data: JSON.stringify(event.value), id };
}

/** Creates the HTTP API under `/api/v1` and `/healthz`. Every answer that is not 2xx has an `ApiProblem` as body. */
export function createApiRoutes(options: ApiOptions): Hono {
  const app = new Hono();
  app.use('/api/*', async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (context) =>
      context.json(problem(`the body is larger than ${MAX_BODY_BYTES} bytes`), 413),
  });
  // Price files have a limit of their own.
  app.use('/api/*', (context, next) =>
    context.req.path === REPRICE_PATH ? next() : limit(context, next),
  );
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  addReads(app, options);
  addSql(app, options);
  addLive(app, options);
  addReprice(app, options);
  addPrices(app, options);
  addIncidents(app, options);
  app.notFound((context) => context.json(problem(`there is nothing at ${context.req.path}`), 404));
  app.onError((error, context) => {
    if (error instanceof SqlError) return context.json(problem(error.message, error.hint), 400);
    if (error instanceof ReaderClosedError || options.stopping.aborted) {
      return context.json(problem('the server is stopping', 'try again when it is back'), 503);
    }
    options.logger.warn(`a read failed: ${error.message}`);
    return context.json(
      problem('the ledger could not be read', 'see the log of tokenmeter up'),
      500,
    );
  });
  return app;
}
