import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, STATUS_FAULTS } from '../notifier.test-kit.ts';
import { createHttpNotifier } from './http-notifier.ts';

const NEVER = new AbortController().signal;
const BODY = {
  summary: '{{status}}: {{ title }}',
  usd: '{{finding.usdPerHour}}',
  labels: '{{finding.labels}}',
  observed: '{{facts.Observed}}',
  list: ['{{links.runbook}}', 7, null, true],
  missing: '{{nothing.here}}',
  partly: '[{{nothing}}]',
};

async function createHttp(farEnd: FarEnd) {
  const far = await startHttpFarEnd(farEnd, ({ body }) => {
    JSON.parse(body);
    return { status: 200 };
  });
  const headers = { authorization: 'Bearer hidden' };
  return {
    notifier: createHttpNotifier({ url: `${far.origin}/in?key=hidden`, body: BODY, headers }),
    accepted: () => far.received.length,
    secrets: ['hidden'],
    far,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('JSON by template', createHttp, [
  ...STATUS_FAULTS,
  { farEnd: { kind: 'answers', status: 410 }, outcome: 'disabled' },
]);

test('values are placed with their type, and nothing in them changes the shape', async () => {
  await using one = await createHttp({ kind: 'accepts' });
  const finding = { ...noticeOf('volume').finding, labels: { service: '","x":"{{title}}' } };
  await one.notifier.send(noticeOf('volume', { finding }), NEVER);
  const { headers = {}, body = '' } = one.far.received[0] ?? {};
  expect(headers).toMatchObject({
    authorization: 'Bearer hidden',
    'idempotency-key': 'inc-volume-1:1:firing',
  });
  expect(JSON.parse(body)).toEqual({
    summary: 'CRITICAL: CRITICAL volume: ","x":"{{title}}, 3.1x the expected',
    usd: 41,
    labels: { service: '","x":"{{title}}' },
    observed: '3,120 calls in 60 min',
    list: ['https://spend.example.com/runbooks/volume', 7, null, true],
    missing: null,
    partly: '[]',
  });
});
