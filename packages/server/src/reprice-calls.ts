import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBInstance,
  DuckDBValue,
} from '@duckdb/node-api';
import type { PriceBook } from '@tokenmeter/pricing';
import type { RepriceReport } from './api.ts';
import { timeParameter } from './read-overview.ts';
import { type NewCost, repriceCall, type StoredCall } from './reprice-call.ts';
import { RepriceTally } from './reprice-report.ts';

/** Names that a call must have; undefined filters nothing. `model` is the served or the requested one. */
export interface RepriceFilters {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly feature?: string | undefined;
}

/** Which calls to price again, and with what. */
export interface RepriceOrder {
  /** Start of the first call; epoch milliseconds. */
  readonly fromEpochMs: number;
  /** Calls that start then or later are left out. */
  readonly toEpochMs: number;
  readonly filters: RepriceFilters;
  readonly book: PriceBook;
  /** Without it nothing is written. */
  readonly isApplied: boolean;
  /** Token of the report that was agreed to; other figures are not written. */
  readonly expectedToken?: string | undefined;
}

/** What came of it. When the figures are not those agreed to, nothing was written. */
export type RepriceOutcome =
  | { readonly kind: 'done'; readonly report: RepriceReport }
  | { readonly kind: 'figures_changed'; readonly report: RepriceReport };

/** What a repricing runs with. */
export interface RepriceContext {
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}

const FLUSH_ROWS = 50_000;
const COLUMNS = `trace_id, span_id, epoch_us(start_ts), epoch_us(end_ts), provider, request_model, response_model,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, price_basis, cost_pico_usd,
  cost_source, unpriced_reason`;

function select({ fromEpochMs, toEpochMs, filters }: RepriceOrder): {
  readonly sql: string;
  readonly values: DuckDBValue[];
} {
  const values: DuckDBValue[] = [timeParameter(fromEpochMs), timeParameter(toEpochMs)];
  const conditions = ['start_ts >= $1', 'start_ts < $2'];
  const { provider, model, feature } = filters;
  if (provider !== undefined) conditions.push(`provider = $${values.push(provider)}`);
  if (feature !== undefined) conditions.push(`feature = $${values.push(feature)}`);
  if (model !== undefined) {
    const place = `$${values.push(model)}`;
    conditions.push(`(response_model = ${place} OR request_model = ${place})`);
  }
  return { sql: `SELECT ${COLUMNS} FROM priced_calls WHERE ${conditions.join(' AND ')}`, values };
}

const textOf = (value: DuckDBValue | undefined): string => String(value ?? '');
const countOf = (value: DuckDBValue | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

function toStoredCall(row: readonly DuckDBValue[]): StoredCall {
  const cost = row[13];
  return {
    traceId: textOf(row[0]),
    spanId: textOf(row[1]),
    startEpochMs: Number(row[2]) / 1000,
    endEpochMs: Number(row[3]) / 1000,
    provider: textOf(row[4]),
    requestModel: textOf(row[5]),
    responseModel: textOf(row[6]),
    inputTokens: countOf(row[7]),
    outputTokens: countOf(row[8]),
    cacheReadTokens: countOf(row[9]),
    cacheWriteTokens: countOf(row[10]),
    reasoningTokens: countOf(row[11]),
    priceBasis: typeof row[12] === 'string' ? row[12] : undefined,
    costPicoUsd: typeof cost === 'bigint' ? cost : undefined,
    costSource: textOf(row[14]),
    unpricedReason: textOf(row[15]),
  };
}

/** Writes new costs in one transaction of its own. */
interface CostWriter {
  write(call: StoredCall, cost: NewCost): void;
  commit(): Promise<void>;
  /** Ends the transaction, if it is open, without a trace. */
  close(): Promise<void>;
}

async function openCostWriter(
  connection: DuckDBConnection,
  { repricedEpochMs, version }: { readonly repricedEpochMs: number; readonly version: string },
): Promise<CostWriter> {
  await connection.run('BEGIN');
  const found = await connection.runAndReadAll(
    'SELECT coalesce(max(repricing), 0)::INTEGER + 1 FROM call_costs',
  );
  const repricing = Number(found.getRows()[0]?.[0]);
  const appender = await connection.createAppender('call_costs');
  const repricedAt = timeParameter(repricedEpochMs);
  let rows = 0;
  let isOpen = true;
  return {
    write: (call, cost) => {
      appender.appendInteger(repricing);
      appender.appendTimestampTZ(repricedAt);
      appender.appendTimestampTZ(timeParameter(call.startEpochMs));
      appender.appendVarchar(call.traceId);
      appender.appendVarchar(call.spanId);
      appendCost(appender, cost);
      appender.appendVarchar(cost.costSource);
      appender.appendVarchar(version);
      appender.appendVarchar(cost.unpricedReason);
      appender.endRow();
      rows += 1;
      if (rows % FLUSH_ROWS === 0) appender.flushSync();
    },
    commit: async () => {
      appender.flushSync();
      await connection.run('COMMIT');
      isOpen = false;
    },
    close: async () => {
      appender.closeSync();
      if (isOpen) await connection.run('ROLLBACK').catch(() => undefined);
    },
  };
}

function appendCost(appender: DuckDBAppender, { costPicoUsd }: NewCost): void {
  if (costPicoUsd === undefined) appender.appendNull();
  else appender.appendBigInt(costPicoUsd);
}

/**
 * Prices the calls of a range again and, when asked to, writes each cost that differs beside the one that it follows: all
 * of them in one transaction, or none. Calls keep what was reported. Doing it twice writes nothing the second time.
 *
 * Reads and writes over connections of its own, so that intake goes on. Rejects when the signal aborts.
 */
export async function repriceCalls(
  instance: DuckDBInstance,
  order: RepriceOrder,
  { clock, signal }: RepriceContext,
): Promise<RepriceOutcome> {
  const { fromEpochMs, toEpochMs, book } = order;
  const scope = { fromEpochMs, toEpochMs, priceBook: book.version };
  const tally = new RepriceTally();
  const [reader, own] = [await instance.connect(), await instance.connect()];
  let writer: CostWriter | undefined;
  try {
    if (order.isApplied) {
      writer = await openCostWriter(own, { repricedEpochMs: clock(), version: book.version });
    }
    const { sql, values } = select(order);
    const result = await reader.stream(sql, values);
    for await (const rows of result.yieldRows()) {
      signal?.throwIfAborted();
      for (const row of rows) {
        const call = toStoredCall(row);
        const repriced = repriceCall(call, book);
        tally.add(call, repriced);
        if (repriced.kind === 'changed') writer?.write(call, repriced.cost);
      }
    }
    const report = tally.report(scope, order.isApplied);
    if (order.expectedToken !== undefined && order.expectedToken !== report.token) {
      return { kind: 'figures_changed', report: { ...report, isApplied: false } };
    }
    if (report.changedCalls > 0) await writer?.commit();
    return { kind: 'done', report };
  } finally {
    await writer?.close();
    reader.interrupt();
    reader.closeSync();
    own.closeSync();
  }
}
