import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { createHistory } from './history.ts';
import { parseHistory } from './parse-history.ts';
import { renderHistory } from './render-history.ts';
import { INITIAL_RULE_STATE } from './rule-state.ts';
import { DEFAULT_COST_PER_REQUEST_RULE, DEFAULT_VOLUME_RULE } from './rules.ts';
import { step } from './step.ts';
import {
  CHAT,
  createRandom,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  traffic,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const FOUR_WEEKS = 28 * DAY;
/** A Tuesday at 14:00 after four weeks. */
const TUESDAY = MONDAY_MS + FOUR_WEEKS + DAY + 14 * 60 * MINUTE;

function weeks(options: Partial<Parameters<typeof traffic>[0]>): UsageMinute[] {
  return traffic({
    labels: CHAT,
    fromEpochMs: MONDAY_MS,
    minutes: (TUESDAY - MONDAY_MS) / MINUTE + 60,
    callsPerHour: 300,
    seed: 1,
    ...options,
  });
}

function split(rows: readonly UsageMinute[], at: number): [UsageMinute[], UsageMinute[]] {
  return [
    rows.filter((row) => row.minuteEpochMs < at),
    rows.filter((row) => row.minuteEpochMs >= at),
  ];
}

describe('volume', () => {
  test.for([
    { note: '×10 for half an hour', factor: 10, withinMinutes: 4, severity: 'critical' },
    { note: '×3 for an hour', factor: 3, withinMinutes: 45, severity: 'warning' },
  ])(
    '$note is found within $withinMinutes minutes',
    { timeout: 240_000 },
    ({ factor, withinMinutes, severity }) => {
      const rows = weeks({ rateAt: (epochMs) => (epochMs >= TUESDAY ? factor : 1) });
      const [past, present] = split(rows, TUESDAY);
      const findings = evaluate(DEFAULT_VOLUME_RULE, learned(past, TUESDAY), {
        minutes: present,
        toEpochMs: TUESDAY + 60 * MINUTE,
      });
      const first = findings[0];
      expect(first?.labels).toEqual({ service: 'shop', feature: 'chat' });
      expect((first?.epochMs ?? Number.POSITIVE_INFINITY) - TUESDAY).toBeLessThanOrEqual(
        withinMinutes * MINUTE,
      );
      expect(findings.map((finding) => finding.severity)).toContain(severity);
      expect(first?.expected.basis).toContain('Tuesday 1');
      const parts = Object.values(first?.decomposition ?? {}).reduce((sum, part) => sum + part, 0);
      expect(parts).toBeCloseTo(first?.usdPerHour ?? Number.NaN, 9);
      expect(first?.decomposition.volume).toBeGreaterThan(0.5 * (first?.usdPerHour ?? 0));
    },
  );

  test('a new series is not a spike, whatever its size', () => {
    const rows = traffic({
      labels: CHAT,
      fromEpochMs: MONDAY_MS,
      minutes: 23 * 60,
      callsPerHour: 1000,
      seed: 3,
    });
    const history = learned(rows.slice(0, 1), MONDAY_MS + MINUTE);
    const findings = evaluate(DEFAULT_VOLUME_RULE, history, {
      minutes: rows.slice(1),
      toEpochMs: MONDAY_MS + DAY - 60 * MINUTE,
    });
    expect(findings).toEqual([]);
  });

  test('a feature born ten times the size of its service is told at the service', () => {
    const base = weeks({});
    const born = traffic({
      labels: { ...CHAT, feature: 'smart-reply' },
      fromEpochMs: TUESDAY,
      minutes: 60,
      callsPerHour: 3000,
      seed: 9,
    });
    const [past, present] = split(base, TUESDAY);
    const findings = evaluate(DEFAULT_VOLUME_RULE, learned(past, TUESDAY), {
      minutes: [...present, ...born],
      toEpochMs: TUESDAY + 20 * MINUTE,
    });
    expect(findings[0]?.labels).toEqual({ service: 'shop' });
    expect(findings[0]?.contributors[0]).toMatchObject({ name: 'smart-reply' });
  });

  test('a gap makes the answer unknown and never an alarm', () => {
    const rows = weeks({ rateAt: (epochMs) => (epochMs >= TUESDAY ? 10 : 1) });
    const [past, present] = split(rows, TUESDAY);
    const history = learned(past, TUESDAY);
    const toEpochMs = TUESDAY + 10 * MINUTE;
    const gaps = [{ fromEpochMs: TUESDAY - 5 * MINUTE, toEpochMs }];
    advance(history, { minutes: present, gaps, toEpochMs }, utcHourOfWeek);
    const input = { history, epochMs: toEpochMs, hourOfWeek: utcHourOfWeek };
    expect(step(DEFAULT_VOLUME_RULE, INITIAL_RULE_STATE, input)).toEqual({
      state: INITIAL_RULE_STATE,
      findings: [],
      isUnknown: true,
    });
  });
});

describe('cost per request', () => {
  test.for([
    { note: 'doubled', factor: 2.2, expected: 'critical' },
    { note: '+70 %', factor: 1.7, expected: 'warning' },
  ])('a call that costs $note is found and explained', ({ factor, expected }) => {
    const rows = weeks({ costAt: (epochMs) => (epochMs >= TUESDAY ? factor : 1) });
    const [past, present] = split(rows, TUESDAY);
    const findings = evaluate(DEFAULT_COST_PER_REQUEST_RULE, learned(past, TUESDAY), {
      minutes: present,
      toEpochMs: TUESDAY + 60 * MINUTE,
    });
    expect(findings.map((finding) => finding.severity)).toContain(expected);
    const last = findings.at(-1);
    const parts = Object.values(last?.decomposition ?? {}).reduce((sum, part) => sum + part, 0);
    expect(parts).toBeCloseTo(last?.usdPerHour ?? Number.NaN, 9);
    expect(Math.abs(last?.decomposition.volume ?? 1)).toBeLessThan(1e-9);
  });

  test.for([
    { note: 'a few calls', minutes: 5, enoughCalls: 1000, told: false },
    { note: 'a few calls, held to be enough', minutes: 5, enoughCalls: 1, told: true },
    { note: 'an hour of calls', minutes: 60, enoughCalls: 1000, told: true },
  ])('$note that cost +70 % are told: $told', ({ minutes, enoughCalls, told }) => {
    const rows = weeks({ costAt: (epochMs) => (epochMs >= TUESDAY ? 1.7 : 1) });
    const [past, present] = split(rows, TUESDAY);
    const rule = { ...DEFAULT_COST_PER_REQUEST_RULE, enoughCalls };
    const toEpochMs = TUESDAY + minutes * MINUTE;
    const findings = evaluate(rule, learned(past, TUESDAY), { minutes: present, toEpochMs });
    expect(findings.length > 0).toBe(told);
  });

  test('dearer calls are not told as volume', () => {
    const rows = weeks({ costAt: (epochMs) => (epochMs >= TUESDAY ? 3 : 1) });
    const [past, present] = split(rows, TUESDAY);
    const findings = evaluate(DEFAULT_VOLUME_RULE, learned(past, TUESDAY), {
      minutes: present,
      toEpochMs: TUESDAY + 60 * MINUTE,
    });
    expect(findings).toEqual([]);
  });
});

describe('laws', () => {
  test('the answer does not depend on the order of rows', { timeout: 240_000 }, () => {
    const [past, present] = split(
      [
        ...weeks({ seed: 5 }),
        ...weeks({ seed: 6, labels: { ...CHAT, feature: 'search', model: 'small' } }),
      ],
      TUESDAY,
    );
    const busy = present.map((row) => ({ ...row, calls: row.calls * 8, costUsd: row.costUsd * 8 }));
    const run = (rows: UsageMinute[]) =>
      evaluate(DEFAULT_VOLUME_RULE, learned(rows, TUESDAY), {
        minutes: busy,
        toEpochMs: TUESDAY + 10 * MINUTE,
      });
    const random = createRandom(8);
    const shuffled = past
      .map((row) => ({ row, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ row }) => row);
    const findings = run(past);
    expect(findings.length).toBeGreaterThan(0);
    expect(run(shuffled)).toEqual(findings);
  });

  test('bad rows are counted and never become a figure', { timeout: 240_000 }, () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 30 }), number)), (samples) => {
        const rows = samples.map(([offset, calls]) =>
          usageRow(CHAT, MONDAY_MS + offset * MINUTE, { calls }),
        );
        const history = advance(
          createHistory(),
          { minutes: rows, gaps: [], toEpochMs: MONDAY_MS + 20 * MINUTE },
          utcHourOfWeek,
        );
        const input = { history, epochMs: MONDAY_MS + 20 * MINUTE, hourOfWeek: utcHourOfWeek };
        expect(step(DEFAULT_VOLUME_RULE, INITIAL_RULE_STATE, input).findings).toEqual([]);
        expect(parseHistory(renderHistory(history))).toBeDefined();
        const { invalid, late, early, repeated } = history.refused;
        const bad = samples.filter(([, calls]) => !(calls >= 0) || calls > 2 ** 53).length;
        expect(invalid).toBeGreaterThanOrEqual(bad);
        expect(invalid + late + early + repeated).toBeLessThanOrEqual(samples.length);
      }),
    );
  });
});
