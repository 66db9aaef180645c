import { createDiscordFake, createTeamsFake } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, STATUS_FAULTS } from '../notifier.test-kit.ts';
import { createDiscordNotifier, createTeamsNotifier } from './chat-notifier.ts';

const NEVER = new AbortController().signal;
const CHATS = [
  { note: 'Microsoft Teams', createFake: createTeamsFake, create: createTeamsNotifier },
  { note: 'Discord', createFake: createDiscordFake, create: createDiscordNotifier },
] as const;

async function createChat(chat: (typeof CHATS)[number], farEnd: FarEnd) {
  const fake = chat.createFake();
  const far = await startHttpFarEnd(farEnd, fake.answer);
  return {
    notifier: chat.create({ url: `${far.origin}/hidden/path?sig=hidden`, timeZone: 'Asia/Tokyo' }),
    accepted: () => fake.messages.length,
    secrets: ['hidden'],
    fake,
    [Symbol.asyncDispose]: far.close,
  };
}

for (const chat of CHATS) {
  describeNotifier(chat.note, (farEnd) => createChat(chat, farEnd), [
    ...STATUS_FAULTS,
    { farEnd: { kind: 'answers', status: 410 }, outcome: 'disabled' },
  ]);
}

test.for(CHATS)('$note takes sixty alerts as one message within its limits', async (chat) => {
  await using one = await createChat(chat, { kind: 'accepts' });
  const notices = Array.from({ length: 60 }, () => noticeOf('volume'));
  const range = { fromEpochMs: 0, toEpochMs: 1 };
  const digest = { idempotencyKey: 'digest-1', subject: 'service shop', ...range, notices };
  const delivery = await one.notifier.sendDigest?.(digest, NEVER);
  expect({ delivery, refusals: one.fake.refusals }).toEqual({
    delivery: { outcome: 'delivered' },
    refusals: [],
  });
  expect(JSON.stringify(one.fake.messages[0])).toMatch(/and \d+ more/);
});

test('Discord says by 404 that a webhook is no more', async () => {
  await using one = await createChat(CHATS[1], { kind: 'answers', status: 404 });
  expect(await one.notifier.send(noticeOf('volume'), NEVER)).toMatchObject({ outcome: 'disabled' });
});

test('times are those of the reader', async () => {
  await using one = await createChat(CHATS[0], { kind: 'accepts' });
  await one.notifier.send(noticeOf('volume'), NEVER);
  expect(JSON.stringify(one.fake.messages[0])).toContain(
    'Fri 09 Oct, 21:46 Asia/Tokyo (2026-10-09 12:46 UTC)',
  );
});
