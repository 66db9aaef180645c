import type { DuckDBConnection } from '@duckdb/node-api';
import { SAMPLES_KEPT } from './counter-delta.ts';
import type { IntakeState } from './intake-state.ts';
import { timeParameter } from './read-overview.ts';

/** How long data is kept, in days. */
export interface Retention {
  /** Single calls. */
  readonly calls: number;
  /** Usage by minute. */
  readonly usage: number;
}

/** Defaults: calls for 90 days, usage by minute for 400, so that a year can be compared with the last. */
export const RETENTION: Retention = { calls: 90, usage: 400 };

const DAY_MS = 86_400_000;
/** A counter of which nothing arrived for so long belongs to a process that is gone. */
const STREAM_DAYS = 14;

async function inTransaction(
  connection: DuckDBConnection,
  work: () => Promise<void>,
): Promise<void> {
  await connection.run('BEGIN');
  try {
    await work();
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Keeps the newest samples of each counter, so that the table stays as small as the set of counters. */
async function compactSamples(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE counter_samples AS
    SELECT stream_id, epoch_ms, value, is_complete AND total <= ${SAMPLES_KEPT} AS is_complete FROM (
      SELECT *, row_number() OVER (PARTITION BY stream_id ORDER BY epoch_ms DESC, value DESC) AS place,
        count(*) OVER (PARTITION BY stream_id) AS total FROM counter_samples)
    WHERE place <= ${SAMPLES_KEPT}`);
}

/** Adds up what was appended for the same minute and series in the last two days, when that halves the rows. */
async function mergePoints(connection: DuckDBConnection, nowEpochMs: number): Promise<void> {
  const since = [timeParameter(nowEpochMs - 2 * DAY_MS)];
  const reader = await connection.runAndReadAll(
    'SELECT count(*) > 2 * count(DISTINCT (minute, series_id)) FROM usage_points WHERE minute >= $1',
    since,
  );
  if (reader.getRows()[0]?.[0] !== true) return;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE merged_points AS SELECT minute, series_id, sum(amount)::BIGINT AS amount
     FROM usage_points WHERE minute >= $1 GROUP BY ALL HAVING sum(amount) <> 0`,
    since,
  );
  await connection.run('DELETE FROM usage_points WHERE minute >= $1', since);
  await connection.run(
    'INSERT INTO usage_points SELECT * FROM merged_points ORDER BY minute, series_id',
  );
  await connection.run('DROP TABLE merged_points');
}

/**
 * Drops what is past its time and makes tables small again, in one transaction. Sums of what is kept do not change.
 * Runs between two commits.
 */
export async function maintainLedger(
  connection: DuckDBConnection,
  state: IntakeState,
  { nowEpochMs, retention }: { readonly nowEpochMs: number; readonly retention: Retention },
): Promise<void> {
  await inTransaction(connection, async () => {
    const before = (days: number): [ReturnType<typeof timeParameter>] => [
      timeParameter(nowEpochMs - days * DAY_MS),
    ];
    await connection.run('DELETE FROM calls WHERE start_ts < $1', before(retention.calls));
    await connection.run('DELETE FROM call_costs WHERE start_ts < $1', before(retention.calls));
    await connection.run('DELETE FROM usage_points WHERE minute < $1', before(retention.usage));
    const gone = state.forgetStreams(nowEpochMs - STREAM_DAYS * DAY_MS);
    if (gone.length > 0) {
      const list = gone.join(',');
      await connection.run(`DELETE FROM counter_streams WHERE stream_id IN (${list})`);
      await connection.run(`DELETE FROM counter_samples WHERE stream_id IN (${list})`);
    }
    await compactSamples(connection);
    await mergePoints(connection, nowEpochMs);
  });
}
