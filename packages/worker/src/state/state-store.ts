import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ChannelTable } from './channel-table.ts';
import { IncidentTable } from './incident-table.ts';
import { Journal } from './journal.ts';
import { LeaseTable } from './lease-table.ts';
import { openState, transact } from './open-state.ts';
import { Outbox } from './outbox.ts';
import { SnapshotTable } from './snapshot-table.ts';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;
const SECRET_BYTES = 32;

/**
 * Incidents, outbox, leases and what was learned in one SQLite file. Synchronous: every write is on disk when it returns.
 * Several processes may use one file.
 */
export class StateStore implements Disposable {
  readonly incidents: IncidentTable;
  readonly outbox: Outbox;
  readonly channels: ChannelTable;
  readonly leases: LeaseTable;
  readonly journal: Journal;
  readonly snapshots: SnapshotTable;
  readonly #database: DatabaseSync;

  /** Opens or creates the file; `:memory:` keeps nothing. Throws a `StateError` for a file that it cannot use. */
  constructor(path: string) {
    this.#database = openState(path);
    this.incidents = new IncidentTable(this.#database);
    this.outbox = new Outbox(this.#database);
    this.channels = new ChannelTable(this.#database);
    this.leases = new LeaseTable(this.#database);
    this.journal = new Journal(this.#database);
    this.snapshots = new SnapshotTable(this.#database);
  }

  /** Runs `work` in one write transaction: all of it or nothing. */
  transact<T>(work: () => T): T {
    return transact(this.#database, work);
  }

  /** Changes whenever another connection has written. */
  get foreignVersion(): number {
    return Number(this.#database.prepare('PRAGMA data_version').get()?.data_version ?? 0);
  }

  /** Key of this state for a purpose: random, made at the first call, the same for all workers on the file. */
  secretFor(purpose: string): string {
    this.#database
      .prepare('INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)')
      .run(purpose, randomBytes(SECRET_BYTES).toString('base64url'));
    const row = this.#database.prepare('SELECT value FROM secret WHERE name = ?').get(purpose);
    return String(row?.value);
  }

  /** Forgets what ended more than `days` days ago. */
  prune(epochMs: number, days: number = RETENTION_DAYS): void {
    const before = epochMs - days * DAY_MS;
    this.transact(() => {
      this.outbox.prune(before);
      this.incidents.prune(before);
      this.journal.prune(before);
    });
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
