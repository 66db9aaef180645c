import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createNotice } from './channels/create-notice.ts';
import type { NoticeFacts } from './channels/describe-alert.ts';
import type { Delivery, Notice, Notifier } from './ports.ts';

/** How the far end of a channel behaves in one case. */
export type FarEnd =
  | { readonly kind: 'accepts' }
  | {
      readonly kind: 'answers';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'redirects' }
  /** Takes the request and never answers. */
  | { readonly kind: 'hangs' }
  /** Resets the connection. */
  | { readonly kind: 'drops' }
  /** Answers 200 and then a byte of the body now and then. */
  | { readonly kind: 'trickles' }
  /** Speaks something else than the TLS that is asked of it. */
  | { readonly kind: 'wrong-tls' }
  /** Shows a certificate that nobody vouches for. */
  | { readonly kind: 'untrusted' };

/** A channel under test with its far end. */
export interface NotifierUnderTest extends AsyncDisposable {
  readonly notifier: Notifier;
  /** How many messages the far end took as good. */
  readonly accepted: () => number;
  /** Text that must never show up in a reason. */
  readonly secrets: readonly string[];
}

export type CreateNotifier = (farEnd: FarEnd) => Promise<NotifierUnderTest>;

/** A far end and how the delivery must end. */
export interface FaultCase {
  readonly farEnd: FarEnd;
  readonly outcome: Delivery['outcome'];
  readonly afterMs?: number;
}

const STARTED = 1_790_000_000_000;

/** Facts of an incident of the rule `volume`, to be changed by tests. */
const EXAMPLE_FACTS: NoticeFacts = {
  idempotencyKey: 'inc-1:1:firing',
  incidentId: 'inc-1',
  transition: 'firing',
  severity: 'critical',
  epochMs: STARTED,
  startedEpochMs: STARTED,
  links: {},
  finding: {
    rule: 'volume',
    severity: 'critical',
    labels: { service: 'shop', feature: 'chat' },
    epochMs: STARTED,
    quantity: 'calls',
    observed: 100,
    expected: { low: 5, mid: 10, high: 20, basis: 'usual for Friday 14:00, 4 weeks' },
    windowMinutes: 5,
    score: 8,
    usdPerHour: 10.8,
    sinceEpochMs: STARTED,
    decomposition: { volume: 10.8 },
    contributors: [],
    evidenceCalls: 100,
  },
};

export function exampleNotice(key: string = EXAMPLE_FACTS.idempotencyKey): Notice {
  return createNotice({ ...EXAMPLE_FACTS, idempotencyKey: key }, { timeZone: 'UTC' });
}

/** One step of each kind, as an incident may take it after it fired. */
const STORY: readonly Partial<NoticeFacts>[] = [
  { transition: 'escalated', severity: 'critical' },
  { transition: 'updated', severity: 'warning' },
  { transition: 'reminded' },
  { transition: 'advised', note: 'Consider a rate limit.' },
  { transition: 'acknowledged', actor: 'ann@example.com' },
  { transition: 'silenced', actor: 'ann', silencedUntilEpochMs: STARTED + 3_600_000 },
  { transition: 'flapping' },
  { transition: 'resolved', resolvedEpochMs: STARTED + 2_100_000 },
  { transition: 'test' },
];

const NEVER = new AbortController().signal;
/** Faults that every channel over HTTP meets; `hangs` and `trickles` need a short time-out. */
export const HTTP_FAULTS: readonly FaultCase[] = [
  { farEnd: { kind: 'answers', status: 408 }, outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 429 }, outcome: 'retry' },
  {
    farEnd: { kind: 'answers', status: 429, headers: { 'retry-after': '7' } },
    outcome: 'retry',
    afterMs: 7000,
  },
  { farEnd: { kind: 'answers', status: 500 }, outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 503 }, outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 400, body: 'hidden words' }, outcome: 'refused' },
  { farEnd: { kind: 'answers', status: 401 }, outcome: 'refused' },
  { farEnd: { kind: 'redirects' }, outcome: 'refused' },
  { farEnd: { kind: 'hangs' }, outcome: 'retry' },
  { farEnd: { kind: 'drops' }, outcome: 'retry' },
  { farEnd: { kind: 'wrong-tls' }, outcome: 'retry' },
  { farEnd: { kind: 'untrusted' }, outcome: 'retry' },
];

/** The same for channels to which only the status of an answer counts: a body that never ends is not waited for. */
export const STATUS_FAULTS: readonly FaultCase[] = [
  ...HTTP_FAULTS,
  { farEnd: { kind: 'trickles' }, outcome: 'delivered' },
];

/** Where the outcomes of all faults are written, a file for each channel; git-ignored. */
const OUTPUT = join(import.meta.dirname, '../../../test/output/alerts/faults');

/** What every channel must do; `faults` lists the far ends that this kind of channel can meet. */
export function describeNotifier(
  name: string,
  create: CreateNotifier,
  faults: readonly FaultCase[],
): void {
  const outcomes: { fault: FarEnd; delivery: Delivery }[] = [];
  describe(`${name} as a notifier`, () => {
    afterAll(() => {
      mkdirSync(OUTPUT, { recursive: true });
      const file = join(OUTPUT, `${name.toLowerCase().replaceAll(/\W+/g, '-')}.json`);
      writeFileSync(file, `${JSON.stringify(outcomes, null, 2)}\n`);
    });

    test('delivers, and repeats', async () => {
      await using one = await create({ kind: 'accepts' });
      const first = await one.notifier.send(exampleNotice(), NEVER);
      const second = await one.notifier.send(exampleNotice(), NEVER);
      expect([first.outcome, second.outcome]).toEqual(['delivered', 'delivered']);
      expect(one.accepted()).toBe(2);
    });

    test.for(STORY)('takes the transition $transition', async (facts) => {
      await using one = await create({ kind: 'accepts' });
      const first = await one.notifier.send(exampleNotice(), NEVER);
      const handle = first.outcome === 'delivered' ? first.handle : undefined;
      const later = { epochMs: STARTED + 2_100_000, idempotencyKey: `inc-1:2:${facts.transition}` };
      const notice = createNotice(
        { ...EXAMPLE_FACTS, ...facts, ...later },
        { timeZone: 'Europe/Berlin' },
      );
      expect((await one.notifier.send(notice, NEVER, handle)).outcome).toBe('delivered');
    });

    test('does not send once aborted, and may be tried again', async () => {
      await using one = await create({ kind: 'accepts' });
      const delivery = await one.notifier.send(exampleNotice(), AbortSignal.abort());
      expect(delivery).toMatchObject({ outcome: 'retry' });
      expect(one.accepted()).toBe(0);
    });

    test.for(faults)('ends as $outcome without leaking: $farEnd', async (fault) => {
      await using one = await create(fault.farEnd);
      const delivery = await one.notifier.send(exampleNotice(), AbortSignal.timeout(700));
      outcomes.push({ fault: fault.farEnd, delivery });
      const { outcome, afterMs } = fault;
      expect(delivery).toMatchObject(afterMs === undefined ? { outcome } : { outcome, afterMs });
      for (const secret of one.secrets) expect(JSON.stringify(delivery)).not.toContain(secret);
      expect(one.accepted()).toBe(0);
    });
  });
}
