import { createAlertmanagerFake } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf, STARTED } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, STATUS_FAULTS } from '../notifier.test-kit.ts';
import { createAlertmanagerNotifier } from './alertmanager-notifier.ts';

const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;
const NOW = STARTED + 60 * MINUTE_MS;

async function createAlertmanager(farEnd: FarEnd) {
  const fake = createAlertmanagerFake();
  const far = await startHttpFarEnd(farEnd, fake.answer);
  return {
    notifier: createAlertmanagerNotifier({
      url: far.origin,
      bearerToken: 'hidden',
      labels: { cluster: 'eu' },
      now: () => NOW,
    }),
    accepted: () => fake.messages.length,
    secrets: ['hidden'],
    fake,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('Alertmanager', createAlertmanager, STATUS_FAULTS);

test('labels are the identity, and an alert is valid for five turns', async () => {
  await using one = await createAlertmanager({ kind: 'accepts' });
  await one.notifier.send(noticeOf('cost_per_request'), NEVER);
  expect(one.fake.messages[0]).toMatchObject([
    {
      labels: {
        alertname: 'TokenmeterCostPerRequest',
        rule: 'cost_per_request',
        severity: 'warning',
        service: 'shop',
        environment: 'production',
        feature: 'support-bot',
        cluster: 'eu',
      },
      annotations: {
        summary: 'WARNING cost per request: shop/support-bot (production), 1.7x the expected',
        runbook_url: 'https://spend.example.com/runbooks/cost-per-request',
        incident: 'inc-cost_per_request-1',
      },
      startsAt: '2026-10-09T12:46:00.000Z',
      endsAt: '2026-10-09T13:51:00.000Z',
      generatorURL: 'https://spend.example.com/?page=alerts#inc-cost_per_request-1',
    },
  ]);
});

test('a severity that changed ends the alert of the former one', async () => {
  await using one = await createAlertmanager({ kind: 'accepts' });
  await one.notifier.send(noticeOf('volume', { transition: 'escalated' }), NEVER);
  const alerts = one.fake.messages[0] ?? [];
  const ends = alerts.map(({ labels, endsAt }) => [
    Reflect.get(Object(labels), 'severity'),
    endsAt,
  ]);
  expect(ends).toEqual([
    ['critical', '2026-10-09T13:51:00.000Z'],
    ['info', '2026-10-09T13:46:00.000Z'],
    ['warning', '2026-10-09T13:46:00.000Z'],
  ]);
});

test('each turn says all open incidents again, also those that just ended', async () => {
  await using one = await createAlertmanager({ kind: 'accepts' });
  const resolvedEpochMs = NOW - MINUTE_MS;
  const open = [
    noticeOf('volume'),
    noticeOf('budget', { transition: 'resolved', resolvedEpochMs, epochMs: resolvedEpochMs }),
  ];
  const { refresh } = one.notifier;
  expect([refresh?.everyMs, refresh?.keepResolvedMs]).toEqual([MINUTE_MS, 15 * MINUTE_MS]);
  expect(await refresh?.send(open, NEVER)).toEqual({ outcome: 'delivered' });
  expect(await refresh?.send([], NEVER)).toEqual({ outcome: 'delivered' });
  expect(one.fake.messages.map((alerts) => alerts.map(({ endsAt }) => endsAt))).toEqual([
    ['2026-10-09T13:51:00.000Z', '2026-10-09T13:45:00.000Z'],
  ]);
});
