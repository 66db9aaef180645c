import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { SAMPLES_KEPT } from './counter-delta.ts';
import { IntakeState, SPANS_REMEMBERED } from './intake-state.ts';

async function eachRow(
  connection: DuckDBConnection,
  sql: string,
  row: (values: readonly DuckDBValue[]) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for await (const rows of result.yieldRows()) for (const values of rows) row(values);
}

/** Keeps the newest samples of each counter, so that the table stays as small as the set of counters. */
export async function compactSamples(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN');
  await connection.run(`CREATE OR REPLACE TABLE counter_samples AS
    SELECT stream_id, epoch_ms, value, is_complete AND total <= ${SAMPLES_KEPT} AS is_complete FROM (
      SELECT *, row_number() OVER (PARTITION BY stream_id ORDER BY epoch_ms DESC, value DESC) AS place,
        count(*) OVER (PARTITION BY stream_id) AS total FROM counter_samples)
    WHERE place <= ${SAMPLES_KEPT}`);
  await connection.run('COMMIT');
}

/** Reads what the writer must remember from the ledger. */
export async function restoreIntake(connection: DuckDBConnection): Promise<IntakeState> {
  const state = new IntakeState();
  await eachRow(connection, 'SELECT * FROM usage_series', ([id, ...series]) => {
    state.restoreSeries(Number(id), series.map(String));
  });
  await eachRow(connection, 'SELECT * FROM counter_streams', ([id, key, seriesId]) => {
    state.restoreStream(Number(id), String(key), Number(seriesId));
  });
  await eachRow(
    connection,
    'SELECT * FROM counter_samples ORDER BY stream_id, epoch_ms, value',
    ([streamId, epochMs, value, isComplete]) => {
      state.restoreSample(Number(streamId), Number(epochMs), BigInt(String(value)));
      if (isComplete === false) state.restoreIncomplete(Number(streamId));
    },
  );
  await eachRow(
    connection,
    `SELECT trace_id, span_id FROM calls WHERE rowid > (SELECT coalesce(max(rowid), 0) FROM calls) - ${SPANS_REMEMBERED}`,
    ([traceId, spanId]) => state.restoreSpan(String(traceId), String(spanId)),
  );
  return state;
}
