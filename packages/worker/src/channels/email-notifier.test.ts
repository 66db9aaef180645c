import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { describeNotifier, type FarEnd } from '../notifier.test-kit.ts';
import type { DeliveryHandle } from '../ports.ts';
import { startSmtpFarEnd } from '../smtp-far-end.test-kit.ts';
import { createEmailNotifier, type EmailOptions } from './email-notifier.ts';

const NEVER = new AbortController().signal;
const SECURITY: Readonly<Record<string, EmailOptions['security']>> = {
  'wrong-tls': 'tls',
  untrusted: 'starttls',
};
const LOGIN = { user: 'tokenmeter', password: 'hidden' };

async function createEmail(farEnd: FarEnd, options: Partial<EmailOptions> = {}) {
  const far = await startSmtpFarEnd(farEnd, LOGIN);
  return {
    notifier: createEmailNotifier({
      host: '127.0.0.1',
      port: far.port,
      security: SECURITY[farEnd.kind] ?? 'none',
      ...LOGIN,
      from: 'Tokenmeter <alerts@example.com>',
      to: ['ann@example.com', 'Bob B. <bob@example.com>'],
      timeZone: 'Europe/Berlin',
      ...options,
    }),
    accepted: () => far.received.length,
    secrets: ['hidden'],
    far,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('e-mail', createEmail, [
  { farEnd: { kind: 'answers', status: 421 }, outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 451 }, outcome: 'retry' },
  { farEnd: { kind: 'answers', status: 550 }, outcome: 'refused' },
  { farEnd: { kind: 'hangs' }, outcome: 'retry' },
  { farEnd: { kind: 'drops' }, outcome: 'retry' },
  { farEnd: { kind: 'trickles' }, outcome: 'retry' },
  { farEnd: { kind: 'wrong-tls' }, outcome: 'retry' },
  { farEnd: { kind: 'untrusted' }, outcome: 'retry' },
]);

test('a wrong password is final and not repeated', async () => {
  await using one = await createEmail({ kind: 'accepts' }, { password: 'also hidden' });
  expect(await one.notifier.send(noticeOf('volume'), NEVER)).toEqual({
    outcome: 'refused',
    reason: 'mail server answered 535',
  });
});

test('a server without STARTTLS is sent nothing when that is asked for', async () => {
  await using one = await createEmail({ kind: 'accepts' }, { security: 'starttls' });
  expect(await one.notifier.send(noticeOf('volume'), NEVER)).toMatchObject({ outcome: 'refused' });
  expect(one.accepted()).toBe(0);
});

test('the mails of an incident are one thread, and a repetition has the same id', async () => {
  await using one = await createEmail({ kind: 'accepts' });
  const story = [
    noticeOf('volume', { severity: 'warning' }),
    noticeOf('volume', { severity: 'warning' }),
    noticeOf('volume', { transition: 'escalated', idempotencyKey: 'inc-volume-1:2:escalated' }),
    noticeOf('volume', { transition: 'resolved', idempotencyKey: 'inc-volume-1:3:resolved' }),
  ];
  let handle: DeliveryHandle | undefined;
  for (const [index, notice] of story.entries()) {
    const delivery = await one.notifier.send(notice, NEVER, index < 2 ? undefined : handle);
    if (delivery.outcome === 'delivered') handle = delivery.handle;
  }
  const mails = one.far.received.map(({ mail }) => mail);
  const [first, again, risen, ended] = mails.map(({ messageId }) => messageId);
  expect(again).toBe(first);
  expect(new Set([first, risen, ended]).size).toBe(3);
  expect(
    mails.map(({ subject, inReplyTo, references }) => ({ subject, inReplyTo, references })),
  ).toEqual([
    {
      subject: SUBJECT.replace('CRITICAL', 'WARNING'),
      inReplyTo: undefined,
      references: undefined,
    },
    {
      subject: SUBJECT.replace('CRITICAL', 'WARNING'),
      inReplyTo: undefined,
      references: undefined,
    },
    { subject: SUBJECT, inReplyTo: first, references: first },
    { subject: `Re: ${SUBJECT}`, inReplyTo: risen, references: `${first} ${risen}` },
  ]);
  expect(mails[3]?.text).toContain('RESOLVED volume');
});

const SUBJECT = 'CRITICAL volume: shop/support-bot (production), 3.1x the expected';

test('text and HTML say the same, and machines are told what it is', async () => {
  await using one = await createEmail({ kind: 'accepts' });
  await one.notifier.send(noticeOf('volume'), NEVER);
  const [{ mail, to } = { mail: undefined, to: [] }] = one.far.received;
  expect(to).toEqual(['ann@example.com', 'bob@example.com']);
  for (const text of [
    '3,120 calls in 60 min',
    '+$984.00/day',
    'runbooks/volume',
    '2026-10-09 12:46 UTC',
  ]) {
    expect(mail?.text).toContain(text);
    expect(mail?.html).toContain(text);
  }
  const headers = new Map(mail?.headers.map(({ key, value }) => [key, value]));
  expect(headers.get('list-id')).toBe('Tokenmeter alerts <alerts.tokenmeter.example.com>');
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect(headers.get('x-tokenmeter-incident')).toBe('inc-volume-1');
});

test('warnings of a day are one mail', async () => {
  await using one = await createEmail({ kind: 'accepts' });
  const notices = [noticeOf('cost_per_request'), noticeOf('slow_burn')];
  const range = { fromEpochMs: 0, toEpochMs: 1 };
  await one.notifier.sendDigest?.(
    { idempotencyKey: 'day-1', subject: 'warnings of 9 October', ...range, notices },
    NEVER,
  );
  const mail = one.far.received[0]?.mail;
  expect(mail?.subject).toBe('Tokenmeter: 2 alerts: warnings of 9 October');
  expect(mail?.text).toMatch(/cost per request[\s\S]*slow burn/);
  expect(mail?.html).toMatch(/Cost per request[\s\S]*Slow burn/);
});

test('no name can add a header or another reader', async () => {
  await using one = await createEmail({ kind: 'accepts' });
  const feature = 'chat\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>';
  const { finding } = noticeOf('volume');
  const labels = { service: 'shop', feature };
  const incidentId = 'inc\r\nX-Evil: 1';
  await one.notifier.send(
    noticeOf('volume', { incidentId, finding: { ...finding, labels } }),
    NEVER,
  );
  const [{ mail, to } = { mail: undefined, to: [] }] = one.far.received;
  expect(to).toEqual(['ann@example.com', 'bob@example.com']);
  const names = mail?.headers.map(({ key }) => key) ?? [];
  expect(names).not.toContain('bcc');
  expect(names).not.toContain('x-evil');
  expect(mail?.subject).toContain('chat Bcc: eve@evil.example <script>alert(1)</script>');
  expect(mail?.html).not.toContain('<script>');
});

test.for([
  { note: 'a sender without address', from: 'hidden' },
  { note: 'a sender of two lines', from: 'a@example.com\r\nBcc: hidden@example.com' },
])('$note is refused at once without being repeated', ({ from }) => {
  expect(() => createEmailNotifier({ host: 'localhost', from, to: ['a@example.com'] })).toThrow(
    /^expected (?!.*hidden)/,
  );
});
