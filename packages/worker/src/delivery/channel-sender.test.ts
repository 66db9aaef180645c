import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../logger.ts';
import { exampleNotice } from '../notifier.test-kit.ts';
import type { Delivery, Notice, Notifier } from '../ports.ts';
import { StateStore } from '../state/state-store.ts';
import { backOffMs } from './back-off.ts';
import { ChannelSender, type SenderOptions } from './channel-sender.ts';

const SECOND = 1000;

/** A channel that answers from a list, then always delivers; keeps what it was asked to send. */
function createScripted(answers: Delivery[], name = 'scripted') {
  const asked: string[] = [];
  const handles: unknown[] = [];
  const notifier: Notifier = {
    name,
    send(notice, _signal, handle) {
      asked.push(notice.idempotencyKey);
      handles.push(handle);
      return Promise.resolve(answers.shift() ?? { outcome: 'delivered' });
    },
  };
  return { notifier, asked, handles };
}

function createBench(
  answers: Delivery[] = [],
  options: Partial<SenderOptions> = {},
  path = ':memory:',
) {
  const clock = { at: 1_790_000_000_000 };
  const store = new StateStore(path);
  const { notifier, asked, handles } = createScripted(answers);
  const sender = new ChannelSender({
    store,
    notifier,
    now: () => clock.at,
    logger: SILENT_LOGGER,
    random: () => 0.5,
    ...options,
  });
  const put = (...notices: Notice[]): void => {
    for (const one of notices) {
      store.outbox.put({
        channel: 'scripted',
        notice: one,
        dueEpochMs: clock.at,
        createdEpochMs: clock.at,
      });
    }
  };
  const passSeconds = async (seconds: number): Promise<void> => {
    clock.at += seconds * SECOND;
    await sender.wake();
  };
  return { clock, store, sender, asked, handles, put, passSeconds };
}

function notice(incidentId: string, sequence: number): Notice {
  return { ...exampleNotice(`${incidentId}:${sequence}`), incidentId };
}

const REFUSED: Delivery = { outcome: 'refused', reason: 'not like this' };
const GONE: Delivery = { outcome: 'disabled', reason: 'receiver is gone' };
const BUSY: Delivery = { outcome: 'retry', reason: 'busy' };

describe('channel sender', () => {
  test('a failure is tried again after the back-off, not before', async () => {
    const bench = createBench([BUSY, BUSY]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    await bench.passSeconds(1);
    expect(bench.asked).toEqual(['a:1']);
    await bench.passSeconds(1);
    await bench.passSeconds(5);
    expect(bench.asked).toEqual(['a:1', 'a:1', 'a:1']);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 0, delivered: 1, dead: 0 });
    await bench.sender.close(0);
  });

  test('a server that asks to wait is not asked earlier, by anyone', async () => {
    const bench = createBench([{ ...BUSY, afterMs: 60 * SECOND }]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    bench.put(notice('b', 1));
    await bench.passSeconds(59);
    expect(bench.asked).toEqual(['a:1']);
    await bench.passSeconds(1);
    expect(bench.asked).toEqual(['a:1', 'a:1', 'b:1']);
    await bench.sender.close(0);
  });

  test('notices of one incident stay in order, others pass by', async () => {
    const bench = createBench([BUSY]);
    bench.put(notice('a', 1), notice('a', 2), notice('b', 1));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'b:1']);
    await bench.passSeconds(3);
    expect(bench.asked).toEqual(['a:1', 'b:1', 'a:1', 'a:2']);
    await bench.sender.close(0);
  });

  test('a channel that fails again and again is tried by one notice at a time', async () => {
    const bench = createBench(Array.from<Delivery>({ length: 80 }).fill(BUSY));
    bench.put(...Array.from({ length: 100 }, (_, index) => notice(`i${index}`, 1)));
    await bench.sender.wake();
    const first = bench.asked.length;
    expect(first).toBeLessThanOrEqual(64);
    await bench.passSeconds(600);
    expect(bench.asked.length - first).toBe(1);
    for (let round = 0; round < 60; round += 1) await bench.passSeconds(600);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 0, delivered: 100, dead: 0 });
    await bench.sender.close(0);
  });

  test('a gap between messages is kept', async () => {
    const scripted = createScripted([]);
    const bench = createBench([], { notifier: { ...scripted.notifier, minGapMs: 1000 } });
    bench.put(notice('a', 1), notice('b', 1), notice('c', 1));
    await bench.sender.wake();
    expect(scripted.asked).toEqual(['a:1']);
    await bench.passSeconds(0.999);
    expect(scripted.asked).toEqual(['a:1']);
    await bench.passSeconds(0.001);
    expect(scripted.asked).toEqual(['a:1', 'b:1']);
    await bench.sender.close(0);
  });

  test('what goes out together is one message, the same after a failure', async () => {
    const keys: string[] = [];
    const answers = [BUSY];
    const { notifier } = createScripted([]);
    const bench = createBench([], {
      notifier: {
        ...notifier,
        sendDigest: (digest) => {
          keys.push(`${digest.idempotencyKey} ${digest.subject} ${digest.notices.length}`);
          return Promise.resolve(answers.shift() ?? { outcome: 'delivered' });
        },
      },
    });
    const entry = {
      channel: 'scripted',
      dueEpochMs: bench.clock.at,
      createdEpochMs: bench.clock.at,
    };
    const bundle = JSON.stringify(['chat', 'shop', null]);
    bench.store.outbox.put({ ...entry, notice: notice('a', 1), bundle });
    bench.store.outbox.put({ ...entry, notice: notice('b', 1), bundle });
    await bench.sender.wake();
    bench.store.outbox.put({ ...entry, notice: notice('c', 1), bundle });
    await bench.passSeconds(10);
    expect(keys).toEqual(['a:1+2 shop 2', 'a:1+2 shop 2']);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 0, delivered: 3, dead: 0 });
    await bench.sender.close(0);
  });

  test('the handle of a delivery comes with the next notice of the incident', async () => {
    const bench = createBench([{ outcome: 'delivered', handle: { ts: '17.5' } }]);
    const told = {
      sequence: 1,
      severity: 'critical',
      epochMs: 1,
      reminders: 0,
      isOver: false,
    } as const;
    bench.store.incidents.saveTold('a', 'scripted', told);
    bench.put(notice('a', 1), notice('a', 2), notice('b', 1));
    await bench.sender.wake();
    expect(bench.handles).toEqual([undefined, undefined, { ts: '17.5' }]);
    await bench.sender.close(0);
  });

  test('a final refusal is given up, told to the fall-back, and frees what waits behind it', async () => {
    const bench = createBench([REFUSED], { fallbackChannel: 'mail' });
    bench.put(notice('a', 1), notice('a', 2));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1', 'a:2']);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 1, delivered: 1, dead: 1 });
    const claim = {
      epochMs: bench.clock.at,
      leaseMs: 1,
      limit: 9,
      owner: 'me',
      takesDigests: false,
    };
    const [told] = bench.store.outbox.claim('mail', claim).flatMap(({ rows }) => rows);
    expect(told?.notice.text).toContain('Channel scripted could not be told: not like this.');
    await bench.sender.close(0);
  });

  test('a receiver that is gone is asked no more, and the fall-back hears everything', async () => {
    const bench = createBench([GONE], { fallbackChannel: 'mail' });
    bench.put(notice('a', 1), notice('a', 2));
    await bench.sender.wake();
    bench.put(notice('b', 1));
    await bench.passSeconds(1);
    expect(bench.asked).toEqual(['a:1']);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 3, delivered: 0, dead: 3 });
    await bench.sender.close(0);
  });

  test('after a day of failures it is given up', async () => {
    const bench = createBench([BUSY, BUSY]);
    bench.put(notice('a', 1));
    await bench.sender.wake();
    await bench.passSeconds(86_400);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 0, delivered: 0, dead: 1 });
    await bench.sender.close(0);
  });

  test('the same transition is queued once', async () => {
    const bench = createBench();
    bench.put(notice('a', 1), notice('a', 1));
    await bench.sender.wake();
    expect(bench.asked).toEqual(['a:1']);
    await bench.sender.close(0);
  });

  // A machine that is busy with something else may break a promise of time once.
  test('closing sends what is due and breaks off what hangs', { retry: 2 }, async () => {
    const hanging: Notifier = { name: 'scripted', send: () => new Promise(() => undefined) };
    const bench = createBench([], { notifier: hanging });
    bench.put(notice('a', 1));
    const started = performance.now();
    await bench.sender.close(200);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(bench.store.outbox.counts()).toEqual({ waiting: 1, delivered: 0, dead: 0 });
    expect(bench.store.outbox.nextDue('scripted')).toBe(bench.clock.at);
  });

  test('what was claimed by a process that died comes again after the lease', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-outbox-'));
    const path = join(folder, 'state.sqlite');
    const first = createBench([], {}, path);
    first.put(notice('a', 1));
    const claim = {
      epochMs: first.clock.at,
      leaseMs: 60 * SECOND,
      limit: 1,
      owner: 'dead',
      takesDigests: false,
    };
    expect(first.store.outbox.claim('scripted', claim)[0]?.rows[0]?.notice).toEqual(notice('a', 1));
    first.store[Symbol.dispose]();
    const second = createBench([], {}, path);
    await second.sender.wake();
    expect(second.asked).toEqual([]);
    await second.passSeconds(60);
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
  { attempts: 99, random: 0.5, want: 600_000 },
  { attempts: 1, random: 0.5, afterMs: 30_000, want: 30_000 },
  { attempts: 1, random: 0.5, afterMs: 1e12, want: 86_400_000 },
])('back-off after $attempts attempts is $want ms', ({ attempts, want, ...options }) => {
  expect(backOffMs(attempts, options)).toBe(want);
});
