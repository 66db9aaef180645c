import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { MetricSource } from './ports.ts';
import { startWorker } from './start-worker.ts';

const NOW = Date.UTC(2026, 9, 9, 14);
const SOURCE: MetricSource = {
  name: 'none',
  read: () => Promise.resolve({ ok: false, isRetryable: true, reason: 'away' }),
};

test('a state that cannot be written is said once, however long that lasts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-worker-'));
  try {
    const statePath = join(folder, 'worker.sqlite');
    const said: string[] = [];
    const events = new EventEmitter();
    const asked = once(events, 'asked');
    let ticks = 0;
    await using worker = await startWorker({
      source: SOURCE,
      notifiers: [],
      statePath,
      evaluationSeconds: 3600,
      // Each tick asks for the time before it takes its lease.
      clock() {
        if (said.length > 0) ticks += 1;
        if (ticks === 3) events.emit('asked');
        return NOW;
      },
      logger: {
        warn(text) {
          if (!text.startsWith('worker state')) return;
          said.push(text);
        },
      },
    });
    await worker.evaluateNow();
    new DatabaseSync(statePath).exec('DROP TABLE lease');
    await asked;
    expect(said).toEqual(['worker state: no such table: lease']);
    new DatabaseSync(statePath).exec(
      'CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL)',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
