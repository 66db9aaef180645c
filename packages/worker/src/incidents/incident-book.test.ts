import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@tokenmeter/anomaly';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../desk/open-desk.ts';
import { signLink, verifyLink } from '../desk/signed-link.ts';
import { exampleNotice } from '../notifier.test-kit.ts';
import { completeRouting, type WorkerRouting } from '../routing/default-routing.ts';
import { StateStore } from '../state/state-store.ts';
import { createDescriber } from './describe-notice.ts';
import { IncidentBook } from './incident-book.ts';
import { NoticeQueue } from './notice-queue.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);
const CHAT = { service: 'shop', feature: 'chat' };

function found(part: Partial<Finding> = {}): Finding {
  return { ...exampleNotice().finding, labels: CHAT, score: 9, ...part };
}

function openBench(routing: WorkerRouting = {}, actions: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-book-'));
  const path = join(folder, 'worker.sqlite');
  const store = new StateStore(path);
  const queue = new NoticeQueue({
    store,
    describe: createDescriber({ timeZone: 'UTC' }),
    timeZone: 'UTC',
  });
  const book = new IncidentBook({
    store,
    queue,
    shard: '',
    routing: completeRouting(routing, ['chat'], actions),
  });
  let minute = 0;
  return {
    path,
    store,
    book,
    /** One evaluation a minute later. */
    evaluate(findings: readonly Finding[], isAllowed = true) {
      minute += 1;
      const epochMs = NOW + minute * MINUTE;
      const judgement = { epochMs, findings, unknownRules: new Set<string>() };
      return book.evaluate(judgement, { nowEpochMs: epochMs, isAllowed: () => isAllowed });
    },
    now: () => NOW + minute * MINUTE,
    /** Channel and kind of everything that was put into the outbox, oldest first. */
    told(): string[] {
      return store.incidents
        .list(10)
        .flatMap(({ id }) => store.outbox.deliveriesOf(id))
        .map(({ channel, idempotencyKey }) => `${channel} ${idempotencyKey.split(':').at(-1)}`);
    },
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

describe('incident book', () => {
  test('what another process commands is seen, not overwritten', () => {
    using bench = openBench();
    bench.evaluate([found()]);
    const [incident] = bench.store.incidents.list(1);
    const other = openDesk(bench.path, { timeZone: 'UTC' });
    const by = { epochMs: bench.now(), actor: 'ann' };
    expect(other.desk.act(incident?.id ?? '', { kind: 'acknowledge', ...by })).toMatchObject({
      ok: true,
      isNews: true,
    });
    other[Symbol.dispose]();
    bench.evaluate([found()]);
    expect(bench.store.incidents.list(1)[0]).toMatchObject({ state: 'acknowledged', actor: 'ann' });
    expect(bench.told()).toEqual(['chat firing', 'chat acknowledged']);
  });

  test('without the lease nothing is changed', () => {
    using bench = openBench();
    expect(bench.evaluate([found()], false)).toBeUndefined();
    expect(bench.store.incidents.list(1)).toEqual([]);
  });

  test('an id may be shortened as long as it is one', () => {
    using bench = openBench();
    bench.evaluate([found(), found({ labels: { service: 'bank', feature: 'x' } })]);
    using open = openDesk(bench.path, { timeZone: 'UTC' });
    const ids = open.desk.list().map(({ incidentId }) => incidentId);
    expect(open.desk.show((ids[0] ?? '').slice(0, 12))?.incidentId).toBe(ids[0]);
    const by = { kind: 'acknowledge', epochMs: NOW, actor: 'ann' } as const;
    expect(open.desk.act('inc-', by)).toMatchObject({ ok: false, kind: 'ambiguous' });
    expect(open.desk.act('nothing', by)).toMatchObject({ ok: false, kind: 'unknown' });
  });

  test('a mute that is set while it runs holds back, and its end lets go', () => {
    using bench = openBench();
    bench.store.journal.addMute({
      match: { service: ['shop'] },
      fromEpochMs: NOW,
      untilEpochMs: NOW + 3 * MINUTE,
    });
    bench.evaluate([found()]);
    bench.evaluate([found()]);
    expect(bench.told()).toEqual([]);
    bench.evaluate([found()]);
    expect(bench.told()).toEqual(['chat firing']);
  });

  test('what is expected is an interval that baselines can leave out, until it gets worse', () => {
    using bench = openBench();
    bench.evaluate([found({ severity: 'warning' })]);
    const [incident] = bench.store.incidents.list(1);
    bench.book.command(incident?.id ?? '', {
      kind: 'expected',
      epochMs: bench.now(),
      actor: 'ann',
    });
    const excluded = { rule: 'volume', labels: CHAT, fromEpochMs: incident?.startedEpochMs };
    expect(bench.store.incidents.excluded(NOW)).toEqual([excluded]);
    bench.evaluate([found({ severity: 'critical' })]);
    expect(bench.store.incidents.excluded(NOW)).toEqual([
      { ...excluded, toEpochMs: NOW + 2 * MINUTE },
    ]);
    expect(bench.told()).toEqual(['chat firing', 'chat silenced', 'chat escalated']);
  });

  test('advice is given once, calls its action once, and is recorded', () => {
    using bench = openBench({}, { cost_per_request: 'action:roll-back' });
    const dear = found({ rule: 'cost_per_request' });
    for (let minute = 0; minute < 40; minute += 1) bench.evaluate([dear]);
    expect(bench.told()).toEqual([
      'chat firing',
      'chat advice-cost_per_request',
      'action:roll-back advice-cost_per_request',
    ]);
    const [incident] = bench.store.incidents.list(1);
    const events = bench.store.journal.eventsOf(incident?.id ?? '');
    expect(events.map(({ kind }) => kind)).toEqual(['firing', 'advice', 'action']);
    const advice = events.find(({ kind }) => kind === 'advice');
    // It fired in minute 1.
    expect(advice).toMatchObject({ epochMs: NOW + 16 * MINUTE });
  });

  test('a named cause stops the advice to roll back', () => {
    using bench = openBench({}, { cost_per_request: 'action:roll-back' });
    const dear = found({ rule: 'cost_per_request' });
    bench.evaluate([dear]);
    const [incident] = bench.store.incidents.list(1);
    bench.book.command(incident?.id ?? '', {
      kind: 'acknowledge',
      epochMs: bench.now(),
      actor: 'ann',
      cause: 'new prompt',
    });
    for (let minute = 0; minute < 40; minute += 1) bench.evaluate([dear]);
    expect(bench.told()).toEqual(['chat firing', 'chat acknowledged']);
  });

  test.for([
    {
      note: 'volume that grows',
      finding: (minute: number) => found({ observed: 100 + 2 * minute }),
      want: 12,
    },
    {
      note: 'volume that fills its window',
      finding: (minute: number) => found({ observed: 20 * Math.min(5, minute) }),
      want: undefined,
    },
    { note: 'volume that stays', finding: () => found({ observed: 100 }), want: undefined },
    {
      note: 'a hit rate below half',
      finding: () => found({ rule: 'cache_hit_rate', observed: 0.45 }),
      want: 61,
    },
    {
      note: 'a hit rate above half',
      finding: () => found({ rule: 'cache_hit_rate', observed: 0.55 }),
      want: undefined,
    },
  ])('$note is advised on in minute $want', ({ finding, want }) => {
    using bench = openBench();
    for (let minute = 1; minute <= 70; minute += 1) bench.evaluate([finding(minute)]);
    const [incident] = bench.store.incidents.list(1);
    const advice = bench.store.journal
      .eventsOf(incident?.id ?? '')
      .find(({ kind }) => kind === 'advice');
    expect(advice?.epochMs).toBe(want === undefined ? undefined : NOW + want * MINUTE);
  });
});

describe('signed links', () => {
  const claim = {
    action: 'acknowledge',
    incidentId: 'inc-1.a/b',
    expiresEpochMs: NOW + 1000,
  } as const;
  const token = signLink(claim, 'key');
  test('say what they said', () => {
    expect(verifyLink(token, 'key', NOW)).toEqual(claim);
  });
  test.for([
    { note: 'another key', text: token, key: 'other', at: NOW },
    { note: 'too late', text: token, key: 'key', at: NOW + 1000 },
    { note: 'another action', text: token.replace('acknowledge', 'expected'), key: 'key', at: NOW },
    { note: 'cut short', text: token.slice(0, -1), key: 'key', at: NOW },
    { note: 'nothing', text: '', key: 'key', at: NOW },
  ])('are refused: $note', ({ text, key, at }) => {
    expect(verifyLink(text, key, at)).toBeUndefined();
  });
});
