import { createSlackApiFake } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, HTTP_FAULTS } from '../notifier.test-kit.ts';
import type { DeliveryHandle, Notice, Notifier } from '../ports.ts';
import { createSlackBotNotifier } from './slack-bot-notifier.ts';

const TOKEN = 'xoxb-hidden-token';
const CHANNEL = 'C024BE91L';
const NEVER = new AbortController().signal;

async function createBot(farEnd: FarEnd, token = TOKEN) {
  const fake = createSlackApiFake({ token: TOKEN, channel: CHANNEL });
  const far = await startHttpFarEnd(farEnd, fake.answer);
  return {
    notifier: createSlackBotNotifier({
      token,
      channel: CHANNEL,
      apiUrl: `${far.origin}/api`,
      timeoutSeconds: 5,
    }),
    accepted: () => fake.messages.length,
    secrets: [TOKEN, 'hidden'],
    fake,
    [Symbol.asyncDispose]: far.close,
  };
}

const refusal = (error: string): FarEnd => ({
  kind: 'answers',
  status: 200,
  body: JSON.stringify({ ok: false, error }),
});

describeNotifier('Slack bot', createBot, [
  ...HTTP_FAULTS,
  { farEnd: { kind: 'trickles' }, outcome: 'retry' },
  { farEnd: refusal('invalid_auth'), outcome: 'refused' },
  { farEnd: refusal('channel_not_found'), outcome: 'refused' },
  { farEnd: refusal('ratelimited'), outcome: 'retry' },
  { farEnd: refusal('internal_error'), outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 200, body: '<html>hidden' }, outcome: 'retry' },
]);

/** Sends one notice after the other, each with the handle of the one before. */
async function tell(notifier: Notifier, notices: readonly Notice[]): Promise<readonly string[]> {
  const outcomes: string[] = [];
  let handle: DeliveryHandle | undefined;
  for (const notice of notices) {
    const delivery = await notifier.send(notice, NEVER, handle);
    outcomes.push(delivery.outcome);
    if (delivery.outcome === 'delivered') handle = delivery.handle ?? handle;
  }
  return outcomes;
}

test('an incident is one message that changes, with its transitions in the thread', async () => {
  await using one = await createBot({ kind: 'accepts' });
  const story = [
    noticeOf('volume'),
    noticeOf('volume', { transition: 'acknowledged', actor: 'ann' }),
    noticeOf('volume', { transition: 'resolved' }),
  ];
  expect(await tell(one.notifier, story)).toEqual(['delivered', 'delivered', 'delivered']);
  const [root, ...thread] = one.fake.postings();
  expect(root).toMatchObject({ threadTs: undefined, updates: 2 });
  expect(String(root?.message.text)).toMatch(/^✅ RESOLVED volume/);
  expect(thread.map(({ threadTs, updates }) => [threadTs, updates])).toEqual([
    [root?.ts, 0],
    [root?.ts, 0],
  ]);
  expect(JSON.stringify(thread[0]?.message.blocks)).toContain('Acknowledged by ann.');
});

test('what rises is said to the whole channel', async () => {
  await using one = await createBot({ kind: 'accepts' });
  await tell(one.notifier, [
    noticeOf('volume'),
    noticeOf('volume', { transition: 'escalated' }),
    noticeOf('volume', { transition: 'updated' }),
  ]);
  const replies = one.fake.postings().slice(1);
  expect(replies.map(({ message }) => message.reply_broadcast)).toEqual([true, undefined]);
});

test('a message that a person deleted is posted anew', async () => {
  await using one = await createBot({ kind: 'accepts' });
  const first = await one.notifier.send(noticeOf('volume'), NEVER);
  const handle = first.outcome === 'delivered' ? first.handle : undefined;
  one.fake.remove(handle?.ts ?? '');
  const next = await one.notifier.send(
    noticeOf('volume', { transition: 'resolved' }),
    NEVER,
    handle,
  );
  expect(next).toMatchObject({ outcome: 'delivered', handle: { channel: CHANNEL } });
  expect(next).not.toMatchObject({ handle });
  expect(one.fake.postings()).toHaveLength(1);
});

test('a wrong token is refused and not repeated', async () => {
  await using one = await createBot({ kind: 'accepts' }, 'xoxb-other');
  expect(await one.notifier.send(noticeOf('volume'), NEVER)).toEqual({
    outcome: 'refused',
    reason: 'Slack answered invalid_auth',
  });
});
