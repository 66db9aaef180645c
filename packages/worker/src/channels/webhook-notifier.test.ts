import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { type HttpFarEnd, startHttpFarEnd } from '../http-far-end.test-kit.ts';
import {
  describeNotifier,
  exampleNotice,
  type FarEnd,
  type NotifierUnderTest,
  STATUS_FAULTS,
} from '../notifier.test-kit.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

const secretOf = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`;
const SECRET = secretOf('a secret of twenty-four.');
const NEW_SECRET = secretOf('the secret that comes now.');
const NEVER = new AbortController().signal;

async function createWebhook(farEnd: FarEnd): Promise<NotifierUnderTest & { far: HttpFarEnd }> {
  const far = await startHttpFarEnd(farEnd, ({ body, headers }) => {
    new Webhook(SECRET).verify(body, { ...headers });
    return { status: 204 };
  });
  return {
    notifier: createWebhookNotifier({ url: `${far.origin}/hook?token=hidden`, secret: SECRET }),
    accepted: () => far.received.length,
    secrets: [SECRET, SECRET.slice(6), 'hidden'],
    far,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('webhook', createWebhook, [
  ...STATUS_FAULTS,
  { farEnd: { kind: 'answers', status: 410 }, outcome: 'disabled' },
]);

test('the signature is that of Standard Webhooks, and the id is the idempotency key', async () => {
  await using one = await createWebhook({ kind: 'accepts' });
  await one.notifier.send(exampleNotice(), NEVER);
  const { headers = {}, body = '' } = one.far.received[0] ?? {};
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const mac = createHmac('sha256', 'a secret of twenty-four.').update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  expect(headers['webhook-id']).toBe('inc-1:1:firing');
  expect(new Webhook(SECRET).verify(body, { ...headers })).toEqual({
    type: 'tokenmeter.alert.firing',
    timestamp: new Date(exampleNotice().epochMs).toISOString(),
    data: exampleNotice(),
  });
});

test('while a secret is replaced, receivers with either accept', async () => {
  await using far = await acceptAll();
  const notifier = createWebhookNotifier({ url: far.url, secret: [NEW_SECRET, SECRET] });
  await notifier.send(exampleNotice(), NEVER);
  const { headers = {}, body = '' } = far.received[0] ?? {};
  for (const secret of [SECRET, NEW_SECRET]) {
    expect(() => new Webhook(secret).verify(body, { ...headers })).not.toThrow();
  }
  expect(() =>
    new Webhook(secretOf('some other secret, longer')).verify(body, { ...headers }),
  ).toThrow();
});

test('an answer that trickles is delivered: only its status counts', async () => {
  await using one = await createWebhook({ kind: 'trickles' });
  expect(await one.notifier.send(exampleNotice(), NEVER)).toEqual({ outcome: 'delivered' });
});

test.for([
  'http://127.0.0.1:9/hook?hidden',
  'http://localhost:9/hook?hidden',
  'http://[::1]:9/hook?hidden',
  'http://[::ffff:10.0.0.1]/hook?hidden',
  'http://169.254.169.254/hook?hidden',
  'https://192.168.1.1/hook?hidden',
  'http://0x7f000001/hook?hidden',
])('%s is refused where private addresses are not allowed', async (url) => {
  const notifier = createWebhookNotifier({ url, secret: SECRET, isPrivateAllowed: false });
  expect(await notifier.send(exampleNotice(), AbortSignal.timeout(5000))).toEqual({
    outcome: 'refused',
    reason: 'the address is private and private ones are not allowed',
  });
});

test.for([
  { note: 'a URL that is none', options: { url: 'not a url', secret: SECRET } },
  { note: 'a file', options: { url: 'file:///hidden', secret: SECRET } },
  { note: 'no secret', options: { url: 'http://localhost', secret: '' } },
  { note: 'an empty list of secrets', options: { url: 'http://localhost', secret: [] } },
])('$note is refused at once without being repeated', ({ options }) => {
  expect(() => createWebhookNotifier(options)).toThrow(/^expected (?!.*hidden)/);
});

async function acceptAll() {
  const far = await startHttpFarEnd({ kind: 'accepts' }, () => ({ status: 200 }));
  return { url: far.origin, received: far.received, [Symbol.asyncDispose]: far.close };
}
