import { expect, test } from 'vitest';
import { DEFAULT_COVERAGE_RULE, judgeCoverage } from './coverage-rule.ts';
import { INITIAL_RULE_STATE } from './rule-state.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

/** Half an hour, a row a minute, up to two minutes ago. */
function minutes(recognised: number, metered: number) {
  return Array.from({ length: 30 }, (_, index) => ({
    minuteEpochMs: NOW - (index + 3) * 60_000,
    service: 'shop',
    recognised,
    metered,
  }));
}

test.for([
  { note: 'everything is metered', recognised: 100, metered: 100, want: undefined },
  { note: 'one in a thousand is lost', recognised: 1000, metered: 999, want: undefined },
  { note: 'one in twenty is lost', recognised: 100, metered: 95, want: 'warning' },
  { note: 'half is lost', recognised: 10, metered: 5, want: 'critical' },
  { note: 'too few to tell', recognised: 1, metered: 0, want: undefined },
  { note: 'rows that are no numbers', recognised: Number.NaN, metered: 5, want: undefined },
  { note: 'negative rows', recognised: -5, metered: -9, want: undefined },
])('$note: $want', ({ recognised, metered, want }) => {
  const input = { epochMs: NOW, minutes: minutes(recognised, metered) };
  const { findings } = judgeCoverage(DEFAULT_COVERAGE_RULE, INITIAL_RULE_STATE, input);
  expect(findings[0]?.severity).toBe(want);
});

test('requests of the last two minutes and of the future are not missed yet', () => {
  const row = { service: 'shop', recognised: 1000, metered: 0 };
  const rows = [-60_000, 0, 60_000].map((offset) => ({ ...row, minuteEpochMs: NOW + offset }));
  const input = { epochMs: NOW, minutes: rows };
  expect(judgeCoverage(DEFAULT_COVERAGE_RULE, INITIAL_RULE_STATE, input).findings).toEqual([]);
});

/** A row a minute for half an hour; from `from` minutes ago on, so many of 20 are not metered. */
function losing(from: number, lost: number, recognised = 20) {
  return Array.from({ length: 30 }, (_, index) => ({
    minuteEpochMs: NOW - (index + 3) * 60_000,
    service: 'shop',
    recognised,
    metered: recognised - (index + 3 <= from ? lost : 0),
  }));
}

test('it is since the minute from which on requests are lost', () => {
  const input = { epochMs: NOW, minutes: losing(9, 6) };
  const { findings } = judgeCoverage(DEFAULT_COVERAGE_RULE, INITIAL_RULE_STATE, input);
  expect(findings.map(({ sinceEpochMs }) => sinceEpochMs)).toEqual([NOW - 9 * 60_000]);
});

test('it does not end because few requests come', () => {
  const first = { epochMs: NOW, minutes: losing(30, 6) };
  const { state } = judgeCoverage(DEFAULT_COVERAGE_RULE, INITIAL_RULE_STATE, first);
  const quiet = { epochMs: NOW, minutes: losing(30, 1, 1).slice(0, 5) };
  expect(judgeCoverage(DEFAULT_COVERAGE_RULE, state, quiet).findings).toHaveLength(1);
  const well = { epochMs: NOW, minutes: losing(0, 0, 1) };
  expect(judgeCoverage(DEFAULT_COVERAGE_RULE, state, well).findings).toEqual([]);
});

test('gates differ by service and environment', () => {
  const overrides = [
    { match: { environment: 'staging' }, gates: { isEnabled: false } },
    { match: { service: 'batch' }, gates: { warningShare: 0.9, criticalShare: 0.95 } },
    { match: { service: 'slow' }, gates: { windowMinutes: 5 } },
  ];
  const rows = losing(30, 10).flatMap((row) => [
    row,
    { ...row, environment: 'staging' },
    { ...row, service: 'batch' },
  ]);
  // Nothing is lost in the five minutes that are judged of it.
  const earlier = losing(30, 10).map((row) => ({ ...row, service: 'slow' }));
  const slow = earlier.map((row) =>
    row.minuteEpochMs >= NOW - 7 * 60_000 ? { ...row, metered: row.recognised } : row,
  );
  const input = { epochMs: NOW, minutes: [...rows, ...slow] };
  const rule = { ...DEFAULT_COVERAGE_RULE, overrides };
  const { findings } = judgeCoverage(rule, INITIAL_RULE_STATE, input);
  expect(findings.map(({ labels }) => labels)).toEqual([{ service: 'shop' }]);
});
