import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlResult } from './api.ts';
import { runSql } from './run-sql.ts';

/** Which calls to list. */
export interface CallsQuery {
  readonly order: 'cost' | 'recent';
  readonly limit: number;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

const COLUMNS = `"timestamp", trace_id, span_id, service, environment, feature, endpoint, team, user_id, provider,
  model, operation, outcome, error_type, input_tokens, output_tokens, reasoning_tokens, cache_tokens, cost_usd,
  unpriced_reason, duration_ms, is_seeded`;

/** Lists calls, most expensive or most recent first. Calls without a price come after those with one. */
export function readCalls(connection: DuckDBConnection, query: CallsQuery): Promise<SqlResult> {
  const order =
    query.order === 'cost' ? 'cost_usd DESC NULLS LAST, "timestamp" DESC' : '"timestamp" DESC';
  const { fromEpochMs, toEpochMs, limit } = query;
  return runSql(
    connection,
    `SELECT ${COLUMNS} FROM llm_telemetry WHERE "timestamp" >= make_timestamptz(${BigInt(Math.floor(fromEpochMs)) * 1000n})
       AND "timestamp" < make_timestamptz(${BigInt(Math.ceil(toEpochMs)) * 1000n}) ORDER BY ${order} LIMIT ${limit}`,
    { maxRows: limit, timeoutMs: 10_000 },
  );
}
