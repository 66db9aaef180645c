import type { DuckDBConnection } from '@duckdb/node-api';
import { appendRows } from './append-rows.ts';
import type { Intake, IntakeState } from './intake-state.ts';
import { restoreIntake } from './restore-intake.ts';

/** Requests wait for their commit beyond the queue's bound; the sender should come again. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  override readonly message = 'too much is waiting to be written';
}

/** The one writer. Requests that arrive while a commit runs share the next one. */
export interface CommitQueue {
  /** Resolves when the rows are durable. Rejects with `OverloadedError`, or with what the engine said. */
  commit(intake: Intake): Promise<void>;
  /** Runs other writing between two commits. */
  exclusively(work: (connection: DuckDBConnection) => Promise<void>): Promise<void>;
  /** Refuses new work and resolves when all accepted work is durable. */
  close(): Promise<void>;
}

/** Calls and points that may wait; about 100 MB. */
const MAX_WAITING_ITEMS = 200_000;

interface Waiting {
  readonly intake: Intake;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

function sizeOf(intake: Intake): number {
  return intake.calls.length + intake.points.length;
}

/** Writes in one transaction per group. `committed` is called after each. */
export function createCommitQueue(
  connection: DuckDBConnection,
  restored: IntakeState,
  committed: () => void,
): CommitQueue {
  let state = restored;
  let waiting: Waiting[] = [];
  let waitingItems = 0;
  let isClosed = false;
  let needsRestore = false;
  let running: Promise<void> = Promise.resolve();
  let isScheduled = false;

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    if (needsRestore) {
      state = await restoreIntake(connection);
      needsRestore = false;
    }
    await connection.run('BEGIN');
    try {
      await appendRows(connection, state.apply(group.map((entry) => entry.intake)));
      await connection.run('COMMIT');
    } catch (error) {
      needsRestore = true;
      await connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };

  const drain = async (): Promise<void> => {
    isScheduled = false;
    const group = waiting;
    waiting = [];
    waitingItems = 0;
    try {
      await writeGroup(group);
    } catch (error) {
      for (const entry of group) entry.failed(error);
      return;
    }
    for (const entry of group) entry.done();
    committed();
  };

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    running = running.then(drain);
  };

  return {
    commit: (intake) =>
      new Promise((done, failed) => {
        if (isClosed || (waitingItems > 0 && waitingItems + sizeOf(intake) > MAX_WAITING_ITEMS)) {
          failed(new OverloadedError());
          return;
        }
        if (sizeOf(intake) === 0) {
          done();
          return;
        }
        waiting.push({ intake, done, failed });
        waitingItems += sizeOf(intake);
        schedule();
      }),
    exclusively: (work) => {
      const next = running.then(() => work(connection));
      running = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      isClosed = true;
      while (isScheduled) await running;
      await running;
    },
  };
}
