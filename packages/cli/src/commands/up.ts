import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderScopePattern } from '@tokenmeter/collector-config';
import { priceBookDate } from '@tokenmeter/pricing';
import { PortInUseError, type Server, type ServerOptions, startServer } from '@tokenmeter/server';
import { startWorker, type Worker } from '@tokenmeter/worker';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import {
  createWorkerSetup,
  readPagerDutySecrets,
  type WorkerSetup,
} from '../config/worker-setup.ts';
import { CommandError, type Io } from '../io.ts';
import { makeFolder } from '../make-folder.ts';
import {
  type PriceRefreshOptions,
  parsePriceRefresh,
  startPriceRefresh,
} from '../price-refresh-schedule.ts';
import { createRuleSetup, monthBudgetOf, type RuleSetup } from '../rule-setup.ts';
import { announceServer, findServer, withdrawServer } from '../running-server.ts';
import { readMetricsPort, serveWorkerMetrics } from '../serve-worker-metrics.ts';
import { STATE_FILE } from '../state-file.ts';
import { readTimeZone } from '../time-zone.ts';
import { type WatchedPriceBook, watchPriceBook } from '../watch-price-book.ts';

/** Options of `tokenmeter up`. */
export interface UpOptions extends PriceRefreshOptions {
  readonly data: string;
  /** Text as given; undefined lets another port be taken when the default is busy. */
  readonly port?: string;
  readonly timeZone?: string;
  readonly config?: string;
  readonly readyFile?: string;
  readonly metricsPort?: string;
  readonly prices?: readonly string[];
  readonly replace?: boolean;
  readonly json?: boolean;
}

const DEFAULT_PORT = 4318;
const DAY_MS = 86_400_000;
type Retention = NonNullable<ServerOptions['retention']>;
const FURTHER_PORTS = 20;

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CommandError(`--port must be a number from 0 to 65535, got ${text}`, { exitCode: 2 });
}

/** Instrumentation scopes that are left out, by the same variable and the same patterns as in the Collector. */
function readIgnoredScopes(env: Io['env']): RegExp | undefined {
  const pattern = renderScopePattern(env.TOKENMETER_IGNORE_SCOPES ?? '');
  if (pattern === '') return undefined;
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new CommandError(`TOKENMETER_IGNORE_SCOPES is no pattern: ${pattern}`, {
      hint: "name scopes with commas and *: '@arizeai/*, ai'",
      exitCode: 2,
      cause,
    });
  }
}

/** What the configuration says of how long the ledger keeps things, in days. */
function readRetention({ keepCalls, keepUsage }: LoadedConfig['config']['ledger']): Retention {
  return {
    ...(keepCalls !== undefined && { calls: keepCalls / DAY_MS }),
    ...(keepUsage !== undefined && { usage: keepUsage / DAY_MS }),
  };
}

interface StartContext {
  readonly dataDir: string;
  readonly prices: WatchedPriceBook;
  readonly timeZone: string;
  readonly loaded: LoadedConfig;
  readonly rules: RuleSetup;
  readonly io: Io;
}

/** Names of users and the key of signed links lie in it, so it is its owner's alone. */
async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir, { isPrivate: true });
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new CommandError(`the folder ${dataDir} cannot be made${reason}`, {
      hint: 'choose another with --data DIR',
      cause,
    });
  }
}

/** Starts on the asked port; without one, on the default or the next free one. */
async function startOnFreePort(
  options: UpOptions,
  { dataDir, prices, timeZone, loaded, rules, io }: StartContext,
): Promise<Server> {
  const asked = options.port === undefined ? undefined : parsePort(options.port);
  const staticDir = join(
    dirname(fileURLToPath(import.meta.resolve('@tokenmeter/web/package.json'))),
    'dist',
  );
  const logger = { warn: (text: string) => io.stderr(`${text}\n`) };
  const first = asked ?? DEFAULT_PORT;
  const last = asked === undefined ? DEFAULT_PORT + FURTHER_PORTS : asked;
  for (let port = first; port <= last; port += 1) {
    try {
      return await startServer({
        dataDir,
        port,
        staticDir,
        timeZone,
        logger,
        priceBook: prices.current,
        publicUrl: loaded.config.baseUrl,
        pagerDutySecrets: readPagerDutySecrets(loaded),
        ignoredScopes: readIgnoredScopes(io.env),
        retention: readRetention(loaded.config.ledger),
        monthBudgetUsd: monthBudgetOf(rules),
      });
    } catch (error) {
      if (!(error instanceof PortInUseError)) throw error;
      if (asked === undefined) continue;
      throw new CommandError(`port ${asked} is in use by another program`, {
        hint: `take another with --port ${asked + 1}, or let the system choose with --port 0`,
        cause: error,
      });
    }
  }
  throw new CommandError(`ports ${first} to ${last} are all in use`, {
    hint: 'let the system choose with --port 0',
  });
}

function renderReady(
  { url, metricsUrl }: { readonly url: string; readonly metricsUrl?: string },
  dataDir: string,
  io: Io,
): string {
  const port = Number(new URL(url).port);
  const moved = port === DEFAULT_PORT ? '' : `OTEL_EXPORTER_OTLP_ENDPOINT=${url} `;
  return [
    'Tokenmeter is running.',
    `  page    ${url}`,
    `  send    ${moved}node --import @tokenmeter/node app.js`,
    ...(metricsUrl === undefined ? [] : [`  metrics ${metricsUrl}/metrics`]),
    `  ledger  ${relative(io.cwd, dataDir) || '.'}   (Ctrl-C stops)`,
    '',
  ].join('\n');
}

function untilStopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((done) => {
    stop.addEventListener('abort', () => done(), { once: true });
  });
}

interface WatchContext extends StartContext {
  readonly setup: WorkerSetup;
}

async function startWatching(
  server: Server,
  { dataDir, timeZone, loaded, setup, rules, io }: WatchContext,
): Promise<Worker> {
  const { baseUrl, worker: configured } = loaded.config;
  const { statePath } = configured;
  const worker = await startWorker({
    ...setup,
    ...rules,
    source: server.metricSource,
    statePath:
      statePath === undefined ? join(dataDir, STATE_FILE) : resolve(loaded.folder, statePath),
    timeZone,
    pageUrl: baseUrl ?? server.url,
    onIncidents: (incidents) => server.setAlerts(incidents),
    logger: { warn: (text: string) => io.stderr(`${text}\n`) },
  });
  server.setIncidentDesk(worker.desk);
  server.setForecast((toEpochMs) => worker.forecast(toEpochMs));
  return worker;
}

/** Runs receiver, ledger, worker and page in this process until the person stops it. */
export async function runUp(options: UpOptions, io: Io): Promise<void> {
  const dataDir = resolve(io.cwd, options.data);
  await makeDataFolder(dataDir);
  const other = await findServer(dataDir);
  if (other !== undefined) {
    throw new CommandError(`this ledger is already served at ${other.url} (process ${other.pid})`, {
      hint: 'open that page, stop that process, or use another folder with --data DIR',
    });
  }
  const loaded = loadConfig(io, { config: options.config });
  const timeZone = readTimeZone(options.timeZone ?? loaded.config.timeZone);
  const setup = createWorkerSetup(loaded, io, { isJson: options.json === true, timeZone });
  const rules = await createRuleSetup(loaded.config, timeZone);
  const refresh = parsePriceRefresh(options, io.env);
  const metricsPort = readMetricsPort(options.metricsPort);
  await using prices = await watchPriceBook(options, io);
  const context = { dataDir, prices, timeZone, loaded, setup, rules, io };
  await using server = await startOnFreePort(options, context);
  await using worker = await startWatching(server, context);
  await using metrics =
    metricsPort === undefined
      ? undefined
      : await serveWorkerMetrics(metricsPort, () => ({
          workers: [{ source: 'ledger', stats: worker.stats(), incidents: worker.incidents() }],
          pricesDateSeconds: priceBookDate(prices.current()),
        }));
  const running = {
    url: server.url,
    pid: process.pid,
    ...(metrics !== undefined && { metricsUrl: metrics.url }),
  };
  await announceServer(dataDir, running);
  if (prices.paths.length > 0) {
    io.stderr(`prices in force: ${prices.current().version} (changes to the files are followed)\n`);
  }
  if (options.readyFile !== undefined) {
    await writeFile(resolve(io.cwd, options.readyFile), JSON.stringify(running));
  }
  io.stdout(
    options.json === true
      ? `${JSON.stringify({ event: 'ready', ...running, data: dataDir })}\n`
      : renderReady(running, dataDir, io),
  );
  await using refreshing = refresh === undefined ? undefined : startPriceRefresh(refresh, io);
  const broken = await Promise.race([untilStopped(io.stop), server.broken]);
  void refreshing;
  void worker;
  await withdrawServer(dataDir);
  if (broken !== undefined) throw broken;
}
