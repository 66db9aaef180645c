import type { Incident } from '@tokenmeter/anomaly';
import { expect, test } from 'vitest';
import { exampleNotice } from './notifier.test-kit.ts';
import { renderAlert } from './render-alert.ts';

const STARTED = Date.UTC(2026, 9, 9, 12, 46);
const incident: Incident = {
  id: 'inc-1',
  key: 'key',
  state: 'firing',
  severity: 'critical',
  startedEpochMs: STARTED,
  updatedEpochMs: STARTED,
  lastFoundEpochMs: STARTED + 20 * 60_000,
  sightings: 2,
  sequence: 1,
  finding: {
    ...exampleNotice().finding,
    observed: 3120,
    expected: { low: 700, mid: 1020, high: 1480, basis: 'usual for Friday 14:00, 4 weeks' },
    windowMinutes: 60,
    score: 4.6,
    usdPerHour: 41,
    decomposition: { volume: 38.5, output_tokens: 2.75, price: -0.25, mix: 0, cache: 0 },
    contributors: [{ dimension: 'model', name: 'gpt-5-mini', share: 0.86 }],
    evidenceCalls: 3120,
  },
};

test('an alert says what, how much, why, who and since when', () => {
  const options = { timeZone: 'Europe/Berlin', pageUrl: 'http://127.0.0.1:4318' };
  expect(renderAlert(incident, 'firing', options).split('\n')).toEqual([
    'CRITICAL volume: shop/chat, 3.1x the expected',
    'Observed 3,120 calls in 60 min, expected 1,020 calls (700 to 1,480, usual for Friday 14:00, 4 weeks); score 4.6 on 3,120 calls.',
    'Extra cost +$41.00/h, +$984.00/day if it lasts.',
    'Why: volume +$38.50, output tokens per call +$2.75, rest -$0.25 = +$41.00/h.',
    'From: 86 % model gpt-5-mini.',
    'Since Fri 09 Oct, 14:46 Europe/Berlin (2026-10-09 12:46 UTC).',
    'Page: http://127.0.0.1:4318',
  ]);
});

test('the end of it says for how long', () => {
  const ended = { ...incident, state: 'resolved', resolvedEpochMs: STARTED + 35 * 60_000 } as const;
  const text = renderAlert(ended, 'resolved', { timeZone: 'UTC' });
  expect(text).toContain('RESOLVED volume: shop/chat');
  expect(text).toContain('From 2026-10-09 12:46 UTC for 20 min.');
});
