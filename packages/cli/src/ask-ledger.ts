import { LedgerError, queryLedger, SqlError, type SqlResult } from '@tokenmeter/server';
import { CommandError } from './io.ts';
import { findServer } from './running-server.ts';

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

/** The command's failure, for whatever went wrong with a ledger that no server owns. */
export function describeLedgerFailure(cause: unknown): CommandError {
  if (cause instanceof LedgerError)
    return new CommandError(cause.problem, { hint: cause.hint, cause });
  if (cause instanceof SqlError && cause.hint !== undefined) {
    return new CommandError(cause.message, { hint: cause.hint, cause });
  }
  return new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
}

/** Runs one read-only statement: through the running server when there is one, else on the ledger itself. Throws a `CommandError`. */
export async function askLedger(
  dataDir: string,
  sql: string,
  stop: AbortSignal,
): Promise<SqlResult> {
  const server = await findServer(dataDir);
  if (server !== undefined) return askServer(server.url, sql, stop);
  try {
    return await queryLedger(dataDir, sql);
  } catch (error) {
    throw describeLedgerFailure(error);
  }
}
