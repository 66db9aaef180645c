import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createUsdAxis,
  createUsdColumn,
  describeChange,
  formatClock,
  formatCount,
  formatDuration,
  formatInstant,
  formatShare,
  formatTokens,
  formatUsd,
  formatWeekday,
  knownTimeZone,
} from './format.ts';

const FRIDAY = Date.UTC(2026, 10, 20, 14, 25, 30);

describe('money', () => {
  test.for([
    { usd: 0, want: '$0.00' },
    { usd: 1234567.891, want: '$1,234,567.89' },
    { usd: 1, want: '$1.00' },
    { usd: 0.5, want: '$0.500' },
    { usd: 0.0125, want: '$0.0125' },
    { usd: 0.00125, want: '$0.00125' },
    { usd: 0.000125, want: '$0.000125' },
    { usd: 0.000001, want: '$0.000001' },
    { usd: 0.0000001, want: '<$0.000001' },
    { usd: -0.25, want: '−$0.250' },
    { usd: Number.NaN, want: '—' },
    { usd: Number.POSITIVE_INFINITY, want: '—' },
  ])('$usd USD reads $want', ({ usd, want }) => {
    expect(formatUsd(usd)).toBe(want);
  });

  test('an amount above zero never reads as nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1e12, noNaN: true }), (usd) => {
        expect(formatUsd(usd)).toMatch(/^<|[1-9]/);
      }),
    );
  });

  test.for([
    { note: 'the largest', by: 'largest', usd: 0.001, want: '<$0.01' },
    { note: 'the largest', by: 'largest', usd: 12, want: '$12.00' },
    { note: 'the smallest', by: 'smallest', usd: 12, want: '$12.00000' },
  ] as const)('a column by $note amount gives every row the same digits: $want', (row) => {
    expect(createUsdColumn([12, 0.001, 0], row.by)(row.usd)).toBe(row.want);
  });

  test.for([
    { step: 5, usd: 10, want: '$10.00' },
    { step: 0.5, usd: 1.5, want: '$1.50' },
    { step: 0.002, usd: 0.004, want: '$0.004' },
    { step: 0.00001, usd: 0.00002, want: '$0.00002' },
    { step: 0, usd: 0, want: '0' },
  ])('an axis in steps of $step marks $want', ({ step, usd, want }) => {
    expect(createUsdAxis(step)(usd)).toBe(want);
  });

  test('a column without amounts has two digits', () => {
    expect(createUsdColumn([], 'smallest')(0)).toBe('$0.00');
  });
});

describe('counts and shares', () => {
  test.for([
    { count: 0, want: '0' },
    { count: 999, want: '999' },
    { count: 1000, want: '1.00k' },
    { count: 12_345, want: '12.3k' },
    { count: 123_456, want: '123k' },
    { count: 999_500, want: '1.00M' },
    { count: 3_050_000, want: '3.05M' },
    { count: 7_200_000_000, want: '7.20B' },
    { count: Number.NaN, want: '—' },
  ])('$count tokens read $want', ({ count, want }) => {
    expect(formatTokens(count)).toBe(want);
  });

  test.for([
    { share: 0, want: '0 %' },
    { share: 0.0004, want: '<0.1 %' },
    { share: 0.347, want: '34.7 %' },
    { share: 0.99996, want: '>99.9 %' },
    { share: 1, want: '100 %' },
    { share: Number.NaN, want: '—' },
  ])('a share of $share reads $want', ({ share, want }) => {
    expect(formatShare(share)).toBe(want);
  });

  test('counts have thousands separators', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
  });

  test.for([
    { note: 'more', now: 134, before: 100, want: { direction: 'up', text: '34 %' } },
    { note: 'less', now: 50, before: 100, want: { direction: 'down', text: '50 %' } },
    { note: 'the same', now: 100.2, before: 100, want: { direction: 'level', text: 'level' } },
    { note: 'ten times', now: 1000, before: 100, want: { direction: 'up', text: '×10' } },
    { note: 'something after nothing', now: 5, before: 0, want: undefined },
    { note: 'no earlier figure', now: 5, before: undefined, want: undefined },
  ])('a change to $note is put into words', ({ now, before, want }) => {
    expect(describeChange(now, before)).toEqual(want);
  });
});

describe('time', () => {
  test('clocks follow the time zone and not the machine', () => {
    expect(formatClock(FRIDAY, 'UTC')).toBe('14:25');
    expect(formatClock(FRIDAY, 'Asia/Kolkata', { seconds: true })).toBe('19:55:30');
    expect(formatWeekday(FRIDAY, 'Asia/Tokyo')).toBe('Friday');
  });

  test.for([
    { note: 'the same day', epochMs: FRIDAY - 3_600_000, want: '13:25' },
    { note: 'the day before', epochMs: FRIDAY - 86_400_000, want: '19 Nov, 14:25' },
  ])('an instant of $note names the day only when it must', ({ epochMs, want }) => {
    expect(formatInstant(epochMs, FRIDAY, 'UTC')).toBe(want);
  });

  test('midnight reads 00:00', () => {
    expect(formatClock(Date.UTC(2026, 0, 1), 'UTC')).toBe('00:00');
  });

  test.for([
    { seconds: -5, want: '0 s' },
    { seconds: 45, want: '45 s' },
    { seconds: 725, want: '12 min' },
    { seconds: 3600, want: '1 h' },
    { seconds: 11_100, want: '3 h 5 min' },
    { seconds: 187_200, want: '2 d 4 h' },
  ])('$seconds seconds read $want', ({ seconds, want }) => {
    expect(formatDuration(seconds * 1000)).toBe(want);
  });

  test('an unknown time zone is UTC', () => {
    expect(knownTimeZone('Mars/Olympus')).toBe('UTC');
    expect(knownTimeZone('Europe/Berlin')).toBe('Europe/Berlin');
  });
});
