import { resolve } from 'node:path';
import { queryLedger, type SqlResult } from '@tokenmeter/server';
import { CommandError, type Io } from '../io.ts';
import { renderCsv } from '../render/render-csv.ts';
import { renderTable } from '../render/render-table.ts';
import { findServer } from '../running-server.ts';

/** Options of `tokenmeter sql`. */
export interface SqlOptions {
  readonly data: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

function isSqlResult(value: unknown): value is SqlResult {
  return (
    typeof value === 'object' &&
    value !== null &&
    'columns' in value &&
    Array.isArray(value.columns) &&
    'rows' in value &&
    Array.isArray(value.rows)
  );
}

function problemOf(value: unknown): { error: string; hint?: string } {
  if (typeof value !== 'object' || value === null || !('error' in value)) {
    return { error: 'the server gave no reason' };
  }
  const hint = 'hint' in value && typeof value.hint === 'string' ? { hint: value.hint } : {};
  return { error: String(value.error), ...hint };
}

async function askServer(url: string, sql: string, stop: AbortSignal): Promise<SqlResult> {
  const answer = await fetch(`${url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
    signal: stop,
  });
  const body: unknown = await answer.json();
  if (!answer.ok) {
    const { error, hint } = problemOf(body);
    throw new CommandError(error, hint === undefined ? {} : { hint });
  }
  if (!isSqlResult(body)) throw new CommandError(`${url} did not answer with rows`);
  return body;
}

async function query(dataDir: string, sql: string, stop: AbortSignal): Promise<SqlResult> {
  const server = await findServer(dataDir);
  if (server !== undefined) return askServer(server.url, sql, stop);
  try {
    return await queryLedger(dataDir, sql);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), {
      hint: `looked for a ledger in ${dataDir}; name another with --data, or start one with: tokenmeter up`,
      cause: error,
    });
  }
}

function toObject(result: SqlResult, row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(result.columns.map((column, index) => [column.name, row[index]]));
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isNumericType(type: string): boolean {
  return /INT|DOUBLE|FLOAT|DECIMAL|REAL/i.test(type);
}

/** Runs one read-only statement against the ledger, through the running server when there is one. */
export async function runSql(
  statement: string | undefined,
  options: SqlOptions,
  io: Io,
): Promise<void> {
  const sql = statement === undefined || statement === '-' ? await io.readStdin() : statement;
  if (sql === undefined || sql.trim() === '') {
    throw new CommandError('no statement given', {
      hint: 'tokenmeter sql "SELECT feature, sum(cost_usd) FROM llm_telemetry GROUP BY feature"',
      exitCode: 2,
    });
  }
  const result = await query(resolve(io.cwd, options.data), sql, io.stop);
  if (options.json === true) {
    for (const row of result.rows) io.stdout(`${JSON.stringify(toObject(result, row))}\n`);
  } else if (options.csv === true) {
    const names = result.columns.map((column) => column.name);
    io.stdout(renderCsv(names, result.rows));
  } else {
    const columns = result.columns.map((column) => ({
      name: column.name,
      isNumeric: isNumericType(column.type),
    }));
    io.stdout(
      renderTable(
        columns,
        result.rows.map((row) => row.map(show)),
      ),
    );
    io.stderr(`${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}\n`);
  }
  if (result.isTruncated) {
    io.stderr(`only the first ${result.rows.length} rows are shown; add a LIMIT or aggregate\n`);
  }
}
