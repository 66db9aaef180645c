import type { IncidentView, WorkerStats } from '@tokenmeter/worker';
import { expect, test } from 'vitest';
import { renderWorkerMetrics } from './render-worker-metrics.ts';

const STATS: WorkerStats = {
  evaluations: 3,
  failedReads: 0,
  refused: { invalid: 2, late: 0, early: 1, repeated: 0 },
  evaluationSeconds: 0.5,
  lastEvaluationEpochMs: 60_000,
  learnedToEpochMs: 60_000,
  isStandby: false,
  openIncidents: 2,
  notices: { waiting: 0, delivered: 1, dead: 0 },
  oldestNoticeSeconds: 0,
};

function incident(traits: Partial<IncidentView>): IncidentView {
  return {
    incidentId: 'i',
    rule: 'volume',
    severity: 'warning',
    state: 'firing',
    labels: {},
    title: '',
    text: '',
    startedEpochMs: 0,
    updatedEpochMs: 0,
    quantity: 'calls',
    observed: 1,
    expected: { low: 0, mid: 0, high: 0 },
    usdPerHour: 1,
    ...traits,
  };
}

function linesOf(name: string, incidents: readonly IncidentView[], prices?: number): string[] {
  const workers = [{ source: 'main', stats: STATS, incidents }];
  const text = renderWorkerMetrics({ workers, pricesDateSeconds: prices }, 90_000);
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('open incidents are series with rule, severity and scope, the most severe first', () => {
  const labels = { service: 'shop', feature: 'chat "x"' };
  const incidents = [
    incident({ labels }),
    incident({ rule: 'budget', severity: 'critical', state: 'acknowledged' }),
    incident({ rule: 'coverage', state: 'resolved' }),
  ];
  expect(linesOf('tokenmeter_worker_incident{', incidents)).toEqual([
    'tokenmeter_worker_incident{source="main",rule="budget",severity="critical",state="acknowledged"} 1',
    'tokenmeter_worker_incident{source="main",rule="volume",severity="warning",state="firing",service="shop",feature="chat \\"x\\""} 1',
  ]);
});

test('what was left out is counted by reason', () => {
  expect(linesOf('tokenmeter_worker_refused_total{', [])).toEqual([
    'tokenmeter_worker_refused_total{source="main",reason="invalid"} 2',
    'tokenmeter_worker_refused_total{source="main",reason="late"} 0',
    'tokenmeter_worker_refused_total{source="main",reason="early"} 1',
    'tokenmeter_worker_refused_total{source="main",reason="repeated"} 0',
  ]);
});

test('a flood of incidents has a hundred series, and the count of all of them', () => {
  const flood = Array.from({ length: 300 }, (_, index) =>
    incident({ labels: { feature: `f${index}` }, usdPerHour: index }),
  );
  const lines = linesOf('tokenmeter_worker_incident{', flood);
  expect(lines).toHaveLength(100);
  expect(lines[0]).toContain('feature="f299"');
});

test('the date of the prices is there where calls are priced', () => {
  expect(linesOf('tokenmeter_prices_date_seconds', [], 1_780_000_000)).toEqual([
    'tokenmeter_prices_date_seconds 1780000000',
  ]);
  expect(linesOf('tokenmeter_prices_date_seconds', [])).toEqual([]);
});
