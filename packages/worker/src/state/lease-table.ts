import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** No lease is given for so long: one that ends later is of a clock that was wrong. */
const AHEAD_MS = 600_000;

/** Rights that one process at a time has, for as long as it renews them. */
export class LeaseTable {
  readonly #take: StatementSync;
  readonly #read: StatementSync;
  readonly #drop: StatementSync;

  constructor(database: DatabaseSync) {
    this.#take = database.prepare(
      `INSERT INTO lease (name, owner, until) VALUES (?1, ?2, ?3)
       ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
         WHERE lease.owner = excluded.owner OR lease.until <= ?4 OR lease.until > ?4 + ${AHEAD_MS}`,
    );
    this.#read = database.prepare('SELECT owner, until FROM lease WHERE name = ?');
    this.#drop = database.prepare('DELETE FROM lease WHERE name = ? AND owner = ?');
  }

  /** Takes or renews a lease; false while another one has it. */
  take(
    name: string,
    owner: string,
    { epochMs, forMs }: { epochMs: number; forMs: number },
  ): boolean {
    return (
      Number(
        this.#take.run(name, owner, Math.round(epochMs + forMs), Math.round(epochMs)).changes,
      ) > 0
    );
  }

  /** Whether a lease is this owner's now. */
  isHeld(name: string, owner: string, epochMs: number): boolean {
    const row = this.#read.get(name);
    return row?.owner === owner && Number(row.until) > epochMs;
  }

  /** Gives a lease back, if it is this owner's. */
  drop(name: string, owner: string): void {
    this.#drop.run(name, owner);
  }
}
