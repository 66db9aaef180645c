import { expect, test } from 'vitest';
import { forecastTotal } from './forecast-spend.ts';
import { createHistory } from './history.ts';
import { INITIAL_RULE_STATE } from './rule-state.ts';
import type { BudgetRule } from './rules.ts';
import { step } from './step.ts';
import {
  CHAT,
  createRandom,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';

const HOUR = 60 * MINUTE;
const WEEK = 7 * DAY;
/** A month of five weeks, asked about after its second one, with four weeks of history. */
const START = MONDAY_MS + 2 * WEEK;
const ASKED = START + 2 * WEEK;
const END = START + 5 * WEEK;
const BUDGET: BudgetRule = {
  name: 'budget',
  limitUsd: 1,
  period: 'month',
  periodOf: () => ({ startEpochMs: START, endEpochMs: END }),
  labels: {},
  infoShare: 0.5,
  warningShare: 0.8,
};

interface Month {
  /** What is told at `ASKED` of the end. */
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  /** What it really was, in USD. */
  readonly spent: number;
}

/** Hours of a given rate at 0.01 USD a call. */
function month(callsAt: (epochMs: number) => number): Month {
  const rows = [];
  let spent = 0;
  for (let at = MONDAY_MS; at < END; at += HOUR) {
    const calls = Math.round(callsAt(at));
    if (at >= START) spent += calls * 0.01;
    if (at < ASKED && calls > 0) rows.push(usageRow(CHAT, at, { calls }));
  }
  const input = {
    history: learned(rows, ASKED),
    epochMs: ASKED,
    hourOfWeek: utcHourOfWeek,
  };
  const basis = step(BUDGET, INITIAL_RULE_STATE, input).findings[0]?.expected.basis ?? '';
  const [mid = 0, low = 0, high = 0] =
    /([\d.]+) USD \(([\d.]+) to ([\d.]+)\)/.exec(basis)?.slice(1).map(Number) ?? [];
  return { low, mid, high, spent };
}

const weekly = (share: number) => (at: number) => (1 + share) ** ((at - MONDAY_MS) / WEEK);
const office = (at: number): number => (utcHourOfWeek(at) % 24 >= 8 ? 3000 : 600);

test.for([
  { note: 'stays', growth: 0 },
  { note: 'grows by 3 % a week', growth: 0.03 },
  { note: 'falls by 3 % a week', growth: -0.03 },
])('what $note is foreseen to 2 %', ({ growth }) => {
  const { mid, spent } = month((at) => office(at) * weekly(growth)(at));
  expect(Math.abs(mid / spent - 1)).toBeLessThan(0.02);
});

test('a level that changed lately is the one that goes on', () => {
  const { low, high, spent } = month((at) => office(at) * (at >= START ? 1.8 : 1));
  expect(low <= spent && spent <= high).toBe(true);
});

test('the range of the end holds it in nine of ten months of bursty traffic', {
  timeout: 240_000,
}, () => {
  const months = Array.from({ length: 20 }, (_, seed) => {
    const random = createRandom(seed + 1);
    const growth = weekly(0.03 * random());
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return month((at) => office(at) * growth(at) * Math.exp(0.6 * normal() - 0.18));
  });
  const held = months.filter(({ low, high, spent }) => low <= spent && spent <= high);
  expect(held.length).toBeGreaterThanOrEqual(18);
});

test('everything is foreseen from the end of what is known, and nothing before a week is', () => {
  const rows = [];
  // 100 calls an hour at 0.01 USD, of two features: 2 USD an hour.
  for (let at = MONDAY_MS; at < ASKED; at += HOUR) {
    rows.push(usageRow(CHAT, at, { calls: 100 }));
    rows.push(usageRow({ ...CHAT, feature: 'search' }, at, { calls: 100 }));
  }
  const range = { toEpochMs: ASKED + 10 * DAY, hourOfWeek: utcHourOfWeek };
  const mid = forecastTotal(learned(rows, ASKED), range)?.mid ?? 0;
  expect(Math.abs(mid / (10 * 24 * 2) - 1)).toBeLessThan(0.01);
  const young = rows.filter(({ minuteEpochMs }) => minuteEpochMs < MONDAY_MS + 6 * DAY);
  expect(forecastTotal(learned(young, MONDAY_MS + 6 * DAY), range)).toBeUndefined();
  expect(forecastTotal(createHistory(), range)).toBeUndefined();
});
