import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { IntakeState, SPANS_REMEMBERED } from './intake-state.ts';

async function eachRow(
  connection: DuckDBConnection,
  sql: string,
  row: (values: readonly DuckDBValue[]) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for await (const rows of result.yieldRows()) for (const values of rows) row(values);
}

/** Reads what the writer must remember from the ledger. */
export async function restoreIntake(
  connection: DuckDBConnection,
  clock: () => number,
): Promise<IntakeState> {
  const state = new IntakeState(clock);
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
