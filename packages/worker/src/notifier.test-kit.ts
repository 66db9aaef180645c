import { describe, expect, test } from 'vitest';
import type { Delivery, Notice, Notifier } from './ports.ts';

/** How the far end of a channel behaves in one case. */
export type FarEnd =
  | { readonly kind: 'accepts' }
  | { readonly kind: 'answers'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'redirects' }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'drops' };

/** A channel under test with its far end. */
export interface NotifierUnderTest extends AsyncDisposable {
  readonly notifier: Notifier;
  /** Idempotency keys of what arrived and was accepted. */
  readonly accepted: () => readonly string[];
  /** Text that must never show up in a reason. */
  readonly secrets: readonly string[];
}

export type CreateNotifier = (farEnd: FarEnd) => Promise<NotifierUnderTest>;

export function exampleNotice(key = 'inc-1:1:firing'): Notice {
  return {
    idempotencyKey: key,
    incidentId: 'inc-1',
    transition: 'firing',
    startedEpochMs: 1_790_000_000_000,
    title: 'CRITICAL volume: shop/chat, 10x the expected',
    text: 'CRITICAL volume: shop/chat, 10x the expected\nSince now.',
    finding: {
      rule: 'volume',
      severity: 'critical',
      labels: { service: 'shop', feature: 'chat' },
      epochMs: 1_790_000_000_000,
      quantity: 'calls',
      observed: 100,
      expected: { low: 5, mid: 10, high: 20, basis: 'usual for Friday 14:00, 4 weeks' },
      windowMinutes: 5,
      score: 8,
      usdPerHour: 10.8,
      sinceEpochMs: 1_790_000_000_000,
      decomposition: { volume: 10.8 },
      contributors: [],
      evidenceCalls: 100,
    },
  };
}

const NEVER = new AbortController().signal;

/** What every channel must do; `failures` lists the far ends that this kind of channel can meet. */
export function describeNotifier(
  name: string,
  create: CreateNotifier,
  failures: readonly { readonly farEnd: FarEnd; readonly isRetryable: boolean }[],
): void {
  describe(`${name} as a notifier`, () => {
    test('delivers, and repeats under the same key', async () => {
      await using one = await create({ kind: 'accepts' });
      const first = await one.notifier.send(exampleNotice(), NEVER);
      const second = await one.notifier.send(exampleNotice(), NEVER);
      expect([first, second]).toEqual([{ outcome: 'delivered' }, { outcome: 'delivered' }]);
      expect(one.accepted()).toEqual(['inc-1:1:firing', 'inc-1:1:firing']);
    });

    test('does not send once aborted, and may be tried again', async () => {
      await using one = await create({ kind: 'accepts' });
      const delivery = await one.notifier.send(exampleNotice(), AbortSignal.abort());
      expect(delivery).toMatchObject({ outcome: 'failed', isRetryable: true });
      expect(one.accepted()).toEqual([]);
    });

    test.for(failures)('fails without leaking: $farEnd', async ({ farEnd, isRetryable }) => {
      await using one = await create(farEnd);
      const delivery: Delivery = await one.notifier.send(exampleNotice(), AbortSignal.timeout(500));
      expect(delivery).toMatchObject({ outcome: 'failed', isRetryable });
      for (const secret of one.secrets) expect(JSON.stringify(delivery)).not.toContain(secret);
      expect(one.accepted()).toEqual([]);
    });
  });
}
