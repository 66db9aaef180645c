import type { Notice, NoticeLinks } from '../ports.ts';
import { createNotice } from './create-notice.ts';

/** Creates the notice that proves a channel; it says that it is a test in every field people see. */
export function createTestNotice(epochMs: number, links: NoticeLinks = {}): Notice {
  return createNotice(
    {
      idempotencyKey: `test-${epochMs}`,
      incidentId: `test-${epochMs}`,
      transition: 'test',
      severity: 'info',
      epochMs,
      startedEpochMs: epochMs,
      links,
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
    },
    { timeZone: 'UTC' },
  );
}
