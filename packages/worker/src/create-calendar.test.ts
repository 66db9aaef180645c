import { expect, test } from 'vitest';
import { createCalendar } from './create-calendar.ts';

const at = (text: string): number => Date.parse(text);
const iso = (epochMs: number): string => new Date(epochMs).toISOString();

test.for([
  {
    zone: 'UTC',
    period: 'day',
    when: '2026-11-21T13:00:00Z',
    from: '2026-11-21T00:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
  },
  {
    zone: 'Europe/Berlin',
    period: 'day',
    when: '2026-10-25T12:00:00Z',
    from: '2026-10-24T22:00:00.000Z',
    to: '2026-10-25T23:00:00.000Z',
  },
  {
    zone: 'America/New_York',
    period: 'month',
    when: '2026-11-01T03:00:00Z',
    from: '2026-10-01T04:00:00.000Z',
    to: '2026-11-01T04:00:00.000Z',
  },
  {
    zone: 'Asia/Kolkata',
    period: 'week',
    when: '2026-11-22T20:00:00Z',
    from: '2026-11-22T18:30:00.000Z',
    to: '2026-11-29T18:30:00.000Z',
  },
  {
    zone: 'Pacific/Kiritimati',
    period: 'day',
    when: '2026-11-21T13:00:00Z',
    from: '2026-11-21T10:00:00.000Z',
    to: '2026-11-22T10:00:00.000Z',
  },
] as const)('the $period of $when in $zone', async ({ zone, period, when, from, to }) => {
  const { periodOf } = await createCalendar({ timeZone: zone });
  const { startEpochMs, endEpochMs } = periodOf(period, at(when));
  expect([iso(startEpochMs), iso(endEpochMs)]).toEqual([from, to]);
});

test('a public holiday is a Sunday in its whole country, another day is not', async () => {
  const { hourOfWeek } = await createCalendar({
    timeZone: 'Europe/Berlin',
    holidays: { country: 'DE', state: 'BY', days: ['2026-07-01'] },
  });
  const sundayNoon = 6 * 24 + 12;
  // Christmas Day is a Friday in 2026, Epiphany (Bavaria) a Tuesday.
  expect(hourOfWeek(at('2026-12-25T11:00:00Z'))).toBe(sundayNoon);
  expect(hourOfWeek(at('2026-01-06T11:00:00Z'))).toBe(sundayNoon);
  expect(hourOfWeek(at('2026-07-01T10:00:00Z'))).toBe(sundayNoon);
  expect(hourOfWeek(at('2026-12-23T11:00:00Z'))).toBe(2 * 24 + 12);
});

test('holidays begin and end at local midnight', async () => {
  const { hourOfWeek } = await createCalendar({
    timeZone: 'America/New_York',
    holidays: { country: 'US' },
  });
  // Thanksgiving 2026 is Thursday 26 November.
  expect(hourOfWeek(at('2026-11-26T04:59:00Z'))).toBe(2 * 24 + 23);
  expect(hourOfWeek(at('2026-11-26T05:00:00Z'))).toBe(6 * 24);
  expect(hourOfWeek(at('2026-11-27T05:00:00Z'))).toBe(4 * 24);
});

test('half a holiday is half a Sunday', async () => {
  const { hourOfWeek } = await createCalendar({
    timeZone: 'Atlantic/Reykjavik',
    holidays: { country: 'IS' },
  });
  // Christmas Eve 2026, a Thursday, is a holiday from 13:00 on; the day after it is one from midnight on.
  expect(hourOfWeek(at('2026-12-24T12:59:00Z'))).toBe(3 * 24 + 12);
  expect(hourOfWeek(at('2026-12-24T13:00:00Z'))).toBe(6 * 24 + 13);
  expect(hourOfWeek(at('2026-12-25T00:00:00Z'))).toBe(6 * 24);
});

test('a holiday on which clocks change is whole', async () => {
  const { hourOfWeek } = await createCalendar({
    timeZone: 'Europe/Vienna',
    holidays: { country: 'AT' },
  });
  // 26 October 2026 is a Monday; 26 October 2025, the end of summer time, a Sunday itself.
  expect(hourOfWeek(at('2026-10-26T22:30:00Z'))).toBe(6 * 24 + 23);
  expect(hourOfWeek(at('2025-10-26T22:30:00Z'))).toBe(6 * 24 + 23);
  expect(hourOfWeek(at('2025-10-27T00:30:00Z'))).toBe(1);
});

test('what does not exist is refused', async () => {
  await expect(createCalendar({ timeZone: 'Mars/Olympus' })).rejects.toThrow(RangeError);
  await expect(createCalendar({ timeZone: 'UTC', holidays: { country: 'XX' } })).rejects.toThrow(
    'expected a country with holidays, got XX',
  );
});
