import type { Incident } from '@tokenmeter/anomaly';
import { describe, expect, test } from 'vitest';
import type { Told } from '../state/incident-table.ts';
import { createInhibitor } from './inhibit.ts';
import { planNotices, type RoutingContext } from './plan-notices.ts';
import { HOUR, incident, route } from './routing.test-kit.ts';

describe('inhibition', () => {
  const find = (source: Incident, target: Incident): boolean =>
    createInhibitor([source, target], [], true)(target) === source;
  test.for([
    {
      note: 'a pipeline gap mutes everything',
      source: incident({ rule: 'pipeline_gap', labels: {} }),
      target: incident(),
      want: true,
    },
    {
      note: 'but not once data is there again, though it waits to be over',
      source: incident({ rule: 'pipeline_gap', labels: {}, updatedEpochMs: 60_000 }),
      target: incident({ updatedEpochMs: 60_000, lastFoundEpochMs: 60_000 }),
      want: false,
    },
    {
      note: 'nor itself',
      source: incident({ rule: 'pipeline_gap', labels: {} }),
      target: incident({ rule: 'pipeline_gap', labels: {}, id: 'x' }),
      want: false,
    },
    {
      note: 'critical drift mutes the cost of its feature',
      source: incident({ rule: 'model_drift', severity: 'critical' }),
      target: incident({ rule: 'cost_per_request' }),
      want: true,
    },
    {
      note: 'not that of another feature',
      source: incident({ rule: 'model_drift', severity: 'critical' }),
      target: incident({ rule: 'cost_per_request', labels: { service: 'shop', feature: 'x' } }),
      want: false,
    },
    {
      note: 'a warning of drift mutes nothing',
      source: incident({ rule: 'model_drift' }),
      target: incident({ rule: 'cost_per_request' }),
      want: false,
    },
    {
      note: 'a service mutes its feature',
      source: incident({ labels: { service: 'shop' } }),
      target: incident(),
      want: true,
    },
    {
      note: 'the total mutes a service',
      source: incident({ labels: {} }),
      target: incident({ labels: { service: 'shop' } }),
      want: true,
    },
    {
      note: 'a lesser whole does not',
      source: incident({ labels: {} }),
      target: incident({ severity: 'critical' }),
      want: false,
    },
    {
      note: 'what is over mutes nothing',
      source: incident({ rule: 'pipeline_gap', labels: {}, state: 'resolved' }),
      target: incident(),
      want: false,
    },
  ])('$note', ({ source, target, want }) => {
    expect(find(source, target)).toBe(want);
  });
});

describe('plans', () => {
  const context = (part: Partial<RoutingContext> = {}): RoutingContext => ({
    epochMs: 10 * HOUR,
    routes: [
      route({ name: 'critical', match: { severity: ['critical'] }, channels: ['chat', 'pager'] }),
      route({ name: 'rest', channels: ['chat'] }),
    ],
    otherwise: ['mail'],
    mutes: [],
    inhibitorOf: () => undefined,
    ...part,
  });
  const known = (part: Partial<Told> = {}): Told => ({
    sequence: 1,
    severity: 'warning',
    epochMs: 9 * HOUR,
    reminders: 0,
    isOver: false,
    ...part,
  });
  const run = (
    one: Incident,
    kind: Parameters<typeof planNotices>[1],
    told: [string, Told][],
    part: Partial<RoutingContext> = {},
  ): string =>
    planNotices(one, kind, { told: new Map(told), context: context(part) })
      .map((planned) => `${planned.channel} ${planned.kind}`)
      .join(', ');
  const mute = { match: {}, fromEpochMs: 0, untilEpochMs: 11 * HOUR };
  test.for([
    {
      note: 'the first route that fits',
      got: () => run(incident(), 'firing', []),
      want: 'chat firing',
    },
    {
      note: 'worse reaches who was told and who is new',
      got: () => run(incident({ severity: 'critical' }), 'escalated', [['chat', known()]]),
      want: 'chat escalated, pager escalated',
    },
    {
      note: 'the end reaches who heard of the beginning',
      got: () => run(incident({ state: 'resolved' }), 'resolved', [['pager', known()]]),
      want: 'pager resolved',
    },
    {
      note: 'and nobody else',
      got: () => run(incident({ state: 'resolved' }), 'resolved', []),
      want: '',
    },
    {
      note: 'what is muted is not told',
      got: () => run(incident(), 'firing', [], { mutes: [mute] }),
      want: '',
    },
    {
      note: 'it is told when the mute ends',
      got: () => run(incident(), undefined, [], { mutes: [{ ...mute, untilEpochMs: 10 * HOUR }] }),
      want: 'chat firing',
    },
    {
      note: 'what got worse while muted is told then',
      got: () => run(incident({ severity: 'critical' }), undefined, [['chat', known()]]),
      want: 'chat escalated, pager firing',
    },
    {
      note: 'an inhibited one waits',
      got: () =>
        run(incident(), 'firing', [], { inhibitorOf: () => incident({ severity: 'critical' }) }),
      want: '',
    },
    {
      note: 'what rises above its inhibitor is told',
      got: () =>
        run(incident({ severity: 'critical' }), 'escalated', [], { inhibitorOf: () => incident() }),
      want: 'chat escalated, pager escalated',
    },
    {
      note: 'still open after the repeat interval',
      got: () => run(incident(), undefined, [['chat', known({ epochMs: 6 * HOUR })]]),
      want: 'chat reminded',
    },
    {
      note: 'not before',
      got: () => run(incident(), undefined, [['chat', known({ epochMs: 6 * HOUR + 1 })]]),
      want: '',
    },
    {
      note: 'an info is not told again',
      got: () =>
        run(incident({ severity: 'info' }), undefined, [
          ['chat', known({ severity: 'info', epochMs: 0 })],
        ]),
      want: '',
    },
    {
      note: 'not once acknowledged',
      got: () =>
        run(incident({ state: 'acknowledged' }), undefined, [['chat', known({ epochMs: 0 })]]),
      want: '',
    },
    {
      note: 'not while silenced',
      got: () => run(incident({ state: 'silenced' }), undefined, [['chat', known({ epochMs: 0 })]]),
      want: '',
    },
    {
      note: 'what no route takes goes to the others',
      got: () => run(incident(), 'firing', [], { routes: [] }),
      want: 'mail firing',
    },
    {
      note: 'a route that goes on',
      got: () =>
        run(incident(), 'firing', [], {
          routes: [route({ continues: true, channels: ['log'] }), route()],
        }),
      want: 'chat firing, log firing',
    },
    {
      note: 'pending is nobody’s business',
      got: () => run(incident({ state: 'pending' }), undefined, []),
      want: '',
    },
  ])('$note', ({ got, want }) => {
    expect(got()).toBe(want);
  });
});
