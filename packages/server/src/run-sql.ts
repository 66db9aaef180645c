import {
  type DuckDBConnection,
  type DuckDBResultReader,
  type DuckDBValue,
  type Json,
  StatementType,
} from '@duckdb/node-api';
import type { SqlResult } from './api.ts';

/** A statement that is refused, fails, or takes too long. The message is for the person who wrote it. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** What to do about it; undefined when the message says it. */
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}

/** Bounds of one statement, and its values. */
export interface SqlLimits {
  /** Values of `$1`, `$2`, …; they may hold anything. */
  readonly values?: readonly DuckDBValue[];
  readonly maxRows: number;
  readonly timeoutMs: number;
}

/** Defaults: 10,000 rows, 10 seconds. */
const SQL_LIMITS: SqlLimits = { maxRows: 10_000, timeoutMs: 10_000 };

const READ_ONLY_HINT =
  'only one SELECT statement is run, such as SELECT * FROM llm_telemetry LIMIT 10';
/** Functions that a SELECT can call and that act on the database all the same. */
const ACTING_FUNCTIONS =
  /\b(force_checkpoint|checkpoint|write_log|enable_logging|enable_profiling)\s*\(/i;

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}

function toIso(value: string): string {
  const iso = value.replace(' ', 'T');
  return /[+-]\d\d$/.test(iso) ? `${iso}:00` : iso;
}

function cell(value: Json, type: string): unknown {
  if (typeof value !== 'string') return value;
  if (type.startsWith('TIMESTAMP')) return toIso(value);
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return type.startsWith('DECIMAL') ? Number(value) : value;
}

function toResult(reader: DuckDBResultReader, maxRows: number): SqlResult {
  const types = reader.columnTypes().map(String);
  const columns = reader.columnNames().map((name, index) => ({ name, type: types[index] ?? '' }));
  const all = reader.getRowsJson();
  const rows = all
    .slice(0, maxRows)
    .map((row) => row.map((value, index) => cell(value, types[index] ?? '')));
  return { columns, rows, isTruncated: all.length > maxRows };
}

async function runSelect(
  connection: DuckDBConnection,
  sql: string,
  limits: SqlLimits,
): Promise<SqlResult> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new SqlError(`expected one statement, got ${statements.count}`, { hint: READ_ONLY_HINT });
  }
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT || ACTING_FUNCTIONS.test(sql)) {
    throw new SqlError('this statement is not a SELECT', { hint: READ_ONLY_HINT });
  }
  const { values = [] } = limits;
  if (prepared.parameterCount !== values.length) {
    throw new SqlError('the statement has parameters, which cannot be given here');
  }
  prepared.bind([...values]);
  return toResult(await prepared.streamAndReadUntil(limits.maxRows + 1), limits.maxRows);
}

/**
 * Runs one read-only statement inside a read-only transaction, for at most the time limit. Throws `SqlError` for
 * whatever is wrong with the statement. The connection must belong to this call alone.
 */
export async function runSql(
  connection: DuckDBConnection,
  sql: string,
  limits: SqlLimits = SQL_LIMITS,
): Promise<SqlResult> {
  let isLate = false;
  const timer = setInterval(
    () => {
      isLate = true;
      connection.interrupt();
    },
    Math.max(1, limits.timeoutMs),
  );
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    return await runSelect(connection, sql, limits);
  } catch (error) {
    if (error instanceof SqlError) throw error;
    if (isLate) {
      throw new SqlError(`stopped after ${limits.timeoutMs / 1000} s`, {
        hint: 'narrow the time range, or aggregate over usage_1m instead of llm_telemetry',
        cause: error,
      });
    }
    throw new SqlError(messageOf(error), { cause: error });
  } finally {
    clearInterval(timer);
    await connection.run('ROLLBACK').catch(() => undefined);
  }
}
