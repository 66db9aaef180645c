import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** Rows as the engine gives them. */
type Rows = readonly (readonly DuckDBValue[])[];

/** One connection that runs one statement at a time; the engine's connections are not safe to share. */
export interface SerialReader {
  /** Runs work on the connection when all earlier work has ended. Rejects once closed. */
  run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** All rows of one statement. Parameters are positional. */
  rows(sql: string, values?: readonly DuckDBValue[]): Promise<Rows>;
  /** Interrupts what runs, refuses what waits, and resolves when the connection is idle and closed. */
  close(): Promise<void>;
}

/** Work that was not begun because the server is stopping. */
export class ReaderClosedError extends Error {
  override readonly name = 'ReaderClosedError';
  override readonly message = 'the server is stopping';
}

/** Wraps a connection. */
export function createSerialReader(connection: DuckDBConnection): SerialReader {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const run = <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const next = last.then(() => {
      if (isClosed) throw new ReaderClosedError();
      return work(connection);
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    run,
    rows: (sql, values) =>
      run(async (own) => {
        const reader = await own.runAndReadAll(sql, values === undefined ? undefined : [...values]);
        return reader.getRows();
      }),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      // A statement that begins between two interrupts would run on; so interrupt until idle.
      const timer = setInterval(() => connection.interrupt(), 10);
      connection.interrupt();
      await last;
      clearInterval(timer);
      connection.closeSync();
    },
  };
}
