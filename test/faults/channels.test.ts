import { expect, test } from 'vitest';
import {
  createWebhookNotifier,
  type MetricSource,
  type Notifier,
  startWorker,
  type Worker,
} from '../../packages/worker/dist/index.js';
import { type Answer, type Receiver, startReceiver } from './receiver.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const TRANSITIONS = ['firing', 'escalated', 'resolved'];

/** A worker in virtual time whose source fails when told so. */
class Story implements AsyncDisposable {
  readonly clock: { epochMs: number; isSourceUp: boolean } = { epochMs: NOW, isSourceUp: true };
  readonly #worker: Worker;

  private constructor(worker: Worker, clock: Story['clock']) {
    this.#worker = worker;
    this.clock = clock;
  }

  static async start(notifiers: readonly Notifier[], routing: object = {}): Promise<Story> {
    const clock = { epochMs: NOW, isSourceUp: true };
    const source: MetricSource = {
      name: 'scripted',
      read: () =>
        Promise.resolve(
          clock.isSourceUp
            ? { ok: true, minutes: [], gaps: [], watermarkEpochMs: clock.epochMs }
            : { ok: false, isRetryable: true, reason: 'the store is away' },
        ),
    };
    const worker = await startWorker({
      source,
      notifiers,
      routing,
      rules: [],
      lookbackDays: 1,
      evaluationSeconds: 3600,
      clock: () => clock.epochMs,
    });
    await worker.evaluateNow();
    return new Story(worker, clock);
  }

  /** Passes one minute and delivers what is due. */
  async minute(isSourceUp: boolean): Promise<void> {
    this.clock.epochMs += MINUTE;
    this.clock.isSourceUp = isSourceUp;
    await this.#worker.evaluateNow();
    await this.#worker.flush();
  }

  /** The source is away from minute 2 to 40: told at 4 or 5, critical at 32, over at 55. */
  async whole(minutes = 90): Promise<void> {
    for (let minute = 1; minute <= minutes; minute += 1)
      await this.minute(minute < 2 || minute >= 40);
  }

  get worker(): Worker {
    return this.#worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.close();
  }
}

function kindsOf(keys: readonly string[]): string[] {
  return keys.map((key) => key.split(':').at(-1) ?? '');
}

function webhook(receiver: Receiver, name = 'webhook'): Notifier {
  return createWebhookNotifier({ name, url: receiver.url, secret: SECRET, timeoutSeconds: 0.3 });
}

const FAULTS: readonly { readonly note: string; readonly answer: Answer }[] = [
  {
    note: '429 with Retry-After',
    answer: { kind: 'status', status: 429, headers: { 'retry-after': '120' } },
  },
  { note: '429 without', answer: { kind: 'status', status: 429 } },
  { note: '500', answer: { kind: 'status', status: 500 } },
  { note: 'silence', answer: { kind: 'hang' } },
  { note: 'a reset', answer: { kind: 'reset' } },
];

test.for(FAULTS)(
  'a channel that answers with $note at first is told everything in order',
  { timeout: 240_000 },
  async ({ answer }) => {
    await using bad = await startReceiver(SECRET);
    await using good = await startReceiver(SECRET);
    bad.answer = (count) => (count % 3 === 0 ? { kind: 'accept' } : answer);
    await using story = await Story.start([webhook(bad, 'bad'), webhook(good, 'good')]);
    await story.whole();
    expect(kindsOf(bad.accepted)).toEqual(TRANSITIONS);
    expect(kindsOf(good.seen)).toEqual(TRANSITIONS);
  },
);

test('a receiver of another protocol than TLS is tried again, and another channel goes on', async () => {
  await using good = await startReceiver(SECRET);
  const url = good.url.replace('http:', 'https:');
  const wrong = createWebhookNotifier({ name: 'wrong', url, secret: SECRET, timeoutSeconds: 0.3 });
  await using story = await Story.start([wrong, webhook(good, 'good')]);
  await story.whole();
  expect(kindsOf(good.seen)).toEqual(TRANSITIONS);
  expect(story.worker.stats().notices).toEqual({ waiting: 3, delivered: 3, dead: 0 });
});

test('30 minutes without the channel lose nothing, and the end comes last', async () => {
  await using receiver = await startReceiver(SECRET);
  await using story = await Story.start([webhook(receiver)]);
  receiver.answer = () => {
    const minute = (story.clock.epochMs - NOW) / MINUTE;
    return minute >= 3 && minute < 33 ? { kind: 'status', status: 503 } : { kind: 'accept' };
  };
  await story.whole();
  expect(kindsOf(receiver.accepted)).toEqual(TRANSITIONS);
});

test('after a day of failures the fall-back channel is told', { timeout: 240_000 }, async () => {
  await using dead = await startReceiver(SECRET);
  await using good = await startReceiver(SECRET);
  dead.answer = () => ({ kind: 'status', status: 500 });
  const route = {
    name: 'all',
    match: {},
    channels: ['dead'],
    continues: false,
    groupBy: [],
    groupWaitMs: 0,
    groupIntervalMs: 0,
    quietHours: [],
    escalation: [],
  };
  const routing = { routes: [route], fallbackChannel: 'good' };
  await using story = await Story.start([webhook(dead, 'dead'), webhook(good, 'good')], routing);
  await story.whole();
  for (let hour = 0; hour < 30; hour += 1) {
    story.clock.epochMs += 59 * MINUTE;
    await story.minute(true);
  }
  expect(good.accepted.map((key) => key.split(':').slice(-2).join(' '))).toEqual(
    TRANSITIONS.map((kind) => `${kind} instead-of-dead`),
  );
  expect(story.worker.stats().notices).toMatchObject({ waiting: 0, dead: 3 });
});

test('escalation steps come at their minute, and stop with an acknowledgement', async () => {
  await using first = await startReceiver(SECRET);
  await using second = await startReceiver(SECRET);
  const route = {
    name: 'all',
    match: {},
    channels: ['first'],
    continues: false,
    groupBy: [],
    groupWaitMs: 0,
    groupIntervalMs: 0,
    quietHours: [],
    escalation: [
      { afterMs: 10 * MINUTE, channels: ['second'], note: 'Wake up.' },
      { afterMs: 20 * MINUTE, channels: ['second'] },
    ],
  };
  await using story = await Story.start([webhook(first, 'first'), webhook(second, 'second')], {
    routes: [route],
  });
  const at = new Map<number, number>();
  for (let minute = 1; minute <= 29; minute += 1) {
    await story.minute(minute < 2);
    at.set(minute, second.seen.length);
    const [open] = story.worker.incidents();
    if (minute === 20 && open !== undefined) {
      story.worker.desk.act(open.incidentId, {
        kind: 'acknowledge',
        epochMs: story.clock.epochMs,
        actor: 'ann',
      });
      await story.worker.flush();
    }
  }
  const fired = [...at.keys()].find((minute) => first.seen.length > 0 && minute >= 4) ?? 0;
  const step = [...at].find(([, count]) => count === 1)?.[0] ?? 0;
  expect(Math.abs(step - fired - 10)).toBeLessThanOrEqual(1);
  // The acknowledgement went to both; no second step came.
  expect(kindsOf(first.seen)).toEqual(['firing', 'acknowledged']);
  expect(second.seen.map((key) => key.split(':')[1]?.split('-')[0])).toEqual(['escalation', '2']);
});
