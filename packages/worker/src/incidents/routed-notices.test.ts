import { describe, expect, test } from 'vitest';
import { exampleNotice } from '../notifier.test-kit.ts';
import { completeRouting } from '../routing/default-routing.ts';
import { route } from '../routing/routing.test-kit.ts';
import { StateStore } from '../state/state-store.ts';
import { createDescriber } from './describe-notice.ts';
import { IncidentBook } from './incident-book.ts';
import { NoticeQueue } from './notice-queue.ts';

const MINUTE = 60_000;
/** Friday, 14:00. */
const NOW = Date.UTC(2026, 9, 9, 14);

/** A book whose warnings are told in one message per service, and wait by day. */
function openBench(quietHours: Parameters<typeof route>[0] = {}) {
  const store = new StateStore(':memory:');
  const describe = createDescriber({ timeZone: 'UTC' });
  const queue = new NoticeQueue({ store, describe, timeZone: 'UTC' });
  const routing = completeRouting(
    { routes: [route({ groupWaitMs: 0, ...quietHours })] },
    ['chat'],
    {},
  );
  const book = new IncidentBook({ store, queue, routing, shard: '' });
  return {
    evaluate(minute: number, features: Readonly<Record<string, 'warning' | 'critical'>>): void {
      const epochMs = NOW + minute * MINUTE;
      const findings = Object.entries(features).map(([feature, severity]) => ({
        ...exampleNotice().finding,
        labels: { service: 'shop', feature },
        severity,
        score: 9,
      }));
      const judgement = { epochMs, findings, unknownRules: new Set<string>() };
      book.evaluate(judgement, { nowEpochMs: epochMs, isAllowed: () => true });
    },
    /** What goes out in one minute: one text for each message. */
    messages(minute: number): string[] {
      const epochMs = NOW + minute * MINUTE;
      const claim = { epochMs, leaseMs: 1, limit: 50, owner: 'me', takesDigests: true };
      const batches = store.outbox.claim('chat', claim);
      for (const { rows } of batches) {
        for (const { id } of rows)
          store.outbox.settle({ id, owner: 'me', epochMs }, { state: 'delivered' });
      }
      return batches.map(({ rows }) =>
        rows
          .map(({ notice }) => `${notice.finding.labels.feature} ${notice.transition}`)
          .join(' + '),
      );
    },
  };
}

const ALL_DAY = {
  quietHours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 720, toMinute: 1080, timeZone: 'UTC' }],
};

describe('routed notices', () => {
  test('what begins together is one message, and later ones wait for the interval', () => {
    const bench = openBench();
    bench.evaluate(1, { a: 'warning', b: 'warning' });
    expect(bench.messages(1)).toEqual(['a firing + b firing']);
    bench.evaluate(2, { a: 'warning', b: 'warning', c: 'warning' });
    bench.evaluate(3, { a: 'warning', b: 'warning', c: 'warning', d: 'warning' });
    expect(bench.messages(5)).toEqual([]);
    expect(bench.messages(6)).toEqual(['c firing + d firing']);
  });

  test('a critical one does not wait for its group', () => {
    const bench = openBench();
    bench.evaluate(1, { a: 'warning' });
    bench.messages(1);
    bench.evaluate(2, { a: 'warning', b: 'warning', c: 'critical' });
    expect(bench.messages(2)).toEqual(['c firing']);
    expect(bench.messages(6)).toEqual(['b firing']);
  });

  test('a warning waits in quiet hours; when it gets worse both are told, in order', () => {
    const bench = openBench(ALL_DAY);
    bench.evaluate(1, { a: 'warning', b: 'warning' });
    expect(bench.messages(1)).toEqual([]);
    bench.evaluate(2, { a: 'critical', b: 'warning' });
    expect(bench.messages(2)).toEqual(['a firing']);
    expect(bench.messages(2)).toEqual(['a escalated']);
    // 18:00.
    expect(bench.messages(239)).toEqual([]);
    expect(bench.messages(240)).toEqual(['b firing']);
  });
});
