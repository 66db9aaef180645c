import { describe, expect, test } from 'vitest';
import { DEFAULT_PIPELINE_GAP_RULE, judgePipeline } from './pipeline-gap-rule.ts';
import { INITIAL_RULE_STATE } from './rule-state.ts';
import { DEFAULT_SLOW_BURN_RULE, DEFAULT_VOLUME_RULE } from './rules.ts';
import { step } from './step.ts';
import {
  CHAT,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  traffic,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';

const SPLIT = MONDAY_MS + 28 * DAY;
const START = SPLIT + DAY + 10 * 60 * MINUTE;

describe('slow burn', () => {
  test.for([
    { note: 'spend that stays 80 % higher', factor: 1.8, isTold: true },
    { note: 'usual spend', factor: 1, isTold: false },
  ])('$note is told: $isTold', { timeout: 240_000 }, ({ factor, isTold }) => {
    const rows = traffic({
      labels: CHAT,
      fromEpochMs: MONDAY_MS,
      minutes: 31 * 1440,
      callsPerHour: 200,
      seed: 2,
      slowNoise: 0.1,
      rateAt: (epochMs) => (epochMs >= START ? factor : 1),
    });
    const past = rows.filter((row) => row.minuteEpochMs < SPLIT);
    const findings = evaluate(DEFAULT_SLOW_BURN_RULE, learned(past, SPLIT), {
      minutes: rows.filter((row) => row.minuteEpochMs >= SPLIT),
      toEpochMs: START + DAY,
      everyMinutes: 60,
    });
    expect(findings.length > 0).toBe(isTold);
    expect(findings.every((finding) => finding.usdPerHour > 0)).toBe(true);
  });
});

describe('the end of what was told', () => {
  test('comes within hours, however much the rate swings', () => {
    const from = MONDAY_MS + 22 * DAY + 10 * 60 * MINUTE;
    const rows = traffic({
      labels: CHAT,
      fromEpochMs: MONDAY_MS,
      minutes: 25 * 1440,
      callsPerHour: 200,
      seed: 9,
      slowNoise: 0.25,
      fastNoise: 0.3,
      rateAt: (epochMs) => (epochMs >= from && epochMs < from + DAY ? 1.6 : 1),
    });
    const history = learned(
      rows.filter(({ minuteEpochMs }) => minuteEpochMs < from),
      from,
    );
    const findings = evaluate(DEFAULT_VOLUME_RULE, history, {
      minutes: rows.filter(({ minuteEpochMs }) => minuteEpochMs >= from),
      toEpochMs: MONDAY_MS + 25 * DAY,
      everyMinutes: 5,
    });
    const hoursAfter = findings.map(({ epochMs }) => (epochMs - from - DAY) / (60 * MINUTE));
    expect(findings.length).toBeGreaterThan(0);
    expect(hoursAfter.filter((hours) => hours > 9 && hours <= 24)).toEqual([]);
  });
});

describe('pipeline gap', () => {
  const now = MONDAY_MS;
  test.for([
    { note: 'fresh data', lag: 1, gapMinutes: 0, want: [] },
    { note: 'data 6 minutes old', lag: 6, gapMinutes: 0, want: ['warning'] },
    { note: 'data 31 minutes old', lag: 31, gapMinutes: 0, want: ['critical'] },
    { note: 'a short gap', lag: 0, gapMinutes: 3, want: [] },
    { note: 'a long gap', lag: 0, gapMinutes: 10, want: ['warning'] },
  ])('$note', { timeout: 240_000 }, ({ lag, gapMinutes, want }) => {
    const knownToEpochMs = now - lag * MINUTE;
    const gaps = [{ fromEpochMs: knownToEpochMs - gapMinutes * MINUTE, toEpochMs: knownToEpochMs }];
    const input = { nowEpochMs: now, knownToEpochMs, settleMs: 0, gaps };
    const findings = judgePipeline(DEFAULT_PIPELINE_GAP_RULE, input);
    expect(findings.map((finding) => finding.severity)).toEqual(want);
  });
});

describe('budget', () => {
  const dayOf = (epochMs: number) => {
    const startEpochMs = Math.floor(epochMs / DAY) * DAY;
    return { startEpochMs, endEpochMs: startEpochMs + DAY };
  };
  /** 100 calls an hour at 0.01 USD, every hour alike: 24 USD a day. */
  const rows = Array.from({ length: 10 * 24 }, (_, hour) =>
    usageRow(CHAT, MONDAY_MS + hour * 60 * MINUTE, { calls: 100 }),
  );
  const from = MONDAY_MS + 9 * DAY;

  test.for([
    { note: 'far below the limit', limitUsd: 100, hours: 20, want: undefined },
    { note: 'half of the limit', limitUsd: 30, hours: 16, want: 'info' },
    { note: 'four fifths', limitUsd: 25, hours: 20.5, want: 'warning' },
    { note: 'on course to exceed', limitUsd: 20, hours: 8, want: 'warning' },
    { note: 'spent', limitUsd: 15, hours: 16, want: 'critical' },
  ])('$note is $want', { timeout: 240_000 }, ({ limitUsd, hours, want }) => {
    const rule = {
      name: 'budget',
      limitUsd,
      period: 'day',
      periodOf: dayOf,
      labels: {},
      infoShare: 0.5,
      warningShare: 0.8,
    } as const;
    const toEpochMs = from + hours * 60 * MINUTE;
    const history = learned(
      rows.filter((row) => row.minuteEpochMs < toEpochMs),
      toEpochMs,
    );
    const input = { history, epochMs: toEpochMs, hourOfWeek: utcHourOfWeek };
    const [finding] = step(rule, INITIAL_RULE_STATE, input).findings;
    expect(finding?.severity).toBe(want);
    expect(finding === undefined || Math.abs(finding.observed - Math.ceil(hours)) < 1e-9).toBe(
      true,
    );
  });
});
