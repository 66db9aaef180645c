import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueTime } from './due-time.ts';
import { localTime, nextLocalMinute } from './local-time.ts';
import { matchesIncident } from './match-incident.ts';
import { quietUntil } from './quiet-until.ts';
import type { IncidentMatch, QuietHours, Route } from './route.ts';
import { HOUR, incident, MINUTE, route } from './routing.test-kit.ts';

describe('matching', () => {
  const team = { dimension: 'team', name: 'payments', share: 0.7 } as const;
  test.for<{ note: string; match: IncidentMatch; want: boolean }>([
    { note: 'nothing asked fits everything', match: {}, want: true },
    { note: 'the same text', match: { service: ['shop'] }, want: true },
    { note: 'one of several', match: { service: ['bank', 'shop'] }, want: true },
    {
      note: 'all keys must fit',
      match: { service: ['shop'], severity: ['critical'] },
      want: false,
    },
    {
      note: 'a star stands for anything',
      match: { feature: ['ch*t'], service: ['*'] },
      want: true,
    },
    { note: 'a star is no letter less', match: { feature: ['chat*t'] }, want: false },
    { note: 'what is not there fits nothing', match: { environment: ['*'] }, want: false },
    { note: 'the team that most comes from', match: { team: ['payments'] }, want: true },
    { note: 'a text with signs of expressions', match: { service: ['sh.p'] }, want: false },
  ])('$note', ({ match, want }) => {
    const one = incident();
    const told = { ...one, finding: { ...one.finding, contributors: [team] } };
    expect(matchesIncident(match, told)).toBe(want);
  });
});

describe('quiet hours', () => {
  const nights: QuietHours = {
    days: [1, 2, 3, 4, 5, 6, 7],
    fromMinute: 1200,
    toMinute: 480,
    timeZone: 'Europe/Berlin',
  };
  const weekend: QuietHours = {
    days: [6, 7],
    fromMinute: 0,
    toMinute: 0,
    timeZone: 'Europe/Berlin',
  };
  const at = (text: string): number => Date.parse(text);
  test.for([
    {
      note: 'by day there are none',
      now: '2026-10-09T12:00:00Z',
      hours: [nights],
      want: undefined,
    },
    {
      note: 'a night ends in the morning',
      now: '2026-10-08T20:00:00Z',
      hours: [nights],
      want: '2026-10-09T06:00:00Z',
    },
    {
      note: 'after midnight it is the same night',
      now: '2026-10-08T23:30:00Z',
      hours: [nights],
      want: '2026-10-09T06:00:00Z',
    },
    {
      note: 'a weekend and its nights are one',
      now: '2026-10-09T19:00:00Z',
      hours: [nights, weekend],
      want: '2026-10-12T06:00:00Z',
    },
    {
      note: 'a night in which clocks go back',
      now: '2026-10-24T20:00:00Z',
      hours: [nights],
      want: '2026-10-25T07:00:00Z',
    },
    {
      note: 'its end is no part of it',
      now: '2026-10-09T06:00:00Z',
      hours: [nights],
      want: undefined,
    },
  ])('$note', ({ now, hours, want }) => {
    expect(quietUntil(hours, at(now))).toBe(want === undefined ? undefined : at(want));
  });

  test('the next minute of a day is never before now and shows that minute, but where clocks jump over it', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu');
    const epochs = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(zones, epochs, fc.integer({ min: 240, max: 1439 }), (zone, now, minute) => {
        const next = nextLocalMinute(now, minute, zone);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next - now).toBeLessThanOrEqual(25 * HOUR);
        if (next > now) expect(localTime(next, zone).minute).toBe(minute);
      }),
    );
  });
});

describe('due times', () => {
  const NOW = Date.parse('2026-10-09T20:00:00Z');
  const nights: QuietHours = {
    days: [1, 2, 3, 4, 5, 6, 7],
    fromMinute: 1200,
    toMinute: 480,
    timeZone: 'UTC',
  };
  const due = (
    part: Partial<Route>,
    severity: 'warning' | 'critical',
    last?: number,
    transition: 'firing' | 'resolved' = 'firing',
  ): number =>
    dueTime(
      {
        epochMs: NOW,
        severity,
        transition,
        route: route(part),
        timeZone: 'UTC',
        bundleDue: () => last,
      },
      incident({ severity }),
    ).dueEpochMs - NOW;
  test.for([
    { note: 'the first of a bundle waits groupWait', got: () => due({}, 'warning'), want: 30_000 },
    { note: 'a critical one does not', got: () => due({}, 'critical'), want: 0 },
    { note: 'an end does not', got: () => due({}, 'warning', NOW - 1000, 'resolved'), want: 0 },
    {
      note: 'the next waits groupInterval after the last',
      got: () => due({}, 'warning', NOW - MINUTE),
      want: 4 * MINUTE,
    },
    { note: 'it joins what is to come', got: () => due({}, 'warning', NOW + 10_000), want: 10_000 },
    { note: 'later it waits anew', got: () => due({}, 'warning', NOW - 5 * MINUTE), want: 30_000 },
    {
      note: 'a warning waits for the morning',
      got: () => due({ quietHours: [nights] }, 'warning'),
      want: 12 * HOUR,
    },
    {
      note: 'a critical one wakes people',
      got: () => due({ quietHours: [nights] }, 'critical'),
      want: 0,
    },
    {
      note: 'a warning waits for the digest',
      got: () => due({ digestMinute: 540 }, 'warning'),
      want: 13 * HOUR,
    },
  ])('$note', ({ got, want }) => {
    expect(got()).toBe(want);
  });
});
