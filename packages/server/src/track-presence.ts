import type { DuckDBConnection } from '@duckdb/node-api';
import type { Gap } from '@tokenmeter/anomaly';
import type { CommitQueue } from './commit-queue.ts';
import { SILENT } from './logger.ts';
import { timeParameter } from './read-overview.ts';
import type { ServerOptions } from './server-options.ts';

/** Remembers when the receiver was there to take data. */
export interface Presence {
  /** Stretches inside [from, to) in which nobody received; what happened then is unknown, not zero. */
  gaps(fromEpochMs: number, toEpochMs: number): readonly Gap[];
  /** Notes the end. Call before the queue closes. */
  stop(): Promise<void>;
}

interface Stay {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

const NOTE_EVERY_MS = 60_000;
/** Exporters try again for about a minute, and counters carry what was missed; a shorter absence loses nothing. */
const SHORTEST_GAP_MS = 120_000;

/** The absences between stays, which may come in any order and overlap. */
export function gapsBetween(stays: readonly Stay[]): readonly Gap[] {
  const ordered = stays.toSorted((a, b) => a.fromEpochMs - b.fromEpochMs);
  const gaps: Gap[] = [];
  let presentUntil = ordered[0]?.toEpochMs ?? 0;
  for (const stay of ordered.slice(1)) {
    if (stay.fromEpochMs - presentUntil >= SHORTEST_GAP_MS) {
      gaps.push({ fromEpochMs: presentUntil, toEpochMs: stay.fromEpochMs });
    }
    presentUntil = Math.max(presentUntil, stay.toEpochMs);
  }
  return gaps;
}

async function readStays(connection: DuckDBConnection): Promise<Stay[]> {
  const reader = await connection.runAndReadAll(
    'SELECT epoch_ms(came)::DOUBLE, epoch_ms(seen)::DOUBLE FROM presence',
  );
  return reader
    .getRows()
    .map(([from, to]) => ({ fromEpochMs: Number(from), toEpochMs: Number(to) }));
}

/** Starts to note that the receiver is there, once a minute. A failed note is said and tried again with the next. */
export async function trackPresence(
  queue: CommitQueue,
  { clock = Date.now, logger = SILENT }: Pick<ServerOptions, 'clock' | 'logger'>,
): Promise<Presence> {
  const came = clock();
  let earlier: Stay[] = [];
  await queue.exclusively(async (connection) => {
    earlier = await readStays(connection);
    const now = timeParameter(came);
    await connection.run('INSERT INTO presence VALUES ($1, $2)', [now, now]);
  });
  const gaps = gapsBetween([...earlier, { fromEpochMs: came, toEpochMs: came }]);
  const note = async (): Promise<void> => {
    try {
      await queue.exclusively(async (connection) => {
        await connection.run('UPDATE presence SET seen = $1 WHERE came = $2', [
          timeParameter(clock()),
          timeParameter(came),
        ]);
      });
    } catch (error) {
      logger.warn(`presence not noted: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const timer = setInterval(() => void note(), NOTE_EVERY_MS).unref();
  return {
    gaps: (fromEpochMs, toEpochMs) =>
      gaps.filter((gap) => gap.fromEpochMs < toEpochMs && gap.toEpochMs > fromEpochMs),
    stop: async () => {
      clearInterval(timer);
      await note();
    },
  };
}
