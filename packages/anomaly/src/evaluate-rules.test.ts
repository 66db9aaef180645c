import { describe, expect, test } from 'vitest';
import { evaluateRules } from './evaluate-rules.ts';
import { DEFAULT_SLOW_BURN_RULE } from './rules.ts';
import {
  CHAT,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  traffic,
  utcHourOfWeek,
} from './traffic.test-kit.ts';

const HOUR = 60 * MINUTE;
const END = MONDAY_MS + 28 * DAY + 20 * HOUR;
const KEY = JSON.stringify([CHAT.service, null, CHAT.feature]);

describe('a slow burn beside what was told of the same scope', () => {
  const history = learned(
    traffic({
      labels: CHAT,
      fromEpochMs: MONDAY_MS,
      minutes: (END - MONDAY_MS) / MINUTE,
      callsPerHour: 600,
      seed: 3,
      slowNoise: 0.05,
      fastNoise: 0.05,
      rateAt: (at) => (at < END - 9 * HOUR ? 1 : 1.5),
    }),
    END,
  );
  const active = { sinceEpochMs: END - 6 * HOUR, severity: 'warning' } as const;
  test.for([
    { note: 'is told where nothing was', state: { active: {} }, want: 1 },
    {
      note: 'is not told a day after the end of it',
      state: { active: {}, ended: { [KEY]: END - DAY } },
      want: 0,
    },
    {
      note: 'is told more than two days after it',
      state: { active: {}, ended: { [KEY]: END - 2 * DAY } },
      want: 1,
    },
    {
      note: 'is told where another scope was told',
      state: { active: {}, ended: { total: END - DAY } },
      want: 1,
    },
    {
      note: 'goes on where it is what was told',
      state: { active: { [KEY]: active }, ended: { [KEY]: END - 5 * MINUTE } },
      want: 1,
    },
  ])('$note', { timeout: 240_000 }, ({ state, want }) => {
    const { findings, states } = evaluateRules(
      [DEFAULT_SLOW_BURN_RULE],
      { 'slow_burn 0': state },
      { history, epochMs: END, hourOfWeek: utcHourOfWeek },
    );
    expect(findings.map(({ rule }) => rule)).toEqual(Array(want).fill('slow_burn'));
    expect(Object.keys(states['slow_burn 0']?.active ?? {})).toEqual(Array(want).fill(KEY));
  });
});
