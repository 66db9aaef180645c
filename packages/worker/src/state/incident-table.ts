import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Finding, Incident, Severity } from '@tokenmeter/anomaly';
import { isIncident, isObject, parseAs } from './parse-row.ts';

/** What one channel knows of an incident. */
export interface Told {
  readonly sequence: number;
  readonly severity: Severity;
  readonly epochMs: number;
  readonly reminders: number;
  /** It was told the end. */
  readonly isOver: boolean;
}

/** A stretch of time that baselines ignore, because somebody expected it. */
export interface ExcludedInterval {
  readonly rule: string;
  readonly labels: Finding['labels'];
  readonly fromEpochMs: number;
  /** Undefined while it lasts. */
  readonly toEpochMs?: number;
}

const DAY_MS = 86_400_000;
/** Longer than any history that is learned by default. */
const EXCLUDED_KEPT_MS = 400 * DAY_MS;

/** Incidents of a state file and what channels were told of them. */
export class IncidentTable {
  readonly #database: DatabaseSync;
  readonly #save: StatementSync;
  readonly #forget: StatementSync;
  readonly #open: StatementSync;
  readonly #saveTold: StatementSync;
  readonly #toldOf: StatementSync;
  readonly #exclude: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#save = database.prepare(
      `INSERT INTO incident (id, state, started, updated, body, shard) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated = excluded.updated, body = excluded.body`,
    );
    this.#forget = database.prepare("DELETE FROM incident WHERE id = ? AND state = 'pending'");
    this.#open = database.prepare(
      "SELECT body FROM incident WHERE shard = ? AND (state <> 'resolved' OR updated >= ?)",
    );
    this.#saveTold = database.prepare(
      `INSERT INTO told (incident, channel, sequence, severity, epoch, reminders, is_over) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (incident, channel) DO UPDATE SET sequence = excluded.sequence, severity = excluded.severity,
         epoch = excluded.epoch, reminders = excluded.reminders, is_over = excluded.is_over`,
    );
    this.#toldOf = database.prepare(
      'SELECT channel, sequence, severity, epoch, reminders, is_over FROM told WHERE incident = ?',
    );
    this.#exclude = database.prepare(
      `INSERT INTO excluded (incident, rule, labels, start, finish) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (incident) DO UPDATE SET finish = excluded.finish`,
    );
  }

  /** Writes an incident as it is now. */
  save(incident: Incident, shard = ''): void {
    const { id, state, startedEpochMs, updatedEpochMs } = incident;
    this.#save.run(id, state, startedEpochMs, updatedEpochMs, JSON.stringify(incident), shard);
    if (incident.isExpected) this.#saveExcluded(incident);
  }

  #saveExcluded(incident: Incident): void {
    const { finding } = incident;
    const finish = incident.state === 'resolved' ? (incident.resolvedEpochMs ?? null) : null;
    const labels = JSON.stringify(finding.labels);
    this.#exclude.run(incident.id, finding.rule, labels, incident.startedEpochMs, finish);
  }

  /** Ends an exclusion whose incident got worse than what somebody expected. */
  endExclusion(incidentId: string, epochMs: number): void {
    this.#database
      .prepare('UPDATE excluded SET finish = ? WHERE incident = ? AND finish IS NULL')
      .run(epochMs, incidentId);
  }

  /** Drops a pending incident that came to nothing. */
  forget(id: string): void {
    this.#forget.run(id);
  }

  /** Incidents of a shard that may still move: open ones, and those that ended after `resolvedSinceEpochMs`. */
  movable(shard: string, resolvedSinceEpochMs: number): Incident[] {
    const rows = this.#open.all(shard, resolvedSinceEpochMs);
    return rows.flatMap((row) => parseAs(row.body, isIncident) ?? []);
  }

  /** One incident with its shard; undefined when there is none. */
  find(id: string): { readonly incident: Incident; readonly shard: string } | undefined {
    const row = this.#database.prepare('SELECT body, shard FROM incident WHERE id = ?').get(id);
    const incident = parseAs(row?.body, isIncident);
    return incident && { incident, shard: String(row?.shard ?? '') };
  }

  /** Ids that begin with a text, at most 10: people shorten them. */
  idsLike(start: string): readonly string[] {
    return this.#database
      .prepare("SELECT id FROM incident WHERE substr(id, 1, ?) = ? AND state <> 'pending' LIMIT 10")
      .all(start.length, start)
      .map((row) => String(row.id));
  }

  /** Told incidents of all shards, open ones first, newest first. */
  list(limit: number): Incident[] {
    const rows = this.#database
      .prepare(
        "SELECT body FROM incident WHERE state <> 'pending' ORDER BY (state = 'resolved'), started DESC, id LIMIT ?",
      )
      .all(limit);
    return rows.flatMap((row) => parseAs(row.body, isIncident) ?? []);
  }

  /** What channels know of an incident, by channel. */
  toldOf(incidentId: string): ReadonlyMap<string, Told> {
    return new Map(
      this.#toldOf.all(incidentId).map((row) => [
        String(row.channel),
        {
          sequence: Number(row.sequence),
          severity: severityOf(row.severity),
          epochMs: Number(row.epoch),
          reminders: Number(row.reminders),
          isOver: Number(row.is_over) === 1,
        },
      ]),
    );
  }

  /** Notes what a channel will have been told once its outbox is empty. */
  saveTold(incidentId: string, channel: string, told: Told): void {
    const { sequence, severity, epochMs, reminders, isOver } = told;
    this.#saveTold.run(incidentId, channel, sequence, severity, epochMs, reminders, isOver ? 1 : 0);
  }

  /** Intervals that somebody marked as expected and that ended after `sinceEpochMs`, or last. */
  excluded(sinceEpochMs: number): readonly ExcludedInterval[] {
    const rows = this.#database
      .prepare(
        'SELECT * FROM excluded WHERE finish IS NULL OR finish >= ? ORDER BY start, incident',
      )
      .all(sinceEpochMs);
    return rows.flatMap((row) => {
      const labels = parseAs(row.labels, isLabels);
      if (labels === undefined) return [];
      const { finish } = row;
      return {
        rule: String(row.rule),
        labels,
        fromEpochMs: Number(row.start),
        ...(typeof finish === 'number' ? { toEpochMs: finish } : {}),
      };
    });
  }

  /** Forgets incidents that ended before an instant, with what was told of them. */
  prune(beforeEpochMs: number): void {
    this.#database
      .prepare("DELETE FROM incident WHERE state = 'resolved' AND updated < ?")
      .run(beforeEpochMs);
    for (const table of ['told', 'step', 'event']) {
      this.#database
        .prepare(`DELETE FROM ${table} WHERE incident NOT IN (SELECT id FROM incident)`)
        .run();
    }
    this.#database
      .prepare('DELETE FROM excluded WHERE finish < ?')
      .run(beforeEpochMs - EXCLUDED_KEPT_MS);
  }
}

function severityOf(value: unknown): Severity {
  return value === 'critical' || value === 'warning' ? value : 'info';
}

function isLabels(value: unknown): value is Finding['labels'] {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}
