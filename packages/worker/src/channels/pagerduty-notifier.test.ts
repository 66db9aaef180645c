import { createPagerDutyFake } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { describeNotifier, type FarEnd, STATUS_FAULTS } from '../notifier.test-kit.ts';
import { createPagerDutyNotifier } from './pagerduty-notifier.ts';

const KEY = 'hidden7890123456789012345678901a';
const NEVER = new AbortController().signal;

async function createPagerDuty(farEnd: FarEnd) {
  const fake = createPagerDutyFake(KEY);
  const far = await startHttpFarEnd(farEnd, fake.answer);
  return {
    notifier: createPagerDutyNotifier({ routingKey: KEY, apiUrl: far.origin }),
    accepted: () => fake.messages.length,
    secrets: [KEY, 'hidden'],
    fake,
    [Symbol.asyncDispose]: far.close,
  };
}

describeNotifier('PagerDuty', createPagerDuty, [
  ...STATUS_FAULTS,
  { farEnd: { kind: 'answers', status: 429 }, outcome: 'retry', afterMs: 60_000 },
]);

test('an incident is one alert: triggered, acknowledged, resolved, opened again', async () => {
  await using one = await createPagerDuty({ kind: 'accepts' });
  const states: unknown[] = [];
  for (const transition of ['firing', 'acknowledged', 'escalated', 'resolved', 'firing'] as const) {
    await one.notifier.send(noticeOf('volume', { transition }), NEVER);
    states.push([...one.fake.alerts]);
  }
  expect(states).toEqual([
    [['inc-volume-1', 'triggered']],
    [['inc-volume-1', 'acknowledged']],
    [['inc-volume-1', 'acknowledged']],
    [['inc-volume-1', 'resolved']],
    [['inc-volume-1', 'triggered']],
  ]);
  expect(one.fake.refusals).toEqual([]);
});

test('the event says what, where, how bad and where to go', async () => {
  await using one = await createPagerDuty({ kind: 'accepts' });
  const links = { image: 'https://spend.example.com/chart.png' };
  await one.notifier.send(noticeOf('volume', { links }), NEVER);
  expect(one.fake.messages[0]).toMatchObject({
    event_action: 'trigger',
    dedup_key: 'inc-volume-1',
    client: 'Tokenmeter',
    client_url: 'https://spend.example.com/?page=alerts#inc-volume-1',
    images: [{ src: 'https://spend.example.com/chart.png', alt: 'Spend over time' }],
    payload: {
      summary: 'CRITICAL volume: shop/support-bot (production), 3.1x the expected',
      source: 'shop',
      severity: 'critical',
      component: 'support-bot',
      class: 'volume',
      timestamp: '2026-10-09T12:46:00.000Z',
      custom_details: {
        'Extra cost': '+$41.00/h, +$984.00/day if it lasts',
        Why: 'volume +$38.50, output tokens per call +$2.75, rest -$0.25 = +$41.00/h',
        usd_per_hour: 41,
        usd_per_day: 984,
      },
    },
  });
});

test('a test wakes nobody for long: its alert is closed at once', async () => {
  await using one = await createPagerDuty({ kind: 'accepts' });
  await one.notifier.send(noticeOf('volume', { transition: 'test', incidentId: 'test-1' }), NEVER);
  expect([...one.fake.alerts]).toEqual([['test-1', 'resolved']]);
});

test('a key that is none is refused at once without being repeated', () => {
  expect(() => createPagerDutyNotifier({ routingKey: 'hidden' })).toThrow(/^expected (?!.*hidden)/);
});
