import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { borrowProfile, lenderOf } from './borrow-profile.ts';
import { type CountModel, stageOf } from './count-model.ts';
import { beginCounts, COUNT_BYTES, CountState } from './count-state.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import type { Finding } from './finding.ts';
import { codeOf } from './hour-ring.ts';
import { advance, type History } from './index.ts';
import { logCodeOf, valueOfLogCode } from './log-code.ts';
import { createMemoryPool, takePiece } from './memory-pool.ts';
import { DEFAULT_RULES } from './rules.ts';
import {
  CHAT,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  traffic,
  utcHourOfWeek,
} from './traffic.test-kit.ts';

const MINUTES_OF_DAY = 1440;
const SEARCH = { ...CHAT, feature: 'search' };

function model(
  fill: (slot: number) => number,
  hours: { first: number; count: number },
): CountState {
  const state = new CountState(takePiece(createMemoryPool(), COUNT_BYTES));
  beginCounts(state);
  state.firstHour = hours.first;
  state.lastHour = hours.first + hours.count - 1;
  for (let hour = hours.first; hour <= state.lastHour; hour += 1) {
    state.hours[hour % 672] = codeOf(fill((hour + 72) % 168));
    state.total += fill((hour + 72) % 168);
  }
  for (let slot = 0; slot < 168; slot += 1) state.slots[slot] = logCodeOf(fill(slot));
  return state;
}

/** Working days from 8 to 18, quiet else. */
const office = (slot: number): number =>
  slot < 120 && slot % 24 >= 8 && slot % 24 < 18 ? 900 : 100;
const slotOf = (hour: number): number => (hour + 72) % 168;

describe('the week of a parent', () => {
  test.for([
    { days: 2, share: 0.1 },
    { days: 2, share: 3 },
    { days: 7, share: 0.5 },
    { days: 14, share: 0.02 },
  ])(
    'is expected of its child, at the level of the child: $share of it after $days days',
    ({ days, share }) => {
      const lender = model(office, { first: 0, count: 672 });
      const child = model((slot) => share * office(slot), { first: 672, count: 24 * days });
      child.slots.fill(0);
      expect(borrowProfile(child, lender, slotOf)).toBe(true);
      // Hours are kept within 4 %.
      const errors = [...child.slots].map(
        (code, slot) => valueOfLogCode(code) / (share * office(slot)) - 1,
      );
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.1);
    },
  );

  test('is not borrowed by what keeps other hours', () => {
    const lender = model(office, { first: 0, count: 672 });
    const batch = model((slot) => (slot % 24 === 2 ? 5000 : 0), { first: 672, count: 72 });
    const before = [...batch.slots];
    expect(borrowProfile(batch, lender, slotOf)).toBe(false);
    expect([...batch.slots]).toEqual(before);
  });

  test('is finite and not negative, whatever the hours of the child', () => {
    const lender = model(office, { first: 0, count: 672 });
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 500 }), (codes) => {
        const child = model(() => 0, { first: 700, count: codes.length });
        codes.forEach((code, index) => {
          child.hours[(700 + index) % 672] = code;
        });
        borrowProfile(child, lender, slotOf);
        expect(child.slots.every((code) => Number.isFinite(valueOfLogCode(code)))).toBe(true);
      }),
    );
  });

  const at = (first: number, count: number): CountModel => model(office, { first, count });
  test.for([
    { note: 'a service known for three weeks lends', service: 0, born: 504, want: 'service' },
    { note: 'a service known for less does not', service: 0, born: 503, want: undefined },
    { note: 'a new service leaves it to the total', service: 1000, born: 1000, want: 'total' },
    { note: 'what came with its service needs none', service: -500, born: -500, want: undefined },
  ])('$note', ({ service, born, want }) => {
    const total = { model: at(Math.min(service, 0), 672), parent: undefined };
    const above = { model: at(service, 100), parent: total };
    const lender = lenderOf({ model: at(born, 30), parent: above });
    const name = lender === above.model ? 'service' : lender === total.model ? 'total' : undefined;
    expect(name).toBe(want);
  });

  test('nobody is judged by it in the first day, nor after three weeks', () => {
    const child = at(0, 23);
    child.borrowed = 1;
    expect(stageOf(child)).toBe('cold');
    const parent = { model: at(-600, 600), parent: undefined };
    expect(lenderOf({ model: at(0, 504), parent })).toBeUndefined();
  });
});

/** Evaluates all rules every 5 minutes. */
function judged(history: History, rows: ReturnType<typeof traffic>, toEpochMs: number): Finding[] {
  const findings: Finding[] = [];
  let states: RuleStates = {};
  let next = 0;
  const byTime = [...rows].sort((a, b) => a.minuteEpochMs - b.minuteEpochMs);
  for (
    let end = (history.advancedToEpochMs ?? 0) + 5 * MINUTE;
    end <= toEpochMs;
    end += 5 * MINUTE
  ) {
    const minutes = [];
    for (let row = byTime[next]; row !== undefined && row.minuteEpochMs < end; row = byTime[next]) {
      minutes.push(row);
      next += 1;
    }
    advance(history, { minutes, gaps: [], toEpochMs: end }, utcHourOfWeek);
    const result = evaluateRules(DEFAULT_RULES, states, {
      history,
      epochMs: end,
      hourOfWeek: utcHourOfWeek,
    });
    states = result.states;
    findings.push(
      ...result.findings.filter(({ rule }) => rule === 'volume' || rule === 'slow_burn'),
    );
  }
  return findings;
}

/** A service known for four weeks under which a feature is born on a Saturday, for `days` more days. */
function birth(options: {
  readonly callsPerHour: number;
  readonly days: number;
  readonly seed: number;
  readonly rateAt?: (epochMs: number) => number;
}): Finding[] {
  const { seed, days, callsPerHour, rateAt } = options;
  const fromEpochMs = MONDAY_MS - 23 * DAY;
  const born = MONDAY_MS + 5 * DAY;
  const calm = { slowNoise: 0.1, fastNoise: 0.15 };
  const known = traffic({
    ...calm,
    labels: CHAT,
    fromEpochMs,
    minutes: (28 + days) * MINUTES_OF_DAY,
    callsPerHour: 300,
    seed,
  });
  const child = traffic({
    ...calm,
    labels: SEARCH,
    fromEpochMs: born,
    minutes: days * MINUTES_OF_DAY,
    callsPerHour,
    seed: seed + 100,
    ...(rateAt !== undefined && { rateAt }),
  });
  const history = learned(
    known.filter(({ minuteEpochMs }) => minuteEpochMs < born),
    born,
  );
  const rows = [...known.filter(({ minuteEpochMs }) => minuteEpochMs >= born), ...child];
  return judged(history, rows, born + days * DAY);
}

const story = (findings: readonly Finding[]): string[] => [
  ...new Set(
    findings.map(
      ({ severity, rule, labels, cause }) =>
        `${severity} ${rule} ${labels.feature ?? labels.service ?? 'all'}${cause === undefined ? '' : ` ${cause}`}`,
    ),
  ),
];

describe('a feature born under a known service', () => {
  test.for([
    { callsPerHour: 30, seed: 1 },
    { callsPerHour: 150, seed: 2 },
    { callsPerHour: 300, seed: 3 },
  ])(
    'is said to be a new source and is no alarm, nor is the Monday after its first week-end: $callsPerHour calls/h',
    { timeout: 240_000 },
    ({ callsPerHour, seed }) => {
      const findings = birth({ callsPerHour, seed, days: 5 });
      expect(story(findings)).toEqual(['info volume search new_source']);
      const last = findings.at(-1);
      expect(last?.epochMs).toBeLessThanOrEqual(MONDAY_MS + 6 * DAY + 60 * MINUTE);
    },
  );

  test('that alone makes its service several times larger is a warning about that', {
    timeout: 240_000,
  }, () => {
    const findings = birth({ callsPerHour: 3000, seed: 4, days: 1 });
    expect(story(findings)).toEqual(['warning volume shop new_source']);
  });

  test('and tripled for two hours on its third day is told while that lasts', {
    timeout: 240_000,
  }, () => {
    const wrong = MONDAY_MS + 7 * DAY + 11 * 60 * MINUTE;
    const rateAt = (epochMs: number): number =>
      epochMs >= wrong && epochMs < wrong + 120 * MINUTE ? 3 : 1;
    const findings = birth({ callsPerHour: 150, seed: 2, days: 3, rateAt });
    const first = findings.find(({ severity }) => severity !== 'info');
    expect(first?.labels.feature).toBe('search');
    expect(((first?.epochMs ?? 0) - wrong) / MINUTE).toBeLessThanOrEqual(120);
    expect(first?.expected.basis).toMatch(
      /^usual for Monday 1[1-3]:00 by the week of what it is part of/,
    );
  });
});
