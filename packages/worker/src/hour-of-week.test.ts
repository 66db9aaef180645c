import { expect, test } from 'vitest';
import { createHourOfWeek } from './hour-of-week.ts';

test.for([
  { zone: 'UTC', at: '2026-11-16T00:00:00Z', want: 0 },
  { zone: 'UTC', at: '2026-11-22T23:59:59Z', want: 167 },
  { zone: 'Europe/Berlin', at: '2026-11-15T23:30:00Z', want: 0 },
  // The hour from 02:00 is skipped in March and repeated in October.
  { zone: 'Europe/Berlin', at: '2026-03-29T00:59:00Z', want: 145 },
  { zone: 'Europe/Berlin', at: '2026-03-29T01:00:00Z', want: 147 },
  { zone: 'Europe/Berlin', at: '2026-10-25T00:30:00Z', want: 146 },
  { zone: 'Europe/Berlin', at: '2026-10-25T01:30:00Z', want: 146 },
  { zone: 'Asia/Kolkata', at: '2026-11-15T18:30:00Z', want: 0 },
  { zone: 'America/New_York', at: '2026-11-16T05:00:00Z', want: 0 },
])('$at in $zone is hour $want of the week', ({ zone, at, want }) => {
  expect(createHourOfWeek(zone)(Date.parse(at))).toBe(want);
});

test('a zone that does not exist is refused', () => {
  expect(() => createHourOfWeek('Mars/Olympus')).toThrow(RangeError);
});
