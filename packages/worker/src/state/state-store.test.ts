import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exampleNotice } from '../notifier.test-kit.ts';
import type { MetricSource } from '../ports.ts';
import { startWorker } from '../start-worker.ts';
import { checkState, exportState } from './inspect-state.ts';
import { StateStore } from './state-store.ts';

const NOW = 1_790_000_000_000;
const DAY = 86_400_000;
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-state-'));
  path = join(folder, 'worker.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file as the first version wrote it, with one firing incident whose notice waits for a channel. */
function writeFirstVersion(): void {
  using database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE incident (
      id TEXT PRIMARY KEY, state TEXT NOT NULL, started INTEGER NOT NULL, updated INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY, channel TEXT NOT NULL, incident TEXT NOT NULL, idempotency_key TEXT NOT NULL,
      notice TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0,
      due INTEGER NOT NULL, created INTEGER NOT NULL, reason TEXT,
      UNIQUE (channel, idempotency_key)
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox (channel, incident, id) WHERE state = 'waiting';
    CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
    PRAGMA user_version = 1;
  `);
  const { finding } = exampleNotice();
  const incident = {
    id: 'inc-1',
    key: '["volume",[]]',
    state: 'firing',
    severity: 'warning',
    startedEpochMs: NOW - 60_000,
    updatedEpochMs: NOW,
    lastFoundEpochMs: NOW,
    sightings: 2,
    sequence: 1,
    finding,
  };
  const { severity: _, epochMs: __, links: ___, ...notice } = exampleNotice('inc-1:1:firing');
  const save = database.prepare('INSERT INTO incident VALUES (?, ?, ?, ?, ?)');
  save.run('inc-1', 'firing', NOW - 60_000, NOW, JSON.stringify(incident));
  database
    .prepare(
      'INSERT INTO outbox (channel, incident, idempotency_key, notice, due, created) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run('webhook', 'inc-1', 'inc-1:1:firing', JSON.stringify(notice), NOW, NOW);
  database.prepare('INSERT INTO snapshot VALUES (1, ?)').run('{"version":1}');
}

describe('state file', () => {
  test('a file of the first version is taken over with its incident and its notice; what it learned is learned again', () => {
    writeFirstVersion();
    using store = new StateStore(path);
    expect(store.incidents.find('inc-1')?.incident).toMatchObject({
      state: 'firing',
      changesEpochMs: [],
    });
    expect(store.incidents.movable('', NOW).map(({ id }) => id)).toEqual(['inc-1']);
    expect(store.snapshots.load()).toBeUndefined();
    const claim = { epochMs: NOW, leaseMs: 1, limit: 5, owner: 'me', takesDigests: false };
    const [row] = store.outbox.claim('webhook', claim).flatMap(({ rows }) => rows);
    expect(row?.notice).toMatchObject({
      idempotencyKey: 'inc-1:1:firing',
      severity: 'critical',
      links: {},
    });
    // Whoever was told of it will be told its end.
    expect([...store.incidents.toldOf('inc-1')]).toEqual([
      ['webhook', { sequence: 1, severity: 'warning', epochMs: NOW, reminders: 0, isOver: false }],
    ]);
    expect(checkState(path).problems).toEqual([]);
  });

  test('a file of a newer version is left alone', () => {
    using database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    expect(() => new StateStore(path)).toThrow('a newer Tokenmeter wrote it');
    expect(database.prepare('PRAGMA user_version').get()?.user_version).toBe(99);
  });

  test('what is no state file is told as such', () => {
    using database = new DatabaseSync(path);
    database.exec('CREATE TABLE incident (x)');
    expect(() => new StateStore(path)).toThrow(`the worker state ${path} cannot be opened`);
  });

  test('a damaged file is named with its remedy, wherever the damage is found', async () => {
    new StateStore(path)[Symbol.dispose]();
    const pages = readFileSync(path);
    writeFileSync(path, pages.fill(0x55, 3 * 4096));
    const remedy = `${path} cannot be opened: database disk image is malformed; put a backup`;
    const source: MetricSource = {
      name: 'none',
      read: () => Promise.resolve({ ok: false, isRetryable: true, reason: 'never asked' }),
    };
    await expect(startWorker({ source, notifiers: [], statePath: path })).rejects.toThrow(remedy);
    expect(() => checkState(path)).toThrow(remedy);
  });

  test('a lease has one holder until it ends', () => {
    using first = new StateStore(path);
    using second = new StateStore(path);
    const forMs = 30_000;
    expect(first.leases.take('evaluate', 'a', { epochMs: NOW, forMs })).toBe(true);
    expect(second.leases.take('evaluate', 'b', { epochMs: NOW + 29_999, forMs })).toBe(false);
    expect(first.leases.take('evaluate', 'a', { epochMs: NOW + 20_000, forMs })).toBe(true);
    expect(second.leases.take('evaluate', 'b', { epochMs: NOW + 50_000, forMs })).toBe(true);
    expect(first.leases.isHeld('evaluate', 'a', NOW + 50_000)).toBe(false);
    second.leases.drop('evaluate', 'b');
    expect(first.leases.take('evaluate', 'a', { epochMs: NOW + 50_001, forMs })).toBe(true);
  });

  test('a lease that a clock gave which was a day ahead holds up nobody', () => {
    using first = new StateStore(path);
    using second = new StateStore(path);
    const forMs = 30_000;
    first.leases.take('evaluate', 'a', { epochMs: NOW + DAY, forMs });
    expect(second.leases.take('evaluate', 'b', { epochMs: NOW, forMs })).toBe(true);
  });

  test('two workers claim a notice once between them', () => {
    using first = new StateStore(path);
    using second = new StateStore(path);
    for (const index of [1, 2, 3]) {
      const notice = { ...exampleNotice(`i${index}:1`), incidentId: `i${index}` };
      first.outbox.put({ channel: 'hook', notice, dueEpochMs: NOW, createdEpochMs: NOW });
    }
    const claim = { epochMs: NOW, leaseMs: 60_000, limit: 2, takesDigests: false };
    const keys = [first, second, first].flatMap((store, index) =>
      store.outbox.claim('hook', { ...claim, owner: `w${index}` }).map(({ key }) => key),
    );
    expect(keys).toEqual(['i1:1', 'i2:1', 'i3:1']);
  });

  test('a claim that another one took over settles nothing', () => {
    using store = new StateStore(path);
    store.outbox.put({
      channel: 'hook',
      notice: exampleNotice(),
      dueEpochMs: NOW,
      createdEpochMs: NOW,
    });
    const claim = { leaseMs: 60_000, limit: 1, takesDigests: false };
    const [batch] = store.outbox.claim('hook', { ...claim, epochMs: NOW, owner: 'slow' });
    const id = batch?.rows[0]?.id ?? 0;
    store.outbox.claim('hook', { ...claim, epochMs: NOW + 60_000, owner: 'other' });
    expect(store.outbox.settle({ id, owner: 'slow', epochMs: NOW }, { state: 'delivered' })).toBe(
      false,
    );
    expect(store.outbox.counts()).toEqual({ waiting: 1, delivered: 0, dead: 0 });
  });

  test('what is old is forgotten, what waits is not', () => {
    writeFirstVersion();
    using store = new StateStore(path);
    const found = store.incidents.find('inc-1');
    if (found === undefined) throw new Error('expected the incident');
    store.incidents.save({ ...found.incident, id: 'inc-0', state: 'resolved' });
    store.prune(NOW + 31 * DAY);
    expect([store.incidents.find('inc-0'), store.incidents.find('inc-1')?.incident.id]).toEqual([
      undefined,
      'inc-1',
    ]);
    expect(store.outbox.counts().waiting).toBe(1);
  });

  test('an export holds what happened and no key', () => {
    writeFirstVersion();
    const secret = (() => {
      using store = new StateStore(path);
      return store.secretFor('links');
    })();
    const text = [...exportState(path)].join('');
    expect(text).not.toContain(secret);
    const tables = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).table);
    expect([...new Set(tables)]).toEqual(['incident', 'outbox', 'told']);
  });

  test('a damaged row is told', () => {
    writeFirstVersion();
    new StateStore(path)[Symbol.dispose]();
    using database = new DatabaseSync(path);
    database.exec("UPDATE incident SET body = '{}'; DELETE FROM outbox WHERE 0");
    expect(checkState(path).problems).toEqual(['incident inc-1 cannot be read']);
  });
});
