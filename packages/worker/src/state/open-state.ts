import { DatabaseSync } from 'node:sqlite';

/** Each entry takes a file from the version of its index to the next one. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE incident (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, started INTEGER NOT NULL, updated INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, incident TEXT NOT NULL, idempotency_key TEXT NOT NULL,
    notice TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL, created INTEGER NOT NULL, reason TEXT,
    UNIQUE (channel, idempotency_key)
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (channel, incident, id) WHERE state = 'waiting';
  CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;`,
  `ALTER TABLE incident ADD COLUMN shard TEXT NOT NULL DEFAULT '';
  UPDATE incident SET body = json_set(body, '$.changesEpochMs', json('[]'), '$.firedEpochMs', started)
    WHERE json_valid(body);
  CREATE INDEX incident_open ON incident (shard) WHERE state <> 'resolved';
  ALTER TABLE outbox ADD COLUMN bundle TEXT;
  ALTER TABLE outbox ADD COLUMN batch TEXT;
  ALTER TABLE outbox ADD COLUMN claim TEXT;
  ALTER TABLE outbox ADD COLUMN settled INTEGER;
  UPDATE outbox SET notice = json_set(notice, '$.severity', json_extract(notice, '$.finding.severity'),
    '$.epochMs', created, '$.links', json('{}')) WHERE json_valid(notice);
  CREATE INDEX outbox_order ON outbox (channel, id, due) WHERE state = 'waiting';
  CREATE TABLE told (
    incident TEXT NOT NULL, channel TEXT NOT NULL, sequence INTEGER NOT NULL, severity TEXT NOT NULL,
    epoch INTEGER NOT NULL, reminders INTEGER NOT NULL DEFAULT 0, is_over INTEGER NOT NULL DEFAULT 0, handle TEXT,
    PRIMARY KEY (incident, channel)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO told (incident, channel, sequence, severity, epoch, is_over)
    SELECT o.incident, o.channel, json_extract(i.body, '$.sequence'), json_extract(i.body, '$.severity'), max(o.created),
      i.state = 'resolved'
    FROM outbox o JOIN incident i ON i.id = o.incident WHERE json_valid(i.body) GROUP BY o.incident, o.channel;
  CREATE TABLE bundle (channel TEXT NOT NULL, bundle TEXT NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (channel, bundle))
    STRICT, WITHOUT ROWID;
  CREATE TABLE channel (name TEXT PRIMARY KEY, paused INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    disabled TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE event (
    id INTEGER PRIMARY KEY, incident TEXT NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT, note TEXT
  ) STRICT;
  CREATE TABLE step (incident TEXT NOT NULL, step TEXT NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (incident, step))
    STRICT, WITHOUT ROWID;
  CREATE TABLE mute (id INTEGER PRIMARY KEY, body TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
  CREATE TABLE excluded (
    incident TEXT PRIMARY KEY, rule TEXT NOT NULL, labels TEXT NOT NULL, start INTEGER NOT NULL, finish INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ALTER TABLE snapshot RENAME TO snapshot_1;
  CREATE TABLE snapshot (shard TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO snapshot (shard, body) SELECT '', body FROM snapshot_1;
  DROP TABLE snapshot_1;`,
  // What was learned was one text; now it is compressed parts. It is learned again from the source.
  `DROP TABLE snapshot;
  CREATE TABLE snapshot (shard TEXT NOT NULL, part INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (shard, part)) STRICT;`,
];

/**
 * Every commit is on disk when it returns. The log is folded back after 40 MB, not 4, so that an evaluation of ten
 * thousand incidents does not pay for it twice.
 */
const SETTINGS = `
  PRAGMA busy_timeout = 10000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 10000;
`;

/** Version of the files that this code writes. */
export const STATE_VERSION: number = MIGRATIONS.length;

/** A state file that cannot be used. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/**
 * Opens or creates a state file and brings it to the present version, in one transaction. Every write is on disk when it
 * returns. `:memory:` keeps nothing. Throws a `StateError` when a newer version wrote the file, when it is no state file,
 * or when it cannot be opened.
 */
export function openState(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(SETTINGS);
    migrate(database);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw stateErrorOf(error, path);
  }
}

/** Primary result codes of SQLite for a damaged file, and for one of another kind. */
const DAMAGED: readonly number[] = [11, 26];

/** A failure with a state file as one that names it, and its remedy where it is damaged; any other failure as it is. */
export function stateErrorOf(error: unknown, path: string): unknown {
  const isOfFile = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  if (!isOfFile) return error;
  const code = 'errcode' in error ? Number(error.errcode) & 255 : 0;
  const remedy = DAMAGED.includes(code)
    ? '; put a backup in its place, or move it aside: incidents and mutes are in it, and the rules learn again'
    : '';
  return new StateError(`the worker state ${path} cannot be opened: ${error.message}${remedy}`, {
    cause: error,
  });
}

/** Version of an open state file; 0 for a new one. */
function stateVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function migrate(database: DatabaseSync): void {
  if (stateVersion(database) === STATE_VERSION) return;
  transact(database, () => {
    // Asked again: another process may have been faster.
    const version = stateVersion(database);
    if (version > STATE_VERSION) {
      throw new StateError(
        `expected worker state of version ${STATE_VERSION} or older, got ${version}: a newer Tokenmeter wrote it`,
      );
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${STATE_VERSION}`);
  });
}

/** Runs `work` in one write transaction: all of it or nothing. Within another one it is part of that. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
