import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBTimestampTZValue,
} from '@duckdb/node-api';
import type { CallRow } from './describe-call.ts';
import type { LedgerRows } from './intake-state.ts';
import { renderPriceBasis } from './price-basis.ts';

function appendTime(appender: DuckDBAppender, epochMs: number): void {
  appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Math.round(epochMs * 1000))));
}

function appendCount(appender: DuckDBAppender, count: number | undefined): void {
  if (count === undefined) appender.appendNull();
  else appender.appendBigInt(BigInt(count));
}

function appendCall(appender: DuckDBAppender, call: CallRow): void {
  appendTime(appender, call.startEpochMs);
  appendTime(appender, call.endEpochMs);
  appender.appendVarchar(call.traceId);
  appender.appendVarchar(call.spanId);
  appender.appendVarchar(call.parentSpanId);
  for (const text of call.texts) appender.appendVarchar(text);
  appender.appendInteger(Math.min(call.resendCount, 2_147_483_647));
  appendCount(appender, call.inputTokens);
  appendCount(appender, call.outputTokens);
  appendCount(appender, call.cacheReadTokens);
  appendCount(appender, call.cacheWriteTokens);
  appendCount(appender, call.reasoningTokens);
  if (call.costPicoUsd === undefined) appender.appendNull();
  else appender.appendBigInt(call.costPicoUsd);
  appender.appendBoolean(call.isMetered);
  appender.appendBoolean(call.isSeeded);
  appender.appendVarchar(renderPriceBasis(call.priceBasis));
  appender.endRow();
}

async function append<T>(
  connection: DuckDBConnection,
  table: string,
  { rows, row }: { rows: readonly T[]; row: (appender: DuckDBAppender, value: T) => void },
): Promise<void> {
  if (rows.length === 0) return;
  const appender = await connection.createAppender(table);
  try {
    for (const value of rows) row(appender, value);
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Appends rows inside the transaction that is open on the connection. */
export async function appendRows(connection: DuckDBConnection, rows: LedgerRows): Promise<void> {
  await append(connection, 'calls', { rows: rows.calls, row: appendCall });
  await append(connection, 'usage_series', {
    rows: rows.series,
    row: (appender, { id, series }) => {
      appender.appendInteger(id);
      for (const text of series) appender.appendVarchar(text);
      appender.endRow();
    },
  });
  await append(connection, 'counter_streams', {
    rows: rows.streams,
    row: (appender, { id, key, seriesId }) => {
      appender.appendInteger(id);
      appender.appendVarchar(key);
      appender.appendInteger(seriesId);
      appender.endRow();
    },
  });
  await append(connection, 'counter_samples', {
    rows: rows.samples,
    row: (appender, sample) => {
      appender.appendInteger(sample.streamId);
      appender.appendDouble(sample.epochMs);
      appender.appendBigInt(sample.value);
      appender.appendBoolean(sample.isComplete);
      appender.endRow();
    },
  });
  await append(connection, 'usage_points', {
    rows: rows.points,
    row: (appender, { minute, seriesId, amount }) => {
      appendTime(appender, minute);
      appender.appendInteger(seriesId);
      appender.appendBigInt(amount);
      appender.endRow();
    },
  });
}
