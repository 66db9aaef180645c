import { createSlackWebhookFake } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, STATUS_FAULTS } from '../notifier.test-kit.ts';
import { createSlackWebhookNotifier } from './slack-notifier.ts';

const NEVER = new AbortController().signal;

async function createSlack(farEnd: FarEnd, mention?: string) {
  const fake = createSlackWebhookFake();
  const far = await startHttpFarEnd(farEnd, fake.answer);
  return {
    notifier: createSlackWebhookNotifier({
      url: `${far.origin}/services/T000/B000/hidden`,
      ...(mention === undefined ? {} : { mention }),
    }),
    accepted: () => fake.messages.length,
    secrets: ['hidden', 'T000'],
    fake,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('Slack incoming webhook', createSlack, [
  ...STATUS_FAULTS,
  { farEnd: { kind: 'answers', status: 404, body: 'no_service' }, outcome: 'disabled' },
  { farEnd: { kind: 'answers', status: 410, body: 'channel_is_archived' }, outcome: 'disabled' },
  { farEnd: { kind: 'answers', status: 403, body: 'action_prohibited' }, outcome: 'refused' },
]);

test('at most one message a second is asked for', async () => {
  await using one = await createSlack({ kind: 'accepts' });
  expect(one.notifier.minGapMs).toBe(1000);
});

test('sixty alerts are one message, and those that do not fit are counted', async () => {
  await using one = await createSlack({ kind: 'accepts' });
  const notices = Array.from({ length: 60 }, (_, index) =>
    noticeOf('volume', { idempotencyKey: `inc-${index}` }),
  );
  const range = { fromEpochMs: 0, toEpochMs: 1 };
  const digest = { idempotencyKey: 'digest-1', subject: 'service shop', ...range, notices };
  expect(await one.notifier.sendDigest?.(digest, NEVER)).toEqual({ outcome: 'delivered' });
  expect(one.fake.refusals).toEqual([]);
  expect(JSON.stringify(one.fake.messages[0])).toContain('and 12 more');
});

test.for([
  { note: 'a group when it begins', mention: 'S0123', change: {}, want: '<!subteam^S0123>' },
  {
    note: 'a person when nobody takes it',
    mention: 'U0123',
    change: { transition: 'advised' },
    want: '<@U0123>',
  },
  {
    note: 'everybody who is there',
    mention: 'here',
    change: { transition: 'escalated' },
    want: '<!here>',
  },
  {
    note: 'nobody at its end',
    mention: 'here',
    change: { transition: 'resolved' },
    want: undefined,
  },
  {
    note: 'nobody for a warning',
    mention: 'here',
    change: { severity: 'warning' },
    want: undefined,
  },
] as const)('calls $note', async ({ mention, change, want }) => {
  await using one = await createSlack({ kind: 'accepts' }, mention);
  await one.notifier.send(noticeOf('volume', change), NEVER);
  const called = JSON.stringify(one.fake.messages).match(/<[!@][^>]+>/g) ?? [];
  expect(called).toEqual(want === undefined ? [] : [want]);
});
