import type { SqlResult } from './api.ts';
import { openLedgerReadOnly } from './open-ledger.ts';
import { runSql } from './run-sql.ts';

/**
 * Runs one read-only statement on a ledger that no server owns. Throws `LedgerError` when there is none or a process
 * owns it, `SqlError` when the statement is wrong.
 */
export async function queryLedger(dataDir: string, sql: string): Promise<SqlResult> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { instance, connection } = await openLedgerReadOnly(dataDir, timeZone);
  try {
    return await runSql(connection, sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
