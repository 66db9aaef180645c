import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How a channel fares, for all workers on this state. */
export interface ChannelHealth {
  /** Nothing is sent before. */
  readonly pausedUntilEpochMs: number;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** Why nothing is sent until the worker starts again. */
  readonly disabled?: string;
}

/** Pauses, failures and times of bundles, by channel. */
export class ChannelTable {
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #readBundle: StatementSync;
  readonly #writeBundle: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('SELECT paused, failures, disabled FROM channel WHERE name = ?');
    this.#write = database.prepare(
      'INSERT OR REPLACE INTO channel (name, paused, failures, disabled) VALUES (?, ?, ?, ?)',
    );
    this.#readBundle = database.prepare('SELECT due FROM bundle WHERE channel = ? AND bundle = ?');
    this.#writeBundle = database.prepare(
      'INSERT OR REPLACE INTO bundle (channel, bundle, due) VALUES (?, ?, ?)',
    );
  }

  /** Health of a channel; good when nothing is known. */
  health(name: string): ChannelHealth {
    const row = this.#read.get(name);
    return {
      pausedUntilEpochMs: Number(row?.paused ?? 0),
      failures: Number(row?.failures ?? 0),
      ...(typeof row?.disabled === 'string' ? { disabled: row.disabled } : {}),
    };
  }

  /** Replaces the health of a channel. */
  saveHealth(name: string, health: ChannelHealth): void {
    const { pausedUntilEpochMs, failures, disabled } = health;
    this.#write.run(name, Math.round(pausedUntilEpochMs), failures, disabled ?? null);
  }

  /** When the last message about a bundle was, or will be, due; undefined before the first. */
  bundleDue(channel: string, bundle: string): number | undefined {
    const due = this.#readBundle.get(channel, bundle)?.due;
    return typeof due === 'number' ? due : undefined;
  }

  /** Notes when the next message about a bundle is due. */
  saveBundleDue(channel: string, bundle: string, dueEpochMs: number): void {
    this.#writeBundle.run(channel, bundle, Math.round(dueEpochMs));
  }
}
