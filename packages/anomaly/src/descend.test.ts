import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import { createHistory } from './history.ts';
import { parseHistory } from './parse-history.ts';
import { renderHistory } from './render-history.ts';
import { DEFAULT_SLOW_BURN_RULE, DEFAULT_VOLUME_RULE } from './rules.ts';
import {
  createRandom,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  poisson,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const HOUR = 60 * MINUTE;
const STEP = 5 * MINUTE;
const FEATURES = 20;
const CALLS_PER_HOUR = 240;
/** A Tuesday after four weeks. */
const SPLIT = MONDAY_MS + 29 * DAY;

/** From `hour` on, for `hours`, the features have so many times their calls. */
interface Wrong {
  readonly features: readonly number[];
  readonly factor: number;
  readonly hour: number;
  readonly hours: number;
}

const ALL = Array.from({ length: FEATURES }, (_, index) => index);

/** Rows of five minutes of twenty features of one service, each of 240 calls an hour whose rate swings by 15 %. */
function rows(fromEpochMs: number, toEpochMs: number, wrongs: readonly Wrong[]): UsageMinute[] {
  const random = createRandom(fromEpochMs / MINUTE);
  const all: UsageMinute[] = [];
  const swings = ALL.map(() => 1);
  for (let at = fromEpochMs; at < toEpochMs; at += STEP) {
    for (const feature of ALL) {
      if (at % HOUR === 0) swings[feature] = Math.exp(0.5 * (random() - 0.5));
      const mean = (CALLS_PER_HOUR / 12) * (swings[feature] ?? 1) * factorOf(wrongs, feature, at);
      const calls = poisson(mean, random);
      const labels = { service: 'shop', feature: `f${feature}`, provider: 'p', model: 'm' };
      if (calls > 0) all.push(usageRow(labels, at, { calls }));
    }
  }
  return all;
}

function factorOf(wrongs: readonly Wrong[], feature: number, at: number): number {
  let factor = 1;
  for (const { features, hour, hours, ...wrong } of wrongs) {
    const from = SPLIT + hour * HOUR;
    if (features.includes(feature) && at >= from && at < from + hours * HOUR)
      factor *= wrong.factor;
  }
  return factor;
}

const PAST = [...renderHistory(learned(rows(MONDAY_MS, SPLIT, []), SPLIT))];

/** What is told on that day, each scope once. */
function toldOn(wrongs: readonly Wrong[], hours: number): string[] {
  const toEpochMs = SPLIT + hours * HOUR;
  const all = rows(SPLIT, toEpochMs, wrongs);
  const history = parseHistory(PAST) ?? createHistory();
  const told = new Set<string>();
  let states: RuleStates = {};
  for (let epochMs = SPLIT + STEP; epochMs <= toEpochMs; epochMs += STEP) {
    const minutes = all.filter(
      (row) => row.minuteEpochMs >= epochMs - STEP && row.minuteEpochMs < epochMs,
    );
    advance(history, { minutes, gaps: [], toEpochMs: epochMs }, utcHourOfWeek);
    const input = { history, epochMs, hourOfWeek: utcHourOfWeek };
    const rules = [DEFAULT_VOLUME_RULE, DEFAULT_SLOW_BURN_RULE];
    const evaluation = evaluateRules(rules, states, input);
    states = evaluation.states;
    for (const { labels } of evaluation.findings) told.add(labels.feature ?? labels.service ?? '');
  }
  return [...told].sort();
}

test.for([
  { note: 'nothing', wrongs: [], hours: 12, told: [] },
  {
    note: 'one feature',
    wrongs: [{ features: [4], factor: 4, hour: 9, hours: 3 }],
    hours: 14,
    told: ['f4'],
  },
  {
    note: 'three of twenty at once, which the service shows before they do',
    wrongs: [{ features: [4, 9, 13], factor: 4, hour: 9, hours: 3 }],
    hours: 14,
    told: ['f13', 'f4', 'f9'],
  },
  {
    note: 'all of them',
    wrongs: [{ features: ALL, factor: 2, hour: 9, hours: 8 }],
    hours: 18,
    told: ['shop'],
  },
  {
    note: 'all of them, and hours later one more than the others',
    wrongs: [
      { features: ALL, factor: 1.8, hour: 6, hours: 10 },
      { features: [7], factor: 5, hour: 11, hours: 2 },
    ],
    hours: 18,
    told: ['f7', 'shop'],
  },
  {
    note: 'one that burns slowly for a day, then all of them',
    wrongs: [
      { features: [2], factor: 1.6, hour: 0, hours: 24 },
      { features: ALL, factor: 2, hour: 20, hours: 4 },
    ],
    hours: 26,
    told: ['f2', 'shop'],
  },
])(
  'what goes wrong is told where it sits: $note',
  { timeout: 120_000 },
  ({ wrongs, hours, told }) => {
    expect(toldOn(wrongs, hours)).toEqual(told);
  },
);
