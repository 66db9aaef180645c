import { openLedger } from './open-ledger.ts';
import { type RepriceOrder, type RepriceOutcome, repriceCalls } from './reprice-calls.ts';

/**
 * Prices calls again in a ledger that no server owns; see `RepriceReport`. Throws `LedgerError` when there is none, a
 * process owns it, or it cannot be read.
 */
export async function repriceLedger(dataDir: string, order: RepriceOrder): Promise<RepriceOutcome> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { instance, connection } = await openLedger(dataDir, timeZone, { mustExist: true });
  try {
    return await repriceCalls(instance, order, { clock: Date.now });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
