import type { DatabaseSync } from 'node:sqlite';
import { openState, STATE_VERSION, stateErrorOf } from './open-state.ts';
import { isIncident, isNotice, parseAs } from './parse-row.ts';

/** What a check of a state file found. */
export interface StateReport {
  readonly version: number;
  readonly incidents: Readonly<Record<string, number>>;
  readonly notices: Readonly<Record<string, number>>;
  /** Channels that fail or are switched off, with the reason where one is known. */
  readonly channels: readonly {
    readonly name: string;
    readonly failures: number;
    readonly disabled?: string;
  }[];
  readonly mutes: number;
  /** What is wrong with the file; empty when it is sound. */
  readonly problems: readonly string[];
}

/** Tables that people may take out, in order. Keys that sign links and what was learned stay. */
const EXPORTED = ['incident', 'event', 'outbox', 'told', 'step', 'mute', 'excluded', 'channel'];
const JSON_COLUMNS: ReadonlySet<string> = new Set(['body', 'notice', 'labels', 'handle']);

/** Checks a state file: its pages, and that its rows can be read and belong together. Throws a `StateError`. */
export function checkState(path: string): StateReport {
  const database = openState(path);
  try {
    return {
      version: STATE_VERSION,
      incidents: countBy(database, 'incident'),
      notices: countBy(database, 'outbox'),
      channels: readChannels(database),
      mutes: Number(database.prepare('SELECT count(*) AS n FROM mute').get()?.n ?? 0),
      problems: [...checkPages(database), ...checkRows(database)],
    };
  } catch (error) {
    throw stateErrorOf(error, path);
  } finally {
    database.close();
  }
}

/** Gives every row of incidents, history, outbox and mutes as one JSON line each: `{ "table", …columns }`. Throws a `StateError`. */
export function* exportState(path: string): Generator<string> {
  const database = openState(path);
  try {
    for (const table of EXPORTED) {
      for (const row of database.prepare(`SELECT * FROM ${table}`).iterate()) {
        yield `${JSON.stringify({ table, ...unfold(row) })}\n`;
      }
    }
  } catch (error) {
    throw stateErrorOf(error, path);
  } finally {
    database.close();
  }
}

function unfold(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      JSON_COLUMNS.has(name) ? (parseAs(value, isAnything) ?? value) : value,
    ]),
  );
}

function isAnything(value: unknown): value is unknown {
  return value !== undefined;
}

function countBy(database: DatabaseSync, table: 'incident' | 'outbox'): Record<string, number> {
  const rows = database.prepare(`SELECT state, count(*) AS n FROM ${table} GROUP BY state`).all();
  return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
}

function readChannels(database: DatabaseSync): StateReport['channels'] {
  return database
    .prepare(
      'SELECT name, failures, disabled FROM channel WHERE failures > 0 OR disabled IS NOT NULL',
    )
    .all()
    .map(({ name, failures, disabled }) => ({
      name: String(name),
      failures: Number(failures),
      ...(typeof disabled === 'string' ? { disabled } : {}),
    }));
}

function checkPages(database: DatabaseSync): string[] {
  return database
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(row.integrity_check))
    .filter((line) => line !== 'ok');
}

function checkRows(database: DatabaseSync): string[] {
  const incidents = database.prepare('SELECT id, body FROM incident').all();
  const notices = database.prepare("SELECT id, notice FROM outbox WHERE state = 'waiting'").all();
  const orphans = database
    .prepare(
      "SELECT count(*) AS n FROM outbox WHERE state = 'waiting' AND incident NOT IN (SELECT id FROM incident)",
    )
    .get();
  const lost = Number(orphans?.n ?? 0);
  return [
    ...incidents.flatMap(({ id, body }) =>
      parseAs(body, isIncident) === undefined ? [`incident ${String(id)} cannot be read`] : [],
    ),
    ...notices.flatMap(({ id, notice }) =>
      parseAs(notice, isNotice) === undefined ? [`notice ${String(id)} cannot be read`] : [],
    ),
    ...(lost > 0 ? [`${lost} waiting notices belong to no incident`] : []),
  ];
}
