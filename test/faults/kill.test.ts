import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Receiver, startReceiver } from './receiver.ts';
import { type ProcessOptions, startWorkerProcess, type WorkerProcess } from './worker-process.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
/** The source fails from minute 2 on: told at 5, critical at 32; back at 40, over at 56. */
const DOWN_FROM = 2;
const UP_FROM = 40;
const LAST = 60;
const TRANSITIONS = ['firing', 'escalated', 'resolved'];

interface Bench extends AsyncDisposable {
  readonly statePath: string;
  readonly receivers: readonly Receiver[];
  readonly options: Omit<ProcessOptions, 'nowEpochMs'>;
}

async function createBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-faults-'));
  const receivers = [await startReceiver(SECRET), await startReceiver(SECRET)];
  const statePath = join(folder, 'worker.sqlite');
  const channels = receivers.map(({ url }, index) => ({ name: `channel-${index}`, url }));
  return {
    statePath,
    receivers,
    options: { statePath, channels, secret: SECRET },
    async [Symbol.asyncDispose]() {
      for (const receiver of receivers) await receiver[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Passes the whole story; whoever dies is started again, without a fault, in the next minute. */
async function live(bench: Bench, fault: string): Promise<number> {
  let kills = 0;
  let worker: WorkerProcess = await startWorkerProcess({
    ...bench.options,
    fault,
    nowEpochMs: NOW,
  });
  for (let minute = 1; minute <= LAST; minute += 1) {
    const epochMs = NOW + minute * MINUTE;
    const isSourceUp = minute < DOWN_FROM || minute >= UP_FROM;
    const outcome = await worker.carryOut({ epochMs, isSourceUp });
    if (outcome.kind === 'done') continue;
    kills += 1;
    worker = await startWorkerProcess({ ...bench.options, nowEpochMs: epochMs, isSourceUp });
  }
  await worker[Symbol.asyncDispose]();
  return kills;
}

function transitionsOf(keys: readonly string[]): string[] {
  return keys.map((key) => key.split(':').at(-1) ?? '');
}

/** What became of each run: written for people to look at. */
const table: {
  readonly fault: string;
  readonly kills: number;
  readonly lost: number;
  readonly duplicates: number;
}[] = [];

afterAll(() => {
  const output = join(import.meta.dirname, '..', 'output');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'faults.json'), `${JSON.stringify(table, undefined, 2)}\n`);
});

const POINTS = ['judged', 'committed', 'claimed', 'sent', 'settled'];

test.for(POINTS.flatMap((point) => [1, 2, 3].map((count) => `${point}:${count}`)))(
  'killed at %s, nothing is lost and nothing comes more than twice',
  { timeout: 240_000 },
  async (fault) => {
    await using bench = await createBench();
    const kills = await live(bench, fault);
    const all = bench.receivers.flatMap(({ seen }) => [...new Set(seen)]);
    const came = bench.receivers.reduce((sum, { seen }) => sum + seen.length, 0);
    const lost = TRANSITIONS.length * bench.receivers.length - all.length;
    table.push({ fault, kills, lost, duplicates: came - all.length });
    expect(kills).toBe(1);
    for (const { seen } of bench.receivers) {
      const kinds = transitionsOf(seen);
      expect([...new Set(kinds)]).toEqual(TRANSITIONS);
      for (const kind of TRANSITIONS)
        expect(kinds.filter((one) => one === kind).length).toBeLessThanOrEqual(2);
      expect(new Set(seen).size).toBe(TRANSITIONS.length);
    }
  },
);

test('two workers on one shard tell everything once, and one takes over from the other', {
  timeout: 240_000,
}, async () => {
  await using bench = await createBench();
  const first = await startWorkerProcess({ ...bench.options, nowEpochMs: NOW });
  await using second = await startWorkerProcess({ ...bench.options, nowEpochMs: NOW });
  const roles: string[] = [];
  for (let minute = 1; minute <= LAST; minute += 1) {
    const order = {
      epochMs: NOW + minute * MINUTE,
      isSourceUp: minute < DOWN_FROM || minute >= UP_FROM,
    };
    if (minute === 20) await first.kill();
    const outcomes = await Promise.all([first.carryOut(order), second.carryOut(order)]);
    roles.push(
      outcomes.map((one) => (one.kind === 'done' && !one.isStandby ? 'judges' : '-')).join(' '),
    );
  }
  expect(roles.filter((role) => role === 'judges judges')).toEqual([]);
  expect(roles.at(-1)).toBe('- judges');
  for (const { seen } of bench.receivers) expect(transitionsOf(seen)).toEqual(TRANSITIONS);
});
