import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Mute } from '../routing/route.ts';
import { isObject, parseAs } from './parse-row.ts';

/** One line of the history of an incident. */
export interface IncidentEvent {
  readonly epochMs: number;
  /** A transition, `escalation`, `action`, `cause`, … */
  readonly kind: string;
  readonly actor?: string;
  readonly note?: string;
}

/** A mute that somebody set while the worker ran. */
export interface KeptMute extends Mute {
  readonly id: number;
}

/** What happened, which steps were taken, and what is muted. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;
  readonly #takeStep: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write = database.prepare(
      'INSERT INTO event (incident, epoch, kind, actor, note) VALUES (?, ?, ?, ?, ?)',
    );
    this.#takeStep = database.prepare(
      'INSERT OR IGNORE INTO step (incident, step, epoch) VALUES (?, ?, ?)',
    );
  }

  /** Adds a line to the history of an incident. */
  write(incidentId: string, { epochMs, kind, actor, note }: IncidentEvent): void {
    this.#write.run(incidentId, Math.round(epochMs), kind, actor ?? null, note ?? null);
  }

  /** The history of an incident, oldest first. */
  eventsOf(incidentId: string): readonly IncidentEvent[] {
    return this.#database
      .prepare('SELECT epoch, kind, actor, note FROM event WHERE incident = ? ORDER BY id')
      .all(incidentId)
      .map(({ epoch, kind, actor, note }) => ({
        epochMs: Number(epoch),
        kind: String(kind),
        ...(typeof actor === 'string' ? { actor } : {}),
        ...(typeof note === 'string' ? { note } : {}),
      }));
  }

  /** Notes that a step is taken for an incident; false when it was before. */
  takeStep(incidentId: string, step: string, epochMs: number): boolean {
    return Number(this.#takeStep.run(incidentId, step, Math.round(epochMs)).changes) > 0;
  }

  /** Steps that were taken for an incident. */
  stepsOf(incidentId: string): ReadonlySet<string> {
    const rows = this.#database.prepare('SELECT step FROM step WHERE incident = ?').all(incidentId);
    return new Set(rows.map((row) => String(row.step)));
  }

  /** Keeps a mute; returns its number. */
  addMute(mute: Mute): number {
    const result = this.#database
      .prepare('INSERT INTO mute (body, until) VALUES (?, ?)')
      .run(JSON.stringify(mute), Math.round(mute.untilEpochMs));
    return Number(result.lastInsertRowid);
  }

  /** Ends a mute; false when there is none of that number. */
  dropMute(id: number): boolean {
    return Number(this.#database.prepare('DELETE FROM mute WHERE id = ?').run(id).changes) > 0;
  }

  /** Mutes that have not ended. */
  mutes(epochMs: number): readonly KeptMute[] {
    return this.#database
      .prepare('SELECT id, body FROM mute WHERE until > ? ORDER BY id')
      .all(epochMs)
      .flatMap(({ id, body }) => {
        const mute = parseAs(body, isMute);
        return mute === undefined ? [] : { ...mute, id: Number(id) };
      });
  }

  /** Forgets mutes that ended before an instant. */
  prune(beforeEpochMs: number): void {
    this.#database.prepare('DELETE FROM mute WHERE until < ?').run(beforeEpochMs);
  }
}

function isMute(value: unknown): value is Mute {
  return isObject(value) && isObject(value.match) && Number.isFinite(value.untilEpochMs);
}
