import type { DuckDBInstance } from '@duckdb/node-api';
import { type RepriceOrder, type RepriceOutcome, repriceCalls } from './reprice-calls.ts';

/** Prices calls of an open ledger again, one order after the other. */
export interface Repricer {
  /** Rejects with the signal's reason when the ledger closes; then nothing was written. */
  run(order: RepriceOrder): Promise<RepriceOutcome>;
  /** Ends what runs without a trace and resolves when it has ended. */
  close(): Promise<void>;
}

/** Creates the repricer of a ledger. */
export function createRepricer(instance: DuckDBInstance, clock: () => number): Repricer {
  const stopping = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (order) => {
      const next = last.then(() => {
        stopping.signal.throwIfAborted();
        return repriceCalls(instance, order, { clock, signal: stopping.signal });
      });
      last = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      stopping.abort();
      await last;
    },
  };
}
