import { DatabaseSync } from 'node:sqlite';
import type { Incident } from '@tokenmeter/anomaly';
import type { Notice } from './ports.ts';

/** A notice that waits for one channel. */
export interface OutboxRow {
  readonly id: number;
  readonly channel: string;
  readonly notice: Notice;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly createdEpochMs: number;
}

/** What one evaluation changes, committed as a whole. */
export interface EvaluationCommit {
  readonly incidents: readonly Incident[];
  readonly notices: readonly Notice[];
  readonly channels: readonly string[];
  readonly epochMs: number;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS incident (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, started INTEGER NOT NULL, updated INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, incident TEXT NOT NULL, idempotency_key TEXT NOT NULL,
    notice TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL, created INTEGER NOT NULL, reason TEXT,
    UNIQUE (channel, idempotency_key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (channel, incident, id) WHERE state = 'waiting';
  CREATE TABLE IF NOT EXISTS snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
`;
const SCHEMA_VERSION = 1;
const VIEW_LIMIT = 200;
const RETENTION_MS = 30 * 86_400_000;

/** Incidents, outbox and snapshot in one SQLite file. Synchronous: every write is on disk when it returns. */
export class StateStore implements Disposable {
  readonly #database: DatabaseSync;

  /** Opens or creates the file; `:memory:` keeps nothing. Throws when a newer version wrote the file. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    const version = Number(this.#database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) {
      this.#database.close();
      throw new Error(`expected worker state of version ${SCHEMA_VERSION}, got ${version}`);
    }
    this.#database.exec(SCHEMA);
    this.#database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  }

  /** Writes changed incidents and, for each channel, their notices; all or nothing. */
  commit(commit: EvaluationCommit): void {
    this.#transaction(() => {
      const saveIncident = this.#database.prepare(
        'INSERT OR REPLACE INTO incident (id, state, started, updated, body) VALUES (?, ?, ?, ?, ?)',
      );
      for (const one of commit.incidents) {
        const body = JSON.stringify(one);
        saveIncident.run(one.id, one.state, one.startedEpochMs, one.updatedEpochMs, body);
      }
      const saveNotice = this.#database.prepare(
        'INSERT OR IGNORE INTO outbox (channel, incident, idempotency_key, notice, due, created) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const notice of commit.notices) {
        for (const channel of commit.channels) {
          const { incidentId, idempotencyKey } = notice;
          const body = JSON.stringify(notice);
          saveNotice.run(channel, incidentId, idempotencyKey, body, commit.epochMs, commit.epochMs);
        }
      }
    });
  }

  /** The latest incidents, newest first; unreadable rows are left out. */
  incidents(): Incident[] {
    const rows = this.#database
      .prepare('SELECT body FROM incident ORDER BY (state = ?) DESC, started DESC, id LIMIT ?')
      .all('firing', VIEW_LIMIT);
    return rows.flatMap((row) => parseAs(row.body, isIncident) ?? []);
  }

  /**
   * Takes the next due notice of a channel and hides it for `leaseMs`, so that it comes again if this process dies.
   *
   * Notices of one incident go in order: a later one waits until the earlier is delivered or given up.
   */
  claim(channel: string, epochMs: number, leaseMs: number): OutboxRow | undefined {
    const row = this.#database
      .prepare(
        `UPDATE outbox SET due = ? WHERE id = (
           SELECT o.id FROM outbox o WHERE o.channel = ? AND o.state = 'waiting' AND o.due <= ? AND NOT EXISTS (
             SELECT 1 FROM outbox p
             WHERE p.channel = o.channel AND p.incident = o.incident AND p.state = 'waiting' AND p.id < o.id
           ) ORDER BY o.id LIMIT 1
         ) RETURNING id, notice, attempts, created`,
      )
      .get(epochMs + leaseMs, channel, epochMs);
    if (row === undefined) return undefined;
    const id = Number(row.id);
    const notice = parseAs(row.notice, isNotice);
    if (notice === undefined) {
      this.settle(id, { state: 'dead', reason: 'unreadable' });
      return this.claim(channel, epochMs, leaseMs);
    }
    return {
      id,
      channel,
      notice,
      attempts: Number(row.attempts),
      createdEpochMs: Number(row.created),
    };
  }

  /** Marks a notice as delivered, or as given up with the reason. */
  settle(
    id: number,
    end: { readonly state: 'delivered' } | { readonly state: 'dead'; readonly reason: string },
  ): void {
    const reason = end.state === 'dead' ? end.reason : null;
    this.#database
      .prepare('UPDATE outbox SET state = ?, reason = ?, attempts = attempts + 1 WHERE id = ?')
      .run(end.state, reason, id);
  }

  /** Puts a notice back until `dueEpochMs`. */
  postpone(id: number, dueEpochMs: number, reason: string): void {
    this.#database
      .prepare('UPDATE outbox SET due = ?, reason = ?, attempts = attempts + 1 WHERE id = ?')
      .run(Math.round(dueEpochMs), reason, id);
  }

  /** When the next notice of a channel is due; undefined when none waits. */
  nextDue(channel: string): number | undefined {
    const row = this.#database
      .prepare("SELECT min(due) AS due FROM outbox WHERE channel = ? AND state = 'waiting'")
      .get(channel);
    return typeof row?.due === 'number' ? row.due : undefined;
  }

  /** Notices by state, for people and tests. */
  counts(): Readonly<Record<'waiting' | 'delivered' | 'dead', number>> {
    const counts = { waiting: 0, delivered: 0, dead: 0 };
    const rows = this.#database.prepare('SELECT state, count(*) AS n FROM outbox GROUP BY state');
    for (const row of rows.all()) {
      const { state } = row;
      if (state === 'waiting' || state === 'delivered' || state === 'dead') {
        counts[state] = Number(row.n);
      }
    }
    return counts;
  }

  /** Replaces the snapshot of what was learned. */
  saveSnapshot(body: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO snapshot (id, body) VALUES (1, ?)').run(body);
  }

  /** The last snapshot; undefined before the first. */
  loadSnapshot(): string | undefined {
    const row = this.#database.prepare('SELECT body FROM snapshot WHERE id = 1').get();
    return typeof row?.body === 'string' ? row.body : undefined;
  }

  /** Forgets what ended more than 30 days ago. */
  prune(epochMs: number): void {
    const before = epochMs - RETENTION_MS;
    this.#transaction(() => {
      this.#database
        .prepare("DELETE FROM outbox WHERE state <> 'waiting' AND created < ?")
        .run(before);
      this.#database
        .prepare("DELETE FROM incident WHERE state = 'resolved' AND updated < ?")
        .run(before);
    });
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function parseAs<T>(text: unknown, guard: (value: unknown) => value is T): T | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return guard(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isIncident(value: unknown): value is Incident {
  if (!isObject(value) || !isObject(value.finding)) return false;
  const { finding } = value;
  if (!isObject(finding.labels) || !isObject(finding.expected)) return false;
  const texts = [value.id, value.key, value.state, value.severity, finding.rule];
  const numbers = [
    value.startedEpochMs,
    value.updatedEpochMs,
    value.lastFoundEpochMs,
    value.sequence,
  ];
  return texts.every((one) => typeof one === 'string') && numbers.every(Number.isFinite);
}

function isNotice(value: unknown): value is Notice {
  if (!isObject(value) || !isObject(value.finding)) return false;
  const texts = [value.idempotencyKey, value.incidentId, value.transition, value.title, value.text];
  return texts.every((one) => typeof one === 'string');
}
