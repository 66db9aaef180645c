import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';
import { ChannelSender } from './channel-sender.ts';
import { SILENT_LOGGER } from './logger.ts';
import { exampleNotice } from './notifier.test-kit.ts';
import type { Delivery, Notice, Notifier } from './ports.ts';
import { StateStore } from './state-store.ts';

const SECOND = 1000;

/** A channel that answers from a list, then always delivers; keeps what it was asked to send. */
function createScripted(answers: Delivery[] = []) {
  const asked: string[] = [];
  const notifier: Notifier = {
    name: 'scripted',
    send(notice) {
      asked.push(notice.idempotencyKey);
      return Promise.resolve(answers.shift() ?? { outcome: 'delivered' });
    },
  };
  return { notifier, asked };
}

function createBench(answers: Delivery[] = [], path = ':memory:') {
  const clock = { at: 1_790_000_000_000 };
  const store = new StateStore(path);
  const { notifier, asked } = createScripted(answers);
  const sender = new ChannelSender({
    store,
    notifier,
    now: () => clock.at,
    logger: SILENT_LOGGER,
    random: () => 0.5,
  });
  const put = (...notices: Notice[]): void =>
    store.commit({ incidents: [], notices, channels: ['scripted'], epochMs: clock.at });
  return { clock, store, sender, asked, put };
}

function notice(incidentId: string, sequence: number): Notice {
  return { ...exampleNotice(`${incidentId}:${sequence}`), incidentId };
}

const REFUSED: Delivery = { outcome: 'refused', reason: 'gone' };
const BUSY: Delivery = { outcome: 'retry', reason: 'busy' };

describe('channel sender', () => {
  test('a failure is tried again after the back-off, not before', async () => {
    const bench = createBench([BUSY, BUSY]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    bench.clock.at += 1 * SECOND;
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1']);
    bench.clock.at += 1 * SECOND;
    await bench.sender.wake();
    bench.clock.at += 5 * SECOND;
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'a:1', 'a:1']);
    expect(bench.store.counts()).toEqual({ waiting: 0, delivered: 1, dead: 0 });
    await bench.sender.close(0);
  });

  test('a server that asks to wait is not asked earlier', async () => {
    const bench = createBench([{ ...BUSY, afterMs: 60_000 }]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    bench.clock.at += 59 * SECOND;
    await bench.sender.wake();
    expect(bench.asked).toHaveLength(1);
    bench.clock.at += 1 * SECOND;
    await bench.sender.wake();
    expect(bench.asked).toHaveLength(2);
    await bench.sender.close(0);
  });

  test('notices of one incident stay in order, others pass by', async () => {
    const bench = createBench([BUSY]);
    bench.put(notice('a', 1), notice('a', 2), notice('b', 1));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'b:1']);
    bench.clock.at += 3 * SECOND;
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'b:1', 'a:1', 'a:2']);
    await bench.sender.close(0);
  });

  test('a final refusal is given up and frees what waits behind it', async () => {
    const bench = createBench([REFUSED]);
    bench.put(notice('a', 1), notice('a', 2));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'a:2']);
    expect(bench.store.counts()).toEqual({ waiting: 0, delivered: 1, dead: 1 });
    await bench.sender.close(0);
  });

  test('after a day of failures it is given up', async () => {
    const bench = createBench([BUSY, BUSY]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    bench.clock.at += 86_400 * SECOND;
    await bench.sender.wake();
    expect(bench.store.counts()).toEqual({ waiting: 0, delivered: 0, dead: 1 });
    await bench.sender.close(0);
  });

  test('the same transition is queued once', async () => {
    const bench = createBench();
    bench.put(notice('a', 1));
    bench.put(notice('a', 1));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1']);
    await bench.sender.close(0);
  });

  test('what was claimed by a process that died comes again after the lease', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-outbox-'));
    const path = join(folder, 'state.sqlite');
    const first = createBench([], path);
    first.put(notice('a', 1));
    expect(first.store.claim('scripted', first.clock.at, 60 * SECOND)?.notice).toEqual(
      notice('a', 1),
    );
    first.store[Symbol.dispose]();
    const second = createBench([], path);
    await second.sender.wake();
    expect(second.asked).toEqual([]);
    second.clock.at += 60 * SECOND;
    await second.sender.wake();
    expect(second.asked).toEqual(['a:1']);
    await second.sender.close(0);
    second.store[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
});

test.for([
  { attempts: 1, random: 0.5, want: 2000 },
  { attempts: 1, random: 0, want: 1600 },
  { attempts: 2, random: 0.5, want: 5000 },
  { attempts: 99, random: 0.5, want: 3_600_000 },
  { attempts: 1, random: 0.5, afterMs: 30_000, want: 30_000 },
  { attempts: 1, random: 0.5, afterMs: 1e12, want: 86_400_000 },
])('back-off after $attempts attempts is $want ms', ({ attempts, want, ...options }) => {
  expect(backOffMs(attempts, options)).toBe(want);
});
