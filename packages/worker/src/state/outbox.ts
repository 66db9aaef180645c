import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DeliveryHandle, Notice } from '../ports.ts';
import { transact } from './open-state.ts';
import { isHandle, isNotice, parseAs } from './parse-row.ts';

/** A notice on its way into the outbox of one channel. */
export interface OutboxEntry {
  readonly channel: string;
  readonly notice: Notice;
  readonly dueEpochMs: number;
  readonly createdEpochMs: number;
  /** What is due at the same time with the same bundle may go out as one message. */
  readonly bundle?: string;
}

/** A claimed notice of one channel. */
interface OutboxRow {
  readonly id: number;
  readonly notice: Notice;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly createdEpochMs: number;
  readonly bundle: string | undefined;
  readonly handle: DeliveryHandle | undefined;
}

/** Rows that go out together: several only where the channel takes digests. */
export interface OutboxBatch {
  /** Constant over repetitions, also after a crash. */
  readonly key: string;
  readonly rows: readonly OutboxRow[];
}

/** How claims are made. */
export interface ClaimOptions {
  readonly epochMs: number;
  readonly leaseMs: number;
  readonly limit: number;
  /** Who claims; only the claimer can settle. */
  readonly owner: string;
  readonly takesDigests: boolean;
}

/** How an attempt ended. */
export type Settlement =
  | { readonly state: 'delivered'; readonly handle?: DeliveryHandle }
  | { readonly state: 'dead'; readonly reason: string }
  | { readonly state: 'waiting'; readonly dueEpochMs: number; readonly reason: string };

const MOST_IN_DIGEST = 20;

/** Notices that wait for channels. Notices of one incident leave a channel in their order. */
export class Outbox {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #hurry: StatementSync;
  readonly #due: StatementSync;
  readonly #ofBatch: StatementSync;
  readonly #claim: StatementSync;
  readonly #settle: StatementSync;
  readonly #saveHandle: StatementSync;
  readonly #nextDue: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#put = database.prepare(
      `INSERT OR IGNORE INTO outbox (channel, incident, idempotency_key, notice, due, created, bundle)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#hurry = database.prepare(
      "UPDATE outbox SET due = ? WHERE channel = ? AND incident = ? AND state = 'waiting' AND attempts = 0 AND claim IS NULL AND due > ?",
    );
    this.#due = database.prepare(
      `SELECT o.id, o.incident, o.notice, o.attempts, o.created, o.bundle, o.batch, t.handle FROM outbox o INDEXED BY outbox_order
       LEFT JOIN told t ON t.incident = o.incident AND t.channel = o.channel
       WHERE o.channel = ? AND o.state = 'waiting' AND o.due <= ? AND NOT EXISTS (
         SELECT 1 FROM outbox p
         WHERE p.channel = o.channel AND p.incident = o.incident AND p.state = 'waiting' AND p.id < o.id
       ) ORDER BY o.id LIMIT ?`,
    );
    this.#ofBatch = database.prepare(
      "SELECT id, incident, notice, attempts, created, bundle, batch, NULL AS handle FROM outbox WHERE channel = ? AND batch = ? AND state = 'waiting' ORDER BY id",
    );
    this.#claim = database.prepare('UPDATE outbox SET due = ?, claim = ?, batch = ? WHERE id = ?');
    this.#settle = database.prepare(
      `UPDATE outbox SET state = ?, due = ?, reason = ?, settled = ?, attempts = attempts + 1, claim = NULL
       WHERE id = ? AND claim = ?`,
    );
    this.#saveHandle = database.prepare(
      'UPDATE told SET handle = ? WHERE incident = ? AND channel = ?',
    );
    this.#nextDue = database.prepare(
      "SELECT min(due) AS due FROM outbox INDEXED BY outbox_order WHERE channel = ? AND state = 'waiting'",
    );
  }

  /** Puts a notice in; a second one under the same key changes nothing. False then. */
  put(entry: OutboxEntry): boolean {
    const { channel, notice, dueEpochMs, createdEpochMs, bundle } = entry;
    const { incidentId, idempotencyKey } = notice;
    const due = Math.round(dueEpochMs);
    const text = JSON.stringify(notice);
    const result = this.#put.run(
      channel,
      incidentId,
      idempotencyKey,
      text,
      due,
      Math.round(createdEpochMs),
      bundle ?? null,
    );
    return Number(result.changes) > 0;
  }

  /** Makes what still waits for its time in this channel about this incident due now: something urgent is behind it. */
  hurry(channel: string, incidentId: string, epochMs: number): void {
    this.#hurry.run(epochMs, channel, incidentId, epochMs);
  }

  /**
   * Takes what is due and hides it for `leaseMs`, so that it comes again if this process dies. A later notice of an
   * incident waits until the earlier is delivered or given up.
   */
  claim(channel: string, options: ClaimOptions): readonly OutboxBatch[] {
    const { epochMs, limit, takesDigests } = options;
    return transact(this.#database, () => {
      const due = this.#due.all(channel, epochMs, takesDigests ? limit * MOST_IN_DIGEST : limit);
      const batches = this.#gather(channel, due, takesDigests).slice(0, limit);
      return batches.flatMap((rows) => this.#take(rows, options) ?? []);
    });
  }

  #gather(channel: string, rows: readonly SqlRow[], takesDigests: boolean): SqlRow[][] {
    if (!takesDigests) return rows.map((row) => [row]);
    const batches = new Map<string, SqlRow[]>();
    const full: SqlRow[][] = [];
    for (const row of rows) {
      const key = batchKeyOf(row);
      if (batches.has(key) && typeof row.batch === 'string') continue;
      if (typeof row.batch === 'string') {
        batches.set(key, this.#ofBatch.all(channel, row.batch));
        continue;
      }
      const batch = batches.get(key) ?? [];
      batch.push(row);
      batches.set(key, batch);
      if (batch.length === MOST_IN_DIGEST) {
        full.push(batch);
        batches.delete(key);
      }
    }
    return [...full, ...batches.values()];
  }

  #take(rows: readonly SqlRow[], options: ClaimOptions): OutboxBatch | undefined {
    const read = rows.map((row) => ({
      id: Number(row.id),
      row,
      notice: parseAs(row.notice, isNotice),
    }));
    const good: OutboxRow[] = [];
    const firstKey = read.find(({ notice }) => notice !== undefined)?.notice?.idempotencyKey ?? '';
    const known = rows[0]?.batch;
    const batch =
      rows.length > 1 && typeof known !== 'string' ? `${firstKey}+${rows.length}` : known;
    const batchKey = typeof batch === 'string' ? batch : null;
    for (const { id, row, notice } of read) {
      this.#claim.run(options.epochMs + options.leaseMs, options.owner, batchKey, id);
      if (notice === undefined) {
        this.settle(
          { id, owner: options.owner, epochMs: options.epochMs },
          { state: 'dead', reason: 'unreadable' },
        );
        continue;
      }
      good.push({
        id,
        notice,
        attempts: Number(row.attempts),
        createdEpochMs: Number(row.created),
        bundle: typeof row.bundle === 'string' ? row.bundle : undefined,
        handle: parseAs(row.handle, isHandle),
      });
    }
    return good.length === 0 ? undefined : { key: batchKey ?? firstKey, rows: good };
  }

  /** Notes how an attempt ended. False when somebody else has claimed the notice since. */
  settle(
    claim: { readonly id: number; readonly owner: string; readonly epochMs: number },
    end: Settlement,
  ): boolean {
    const { id, owner, epochMs } = claim;
    const due = end.state === 'waiting' ? Math.round(end.dueEpochMs) : epochMs;
    const reason = end.state === 'delivered' ? null : end.reason;
    const settled = end.state === 'waiting' ? null : epochMs;
    return Number(this.#settle.run(end.state, due, reason, settled, id, owner).changes) > 0;
  }

  /** Keeps what a channel wants back with the next notice of an incident. */
  saveHandle(incidentId: string, channel: string, handle: DeliveryHandle): void {
    this.#saveHandle.run(JSON.stringify(handle), incidentId, channel);
  }

  /** Gives up everything that waits for a channel; returns the notices. */
  giveUp(channel: string, reason: string, epochMs: number): readonly Notice[] {
    const rows = this.#database
      .prepare(
        "UPDATE outbox SET state = 'dead', reason = ?, settled = ?, claim = NULL WHERE channel = ? AND state = 'waiting' RETURNING notice",
      )
      .all(reason, epochMs, channel);
    return rows.flatMap((row) => parseAs(row.notice, isNotice) ?? []);
  }

  /** When the next notice of a channel is due; undefined when none waits. */
  nextDue(channel: string): number | undefined {
    const due = this.#nextDue.get(channel)?.due;
    return typeof due === 'number' ? due : undefined;
  }

  /** Notices by state, for people and tests. */
  counts(): Readonly<Record<'waiting' | 'delivered' | 'dead', number>> {
    const counts = { waiting: 0, delivered: 0, dead: 0 };
    const rows = this.#database.prepare('SELECT state, count(*) AS n FROM outbox GROUP BY state');
    for (const { state, n } of rows.all()) {
      if (state === 'waiting' || state === 'delivered' || state === 'dead')
        counts[state] = Number(n);
    }
    return counts;
  }

  /** When the oldest notice that waits was put in; undefined when none waits. */
  oldestWaiting(): number | undefined {
    const row = this.#database
      .prepare("SELECT min(created) AS created FROM outbox WHERE state = 'waiting'")
      .get();
    return typeof row?.created === 'number' ? row.created : undefined;
  }

  /** What became of the notices of one incident, oldest first. */
  deliveriesOf(incidentId: string): readonly DeliveryRecord[] {
    const rows = this.#database
      .prepare(
        'SELECT channel, idempotency_key, state, attempts, created, settled, reason FROM outbox WHERE incident = ? ORDER BY id',
      )
      .all(incidentId);
    return rows.map((row) => ({
      channel: String(row.channel),
      idempotencyKey: String(row.idempotency_key),
      state: String(row.state),
      attempts: Number(row.attempts),
      createdEpochMs: Number(row.created),
      ...(typeof row.settled === 'number' ? { settledEpochMs: row.settled } : {}),
      ...(typeof row.reason === 'string' ? { reason: row.reason } : {}),
    }));
  }

  /** Forgets what was settled before an instant. */
  prune(beforeEpochMs: number): void {
    this.#database
      .prepare("DELETE FROM outbox WHERE state <> 'waiting' AND created < ?")
      .run(beforeEpochMs);
    this.#database.prepare('DELETE FROM bundle WHERE due < ?').run(beforeEpochMs);
  }
}

/** What became of one notice on one channel. */
export interface DeliveryRecord {
  readonly channel: string;
  readonly idempotencyKey: string;
  readonly state: string;
  readonly attempts: number;
  readonly createdEpochMs: number;
  readonly settledEpochMs?: number;
  readonly reason?: string;
}

type SqlRow = Readonly<Record<string, unknown>>;

function batchKeyOf(row: SqlRow): string {
  if (typeof row.batch === 'string') return `batch ${row.batch}`;
  return typeof row.bundle === 'string' ? `bundle ${row.bundle}` : `row ${String(row.id)}`;
}
