import type { CoverageMinute, Gap } from '@tokenmeter/anomaly';
import type { MetricSource, SourceRead } from '@tokenmeter/worker';
import { timeParameter } from './read-overview.ts';
import { readUserContributors } from './read-user-contributors.ts';
import type { SerialReader } from './serial-reader.ts';
import { readUsageRow, renderUsageSql } from './usage-sql.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long after its end a minute may still grow: the export interval of 15 s and some way. */
const SETTLE_SECONDS = 20;

const SQL = renderUsageSql({ from: '$1', to: '$2', bucketMinutes: 1 });

const COVERAGE_SQL = `SELECT epoch_ms(minute)::DOUBLE, service, coalesce(environment, ''),
  sum(recognised_requests)::DOUBLE, sum(metered_requests)::DOUBLE
  FROM usage_1m WHERE minute >= $1 AND minute < $2 AND measure IN ('recognised', 'metered') GROUP BY 1, 2, 3 ORDER BY 1`;

function readCoverageRow(row: readonly unknown[]): CoverageMinute {
  const environment = String(row[2] ?? '');
  return {
    minuteEpochMs: Number(row[0] ?? 0),
    service: String(row[1] ?? ''),
    ...(environment !== '' && { environment }),
    recognised: Number(row[3] ?? 0),
    metered: Number(row[4] ?? 0),
  };
}

/** A source that is told which minutes were written. */
export interface LedgerMetricSource extends MetricSource {
  /** Notes the earliest minute of a commit. */
  written(minuteEpochMs: number): void;
}

/** Stretches inside [from, to) that nobody received. */
type SourceGaps = (fromEpochMs: number, toEpochMs: number) => readonly Gap[];

/**
 * The ledger as a source of usage for the worker. A minute is complete 20 seconds after its end; the model is the served
 * one where known. Writing to the cache counts as input. Never rejects.
 */
export function createLedgerMetricSource(
  reader: SerialReader,
  clock: () => number,
  gaps: SourceGaps,
): LedgerMetricSource {
  let earliestWritten = Number.POSITIVE_INFINITY;
  const read = async (fromEpochMs: number, toEpochMs: number): Promise<SourceRead> => {
    const watermarkEpochMs = Math.floor((clock() - SETTLE_SECONDS * 1000) / MINUTE_MS) * MINUTE_MS;
    const revised = earliestWritten;
    earliestWritten = Number.POSITIVE_INFINITY;
    try {
      const range = [timeParameter(fromEpochMs), timeParameter(toEpochMs)];
      const rows = await reader.rows(SQL, range);
      // Only the last hour is judged.
      const isRecent = toEpochMs - fromEpochMs <= HOUR_MS;
      const coverage = isRecent ? await reader.rows(COVERAGE_SQL, range) : [];
      return {
        ok: true,
        minutes: rows.map(readUsageRow),
        coverage: coverage.map(readCoverageRow),
        gaps: gaps(fromEpochMs, toEpochMs),
        watermarkEpochMs,
        ...(revised < fromEpochMs && { revisedFromEpochMs: revised }),
      };
    } catch (error) {
      earliestWritten = Math.min(earliestWritten, revised);
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, isRetryable: true, reason };
    }
  };
  return {
    name: 'ledger',
    settleSeconds: SETTLE_SECONDS,
    read: ({ fromEpochMs, toEpochMs, signal }) =>
      signal.aborted
        ? Promise.resolve({ ok: false, isRetryable: true, reason: 'the read was aborted' })
        : read(fromEpochMs, toEpochMs),
    readUserContributors: (query) => readUserContributors(reader, query),
    written: (minuteEpochMs) => {
      earliestWritten = Math.min(earliestWritten, minuteEpochMs);
    },
  };
}
