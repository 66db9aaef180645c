import type { Notice } from './ports.ts';

/** Creates the notice that proves a channel; it says that it is a test in every field people see. */
export function createTestNotice(epochMs: number): Notice {
  const title = 'TEST Tokenmeter: this channel works';
  return {
    idempotencyKey: `test-${epochMs}`,
    incidentId: `test-${epochMs}`,
    transition: 'test',
    startedEpochMs: epochMs,
    title,
    text: `${title}\nNothing is wrong. Alerts will arrive here.`,
    finding: {
      rule: 'volume',
      severity: 'info',
      labels: {},
      epochMs,
      quantity: 'calls',
      observed: 0,
      expected: { low: 0, mid: 0, high: 0, basis: 'test' },
      windowMinutes: 1,
      score: 0,
      usdPerHour: 0,
      sinceEpochMs: epochMs,
      decomposition: {},
      contributors: [],
      evidenceCalls: 0,
    },
  };
}
