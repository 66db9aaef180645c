import type { DuckDBConnection } from '@duckdb/node-api';
import { appendRows } from './append-rows.ts';
import type { Intake, IntakeState, LedgerRows } from './intake-state.ts';
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
  exclusively(
    work: (connection: DuckDBConnection, state: IntakeState) => Promise<void>,
  ): Promise<void>;
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

/** What the writer needs. */
export interface CommitQueueOptions {
  /** The writer's own connection. */
  readonly connection: DuckDBConnection;
  readonly clock: () => number;
  /** Called after each commit. */
  readonly committed: (rows: LedgerRows) => void;
  /** Called with what the engine said each time that it could not write. */
  readonly failed: (error: unknown) => void;
}

/** Restores what must be remembered from the ledger and opens its writer: one transaction per group of requests. */
export async function openCommitQueue({
  connection,
  clock,
  committed,
  failed: told,
}: CommitQueueOptions): Promise<CommitQueue> {
  let state = await restoreIntake(connection, clock);
  let waiting: Waiting[] = [];
  let waitingItems = 0;
  let isClosed = false;
  let needsRestore = false;
  let running: Promise<void> = Promise.resolve();
  let isScheduled = false;

  const writeGroup = async (group: readonly Waiting[]): Promise<LedgerRows> => {
    if (needsRestore) {
      state = await restoreIntake(connection, clock);
      needsRestore = false;
    }
    await connection.run('BEGIN');
    try {
      const rows = state.apply(group.map((entry) => entry.intake));
      await appendRows(connection, rows);
      await connection.run('COMMIT');
      return rows;
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
      const rows = await writeGroup(group);
      for (const entry of group) entry.done();
      committed(rows);
    } catch (error) {
      told(error);
      for (const entry of group) entry.failed(error);
    }
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
      const next = running.then(async () => {
        if (isClosed) return;
        try {
          await work(connection, state);
        } catch (error) {
          needsRestore = true;
          throw error;
        }
      });
      running = next.catch(told);
      return next;
    },
    close: async () => {
      isClosed = true;
      while (isScheduled) await running;
      await running;
    },
  };
}
