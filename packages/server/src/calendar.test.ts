import { expect, test } from 'vitest';
import { monthOf, startOfDay, startOfHour } from './calendar.ts';

test.for([
  { note: 'UTC', at: '2026-11-21T05:30:00Z', timeZone: 'UTC', day: '2026-11-21T00:00:00Z' },
  {
    note: 'ahead of UTC',
    at: '2026-11-20T23:30:00Z',
    timeZone: 'Europe/Berlin',
    day: '2026-11-20T23:00:00Z',
  },
  {
    note: 'behind UTC',
    at: '2026-11-21T05:30:00Z',
    timeZone: 'America/Los_Angeles',
    day: '2026-11-20T08:00:00Z',
  },
  {
    note: 'the day the clocks went forward',
    at: '2026-03-29T10:00:00Z',
    timeZone: 'Europe/Berlin',
    day: '2026-03-28T23:00:00Z',
  },
  {
    note: 'the day they went back',
    at: '2026-10-25T10:00:00Z',
    timeZone: 'Europe/Berlin',
    day: '2026-10-24T22:00:00Z',
  },
])('the day begins at local midnight: $note', ({ at, timeZone, day }) => {
  expect(new Date(startOfDay(Date.parse(at), timeZone)).toISOString()).toBe(
    new Date(day).toISOString(),
  );
});

test('the hour begins on the local clock, also where zones differ by half an hour', () => {
  const hour = startOfHour(Date.parse('2026-11-21T05:40:00Z'), 'Asia/Kolkata');
  expect(new Date(hour).toISOString()).toBe('2026-11-21T05:30:00.000Z');
});

test.for([
  {
    note: 'the month in which the clocks go back is an hour longer',
    at: '2026-10-25T10:00:00Z',
    timeZone: 'Europe/Berlin',
    want: ['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
  },
  {
    note: 'still December behind UTC',
    at: '2027-01-01T07:59:00Z',
    timeZone: 'America/Los_Angeles',
    want: ['2026-12-01T08:00:00.000Z', '2027-01-01T08:00:00.000Z'],
  },
  {
    note: 'February at the date line',
    at: '2028-02-29T23:00:00Z',
    timeZone: 'Pacific/Kiritimati',
    want: ['2028-02-29T10:00:00.000Z', '2028-03-31T10:00:00.000Z'],
  },
])('$note', ({ at, timeZone, want }) => {
  const { fromEpochMs, toEpochMs } = monthOf(Date.parse(at), timeZone);
  expect([fromEpochMs, toEpochMs].map((epochMs) => new Date(epochMs).toISOString())).toEqual(want);
});
