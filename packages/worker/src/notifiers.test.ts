import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import {
  describeNotifier,
  exampleNotice,
  type FarEnd,
  type NotifierUnderTest,
} from './notifier.test-kit.ts';
import { createStdoutNotifier } from './stdout-notifier.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function startReceiver(farEnd: FarEnd) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (farEnd.kind === 'hangs') return;
    if (farEnd.kind === 'drops') {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (farEnd.kind === 'redirects') response.writeHead(302, { location: '/elsewhere' }).end();
    if (farEnd.kind === 'answers') response.writeHead(farEnd.status, farEnd.headers).end('no');
    if (farEnd.kind !== 'accepts') return;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
    received.push({ headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook?token=hidden`,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function createWebhook(
  farEnd: FarEnd,
): Promise<NotifierUnderTest & { received: Received[] }> {
  const receiver = await startReceiver(farEnd);
  return {
    notifier: createWebhookNotifier({ url: receiver.url, secret: SECRET }),
    accepted: () => receiver.received.map(({ headers }) => headers['webhook-id'] ?? ''),
    secrets: [SECRET, SECRET.slice(6), 'hidden'],
    received: receiver.received,
    [Symbol.asyncDispose]: receiver.close,
  };
}

describeNotifier('webhook', createWebhook, [
  { farEnd: { kind: 'answers', status: 400 }, isRetryable: false },
  { farEnd: { kind: 'answers', status: 401 }, isRetryable: false },
  { farEnd: { kind: 'answers', status: 410 }, isRetryable: false },
  { farEnd: { kind: 'answers', status: 408 }, isRetryable: true },
  { farEnd: { kind: 'answers', status: 429 }, isRetryable: true },
  { farEnd: { kind: 'answers', status: 500 }, isRetryable: true },
  { farEnd: { kind: 'answers', status: 503 }, isRetryable: true },
  { farEnd: { kind: 'redirects' }, isRetryable: false },
  { farEnd: { kind: 'hangs' }, isRetryable: true },
  { farEnd: { kind: 'drops' }, isRetryable: true },
]);

describeNotifier(
  'stdout',
  (farEnd) => {
    const lines: string[] = [];
    const notifier = createStdoutNotifier({
      format: 'json',
      write: (text) => {
        if (farEnd.kind !== 'accepts') throw new Error('EPIPE with hidden words');
        lines.push(text);
      },
    });
    return Promise.resolve({
      notifier,
      accepted: () => lines.map((line) => String(JSON.parse(line).idempotencyKey)),
      secrets: ['hidden'],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
  [{ farEnd: { kind: 'drops' }, isRetryable: true }],
);

test('the signature is that of Standard Webhooks', async () => {
  await using one = await createWebhook({ kind: 'accepts' });
  await one.notifier.send(exampleNotice(), new AbortController().signal);
  const { headers = {}, body = '' } = one.received[0] ?? {};
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const mac = createHmac('sha256', 'a secret of twenty-four.').update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
    type: 'tokenmeter.alert.firing',
    data: exampleNotice(),
  });
});

test('a wish to wait is passed on', async () => {
  const headers = { 'retry-after': '7' };
  await using one = await createWebhook({ kind: 'answers', status: 429, headers });
  expect(await one.notifier.send(exampleNotice(), new AbortController().signal)).toEqual({
    outcome: 'failed',
    isRetryable: true,
    reason: 'receiver answered 429',
    retryAfterSeconds: 7,
  });
});

test.for([
  { note: 'a URL that is none', options: { url: 'not a url', secret: SECRET } },
  { note: 'a file', options: { url: 'file:///hidden', secret: SECRET } },
  { note: 'no secret', options: { url: 'http://localhost', secret: '' } },
])('$note is refused at once without being repeated', ({ options }) => {
  expect(() => createWebhookNotifier(options)).toThrow(/^expected (?!.*hidden)/);
});

test('control characters of names do not reach a terminal', async () => {
  const lines: string[] = [];
  const notifier = createStdoutNotifier({ write: (text) => lines.push(text) });
  const notice = { ...exampleNotice(), text: 'bad \u001b[31mname\u202e\nnext' };
  await notifier.send(notice, new AbortController().signal);
  expect(lines).toEqual(['\nbad [31mname\nnext\n']);
});
