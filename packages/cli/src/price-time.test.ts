import { expect, test } from 'vitest';
import { parseTime } from './price-time.ts';

test.for([
  { text: '2026-03-01', want: '2026-03-01T00:00:00.000Z' },
  { text: '2026-03-01T12:30', want: '2026-03-01T12:30:00.000Z' },
  { text: '2026-03-01T12:30:05.25Z', want: '2026-03-01T12:30:05.250Z' },
  { text: '2026-03-01 12:30:05+01:00', want: '2026-03-01T11:30:05.000Z' },
  { text: '2026-03-01T12:30:05-0130', want: '2026-03-01T14:00:05.000Z' },
  { text: '2026-03-01T12:30:05+02', want: '2026-03-01T10:30:05.000Z' },
  { text: '2026-03-01T12:30:05.123456+00:00', want: '2026-03-01T12:30:05.123Z' },
  { text: '2024-02-29', want: '2024-02-29T00:00:00.000Z' },
])('$text is $want whatever the zone of the machine', ({ text, want }) => {
  expect(new Date(parseTime(text) ?? Number.NaN).toISOString()).toBe(want);
});

test.for([
  '2026-02-29',
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '2026-03-01T25:00:00Z',
  'March 2026',
  '1772323200',
  '2026-3-1',
  '',
])('%s is no time', (text) => {
  expect(parseTime(text)).toBeUndefined();
});
