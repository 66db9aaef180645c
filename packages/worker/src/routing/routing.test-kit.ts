import type { Finding, Incident } from '@tokenmeter/anomaly';
import { exampleNotice } from '../notifier.test-kit.ts';
import type { Route } from './route.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function incident(
  part: Partial<Incident> & {
    readonly labels?: Finding['labels'];
    readonly rule?: Finding['rule'];
  } = {},
): Incident {
  const { labels = { service: 'shop', feature: 'chat' }, rule = 'volume', ...rest } = part;
  return {
    id: `inc-${rule}-${JSON.stringify(labels)}`,
    key: 'k',
    state: 'firing',
    severity: 'warning',
    startedEpochMs: 0,
    updatedEpochMs: 0,
    lastFoundEpochMs: 0,
    firedEpochMs: 0,
    changesEpochMs: [],
    sightings: 2,
    sequence: 1,
    finding: { ...exampleNotice().finding, labels, rule },
    ...rest,
  };
}

export function route(part: Partial<Route> = {}): Route {
  return {
    name: 'r',
    match: {},
    channels: ['chat'],
    continues: false,
    groupBy: ['service'],
    groupWaitMs: 30_000,
    groupIntervalMs: 5 * MINUTE,
    repeatIntervalMs: 4 * HOUR,
    quietHours: [],
    escalation: [],
    ...part,
  };
}
