import type { AlertView } from '@tokenmeter/server';
import { describe, expect, test } from 'vitest';
import { describeAlert, orderAlerts } from './describe-alert.ts';
import { placeIncidents } from './place-incidents.ts';
import { NOW, SAMPLE_ALERTS } from './sample-data.test-kit.ts';

const HOUR = 3_600_000;

function alert(part: Partial<AlertView>): AlertView {
  return {
    incidentId: 'x',
    rule: 'volume',
    severity: 'warning',
    state: 'firing',
    labels: { feature: 'search' },
    title: 'search is busy',
    text: '',
    startedEpochMs: NOW - HOUR,
    updatedEpochMs: NOW,
    quantity: 'calls',
    observed: 90,
    expected: { low: 10, mid: 20, high: 30 },
    usdPerHour: 0,
    ...part,
  };
}

describe('words of an alert', () => {
  test('a firing alert says since when, in the unit of its figures', () => {
    const dear = alert({ quantity: 'usd_per_call', observed: 0.0341, usdPerHour: 3.917 });
    expect(describeAlert(dear, NOW, 'Europe/Berlin')).toEqual({
      title: 'search is busy',
      text: '',
      severity: 'Warning',
      state: 'Firing',
      since: 'since 14:25 · 1 h',
      cost: '+$3.92/h',
      observed: '$0.0341 per call',
      expected: '$10.00 per call – $30.00 per call',
      labels: [['feature', 'search']],
    });
  });

  test('what the page shows beside a title is not said again', () => {
    const title = 'CRITICAL volume: shop/search (prod), 35x the expected';
    const words = describeAlert(
      alert({ title, text: `${title}\nObserved: 171 calls.` }),
      NOW,
      'UTC',
    );
    expect([words.title, words.text]).toEqual([
      'Volume: shop/search (prod), 35x the expected',
      'Observed: 171 calls.',
    ]);
  });

  test('a resolved alert says how long it lasted', () => {
    const over = alert({ state: 'resolved', resolvedEpochMs: NOW - HOUR / 2 });
    expect(describeAlert(over, NOW, 'UTC').since).toBe('13:25 · lasted 30 min');
  });

  test.for([
    { quantity: 'calls', observed: 4210, want: '4,210' },
    { quantity: 'tokens', observed: 2.5, want: '2.5' },
    { quantity: 'hit_rate', observed: 0.381, want: '38.1 %' },
    { quantity: 'share', observed: 0.2, want: '20.0 %' },
    { quantity: 'cost_usd', observed: 120, want: '$120.00' },
  ] as const)('$quantity reads $want', ({ quantity, observed, want }) => {
    expect(describeAlert(alert({ quantity, observed }), NOW, 'UTC').observed).toBe(want);
  });

  test('what fires comes first, then the latest', () => {
    const ids = orderAlerts(SAMPLE_ALERTS.toReversed()).map(({ incidentId }) => incidentId);
    expect(ids).toEqual(['inc-1', 'inc-2', 'inc-3']);
  });
});

describe('timeline', () => {
  const from = NOW - 4 * HOUR;

  test('an incident that fires reaches to now', () => {
    expect(placeIncidents([alert({})], from, NOW)).toEqual([
      {
        name: 'search · volume',
        spans: [
          {
            incidentId: 'x',
            title: 'search is busy',
            severity: 'warning',
            isFiring: true,
            start: 0.75,
            length: 0.25,
          },
        ],
      },
    ]);
  });

  test.for([
    { note: 'began before the stretch', start: -8, end: -2, want: [0, 0.5] },
    { note: 'lies within it', start: -3, end: -2, want: [0.25, 0.25] },
  ])('an incident that $note is cut to it', ({ start, end, want }) => {
    const over = alert({
      state: 'resolved',
      startedEpochMs: NOW + start * HOUR,
      resolvedEpochMs: NOW + end * HOUR,
    });
    const span = placeIncidents([over], from, NOW)[0]?.spans[0];
    expect([span?.start, span?.length]).toEqual(want);
  });

  test('what ended before the stretch is left out', () => {
    const old = alert({ state: 'resolved', resolvedEpochMs: from - 1, startedEpochMs: from - 9 });
    expect(placeIncidents([old], from, NOW)).toEqual([]);
  });

  test('the same rule on the same feature shares a lane', () => {
    const both = [alert({}), alert({ incidentId: 'y', startedEpochMs: NOW - 2 * HOUR })];
    expect(placeIncidents(both, from, NOW).map(({ spans }) => spans.length)).toEqual([2]);
  });
});
