import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { SqlResult } from './api.ts';
import { timeParameter } from './read-overview.ts';
import { runSql } from './run-sql.ts';

/** Columns of `llm_telemetry` by which calls can be filtered. */
export const CALL_FILTERS = [
  'feature',
  'model',
  'provider',
  'team',
  'service',
  'environment',
  'endpoint',
  'user_id',
  'outcome',
  'trace_id',
] as const;

/** Which calls to list. */
export interface CallsQuery {
  readonly order: 'cost' | 'recent';
  readonly limit: number;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** Values that columns must have; undefined filters nothing. */
  readonly filters: Readonly<Partial<Record<(typeof CALL_FILTERS)[number], string | undefined>>>;
}

const COLUMNS = `"timestamp", trace_id, span_id, service, environment, feature, endpoint, team, user_id, provider,
  model, model_family, operation, outcome, error_type, input_tokens, output_tokens, reasoning_tokens, cache_hit,
  cache_tokens, cost_usd, cost_source, price_version, unpriced_reason, duration_ms, is_seeded`;

/** Lists calls, most expensive or most recent first. Calls without a price come after those with one. */
export function readCalls(connection: DuckDBConnection, query: CallsQuery): Promise<SqlResult> {
  const { fromEpochMs, toEpochMs, limit } = query;
  const values: DuckDBValue[] = [timeParameter(fromEpochMs), timeParameter(toEpochMs)];
  const conditions = ['"timestamp" >= $1', '"timestamp" < $2'];
  for (const column of CALL_FILTERS) {
    const value = query.filters[column];
    if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`);
  }
  const order =
    query.order === 'cost' ? 'cost_usd DESC NULLS LAST, "timestamp" DESC' : '"timestamp" DESC';
  const sql = `SELECT ${COLUMNS} FROM llm_telemetry WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${limit}`;
  return runSql(connection, sql, { maxRows: limit, timeoutMs: 10_000, values });
}
