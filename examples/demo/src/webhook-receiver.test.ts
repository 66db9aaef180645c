import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import type { Alert } from './alert.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const notice = {
  transition: 'firing',
  text: 'smart reply is ten times as busy as usual',
  finding: { rule: 'volume', labels: { feature: 'smart-reply' } },
};

async function deliver(receiver: WebhookReceiver, secret: string, value: unknown): Promise<number> {
  const body = JSON.stringify(value);
  const now = new Date();
  const response = await fetch(receiver.url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
    },
  });
  await response.text();
  return response.status;
}

test.for([
  { note: 'bare', body: notice },
  { note: 'as data of an event', body: { type: 'incident.firing', data: notice } },
])('a signed alert is taken $note', async ({ body }) => {
  const alerts: Alert[] = [];
  await using receiver = await startWebhookReceiver((alert) => alerts.push(alert));
  expect(await deliver(receiver, receiver.secret, body)).toBe(204);
  expect(alerts).toEqual([
    { rule: 'volume', feature: 'smart-reply', transition: 'firing', text: notice.text },
  ]);
  expect(receiver.refused()).toBe(0);
});

test.for([
  { note: 'signed by another secret', isOther: true, body: notice },
  { note: 'that is no alert', isOther: false, body: { hello: 'world' } },
])('a delivery $note is refused', async ({ isOther, body }) => {
  const alerts: Alert[] = [];
  await using receiver = await startWebhookReceiver((alert) => alerts.push(alert));
  await using other = await startWebhookReceiver(() => undefined);
  const { secret } = isOther ? other : receiver;
  expect([await deliver(receiver, secret, body), alerts, receiver.refused()]).toEqual([401, [], 1]);
});
