import type { Overview } from './api.ts';
import { type CommitQueue, openCommitQueue } from './commit-queue.ts';
import { describeFatal, type LedgerError } from './ledger-error.ts';
import { createLedgerMetricSource, type LedgerMetricSource } from './ledger-metric-source.ts';
import { createLiveStream, type LiveStream } from './live-stream.ts';
import { SILENT } from './logger.ts';
import { maintainLedger, RETENTION } from './maintain-ledger.ts';
import { type OpenLedger, openLedger } from './open-ledger.ts';
import { createMonthReader, type Forecast } from './read-month.ts';
import { readOverview } from './read-overview.ts';
import { createRepricer, type Repricer } from './repricer.ts';
import { createSerialReader, type SerialReader } from './serial-reader.ts';
import type { ServerOptions } from './server-options.ts';
import { type Presence, trackPresence } from './track-presence.ts';

/** What a server holds while it runs. */
export interface ServerParts {
  readonly ledger: OpenLedger;
  readonly queue: CommitQueue;
  readonly presence: Presence;
  readonly readers: readonly [SerialReader, SerialReader];
  readonly source: LedgerMetricSource;
  readonly live: LiveStream;
  readonly overview: () => Promise<Overview>;
  readonly repricer: Repricer;
  readonly maintenance: NodeJS.Timeout;
  /** Resolves when the ledger can no longer be written. */
  readonly broken: Promise<LedgerError>;
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

/** Opens the ledger and what works on it. Rejects with `LedgerError`; then nothing is left open. */
export async function openParts(
  options: ServerOptions,
  timeZone: string,
  forecast: Forecast,
): Promise<ServerParts> {
  const clock = options.clock ?? Date.now;
  const ledger = await openLedger(options.dataDir, timeZone);
  try {
    const reader = createSerialReader(await ledger.instance.connect());
    const sqlReader = createSerialReader(await ledger.instance.connect());
    const source = createLedgerMetricSource(reader, clock, (from, to) => presence.gaps(from, to));
    const { priceBook, monthBudgetUsd: budgetUsd } = options;
    const month = createMonthReader(reader, { timeZone, budgetUsd, forecast });
    const overview = (): Promise<Overview> =>
      readOverview(reader, { nowEpochMs: clock(), timeZone, priceBook, month });
    const live = createLiveStream(overview);
    let tellBroken: (error: LedgerError) => void = () => undefined;
    const broken = new Promise<LedgerError>((resolve) => {
      tellBroken = resolve;
    });
    const queue = await openCommitQueue({
      connection: ledger.connection,
      clock,
      committed: ({ points }) => {
        for (const point of points) source.written(point.minute);
        live.changed();
      },
      failed: (error) => {
        const fatal = describeFatal(error);
        if (fatal !== undefined) tellBroken(fatal);
      },
    });
    const presence = await trackPresence(queue, options);
    const maintenance = await startMaintenance(queue, options);
    const repricer = createRepricer(ledger.instance, clock);
    const readers = [reader, sqlReader] as const;
    const work = { queue, presence, readers, source, live, overview, repricer, maintenance };
    return { ledger, ...work, broken };
  } catch (error) {
    ledger.connection.closeSync();
    ledger.instance.closeSync();
    throw error;
  }
}

/** Commits what was accepted and closes the ledger. */
export async function closeParts(parts: ServerParts): Promise<void> {
  const { ledger, queue, presence, readers, live, repricer, maintenance } = parts;
  clearInterval(maintenance);
  live.close();
  await repricer.close();
  await presence.stop();
  await queue.close();
  await Promise.all(readers.map((reader) => reader.close()));
  ledger.connection.closeSync();
  ledger.instance.closeSync();
}
