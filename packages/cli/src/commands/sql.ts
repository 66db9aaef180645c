import { resolve } from 'node:path';
import type { SqlResult } from '@tokenmeter/server';
import { askLedger } from '../ask-ledger.ts';
import { CommandError, type Io } from '../io.ts';
import { renderCsv } from '../render/render-csv.ts';
import { renderTable } from '../render/render-table.ts';

/** Options of `tokenmeter sql`. */
export interface SqlOptions {
  readonly data: string;
  readonly json?: boolean;
  readonly csv?: boolean;
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
  const result = await askLedger(resolve(io.cwd, options.data), sql, io.stop);
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
