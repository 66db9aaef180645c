import { describe, expect, test } from 'vitest';
import { acceptExcess } from './accept-excess.ts';
import { advance } from './advance.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import type { Finding } from './finding.ts';
import { createHistory, type History } from './history.ts';
import { DEFAULT_RULES } from './rules.ts';
import { CHAT, DAY, MINUTE, MONDAY_MS, usageRow, utcHourOfWeek } from './traffic.test-kit.ts';
import type { Gap, UsageMinute } from './usage-minute.ts';
import { withHolidays } from './with-holidays.ts';

const BLOCK = 5 * MINUTE;
const HOUR = 60 * MINUTE;
const SPLIT = MONDAY_MS + 28 * DAY;

/** 20 calls a block, a little more and less by turns, at `factor(epochMs)` times. */
function block(epochMs: number, factor: (epochMs: number) => number): UsageMinute[] {
  const swing = 1 + 0.3 * Math.sin(epochMs / (7.3 * BLOCK)) + 0.1 * Math.sin(epochMs / HOUR);
  const calls = Math.round(20 * swing * factor(epochMs));
  return calls > 0 ? [usageRow(CHAT, epochMs, { calls })] : [];
}

interface Replay {
  readonly history: History;
  readonly findings: Finding[];
}

/** Replays [MONDAY_MS, to); findings are those of the last days, from SPLIT on. */
function replay(
  to: number,
  factor: (epochMs: number) => number,
  options: { gaps?: readonly Gap[]; known?: Replay } = {},
): Replay {
  const { gaps = [], known } = options;
  const history = known?.history ?? createHistory();
  const findings: Finding[] = [];
  let states: RuleStates = {};
  for (let at = history.advancedToEpochMs ?? MONDAY_MS; at < to; at += BLOCK) {
    advance(history, { minutes: block(at, factor), gaps, toEpochMs: at + BLOCK }, utcHourOfWeek);
    const input = { history, epochMs: at + BLOCK, hourOfWeek: utcHourOfWeek };
    const result = evaluateRules(DEFAULT_RULES, states, input);
    states = result.states;
    if (at >= SPLIT) findings.push(...result.findings);
  }
  return { history, findings };
}

const office = (epochMs: number): number => {
  const slot = utcHourOfWeek(epochMs);
  return slot < 120 && slot % 24 >= 7 && slot % 24 < 20 ? 1 : 0;
};

describe('calendar', () => {
  test('a feature of working days is as usual over a week-end and on Monday', {
    timeout: 240_000,
  }, () => {
    expect(replay(SPLIT + 8 * DAY, office).findings).toEqual([]);
  });

  test('growth of 3 % a week is as usual', { timeout: 240_000 }, () => {
    const growing = (epochMs: number): number => 1.03 ** ((epochMs - MONDAY_MS) / (7 * DAY));
    expect(replay(SPLIT + 7 * DAY, growing).findings).toEqual([]);
  });

  test('a declared gap is unknown: no alarm in it and none after it', { timeout: 240_000 }, () => {
    const gaps = [{ fromEpochMs: SPLIT + 6 * HOUR, toEpochMs: SPLIT + 12 * HOUR }];
    const factor = (epochMs: number): number =>
      epochMs >= SPLIT + 6 * HOUR && epochMs < SPLIT + 12 * HOUR ? 0 : 1;
    expect(replay(SPLIT + 2 * DAY, factor, { gaps }).findings).toEqual([]);
  });

  test('a holiday is expected as a Sunday is', () => {
    const hourOfWeek = withHolidays(utcHourOfWeek, (epochMs) => epochMs < MONDAY_MS + DAY);
    expect(hourOfWeek(MONDAY_MS + 5 * HOUR)).toBe(6 * 24 + 5);
    expect(hourOfWeek(MONDAY_MS + DAY)).toBe(24);
  });

  test('a planned event raises what is expected', { timeout: 240_000 }, () => {
    const launch = { fromEpochMs: SPLIT, toEpochMs: SPLIT + DAY, factor: 3 };
    const known = replay(SPLIT, () => 1);
    known.history.plannedEvents = [launch];
    const findings = replay(SPLIT + DAY / 2, () => 2.8, { known }).findings;
    expect(findings.filter(({ rule }) => rule === 'volume' || rule === 'slow_burn')).toEqual([]);
  });
});

describe('incidents', () => {
  const spike = (epochMs: number): number =>
    epochMs >= SPLIT + 10 * HOUR && epochMs < SPLIT + 12 * HOUR ? 6 : 1;

  test('a spike is told while it lasts, and not again by a longer window', {
    timeout: 240_000,
  }, () => {
    const { findings } = replay(SPLIT + 3 * DAY, spike);
    const first = findings[0];
    expect(first).toMatchObject({ rule: 'volume', severity: 'critical' });
    expect(first?.epochMs).toBeLessThanOrEqual(SPLIT + 10 * HOUR + 2 * BLOCK);
    expect(findings.at(-1)?.epochMs).toBeLessThan(SPLIT + 14 * HOUR);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['volume']));
  });

  test('the same spike a week later is told again: the first one taught nothing', {
    timeout: 240_000,
  }, () => {
    const weekly = (epochMs: number): number => spike(epochMs) * spike(epochMs - 7 * DAY);
    const { findings } = replay(SPLIT + 7 * DAY + 11 * HOUR, weekly);
    const second = findings.find(({ epochMs }) => epochMs > SPLIT + 7 * DAY);
    expect(second?.epochMs).toBeLessThanOrEqual(SPLIT + 7 * DAY + 10 * HOUR + 2 * BLOCK);
    expect(second?.expected.mid).toBeLessThan(1.3 * 20);
  });

  test('a level that lasts is told once and is usual within three days', {
    timeout: 240_000,
  }, () => {
    const { findings } = replay(SPLIT + 6 * DAY, (epochMs) => (epochMs >= SPLIT + DAY ? 1.8 : 1));
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.at(-1)?.epochMs).toBeLessThan(SPLIT + DAY + 72 * HOUR);
    expect(new Set(findings.map(({ rule }) => rule)).size).toBe(1);
  });

  test('an accepted level is usual at once', { timeout: 240_000 }, () => {
    const known = replay(SPLIT + 2 * HOUR, (epochMs) => (epochMs >= SPLIT ? 4 : 1));
    const { labels } = known.findings[0] ?? { labels: {} };
    expect(acceptExcess(known.history, labels, utcHourOfWeek)).toBe(true);
    expect(replay(SPLIT + 8 * HOUR, () => 4, { known }).findings).toEqual([]);
  });

  test('retries that make up the extra calls are named', { timeout: 240_000 }, () => {
    const { history } = replay(SPLIT, () => 1);
    const rows = block(SPLIT, () => 8).map((row) => ({ ...row, retries: 0.85 * row.calls }));
    advance(history, { minutes: rows, gaps: [], toEpochMs: SPLIT + BLOCK }, utcHourOfWeek);
    const input = { history, epochMs: SPLIT + BLOCK, hourOfWeek: utcHourOfWeek };
    const [finding] = evaluateRules(DEFAULT_RULES, {}, input).findings;
    expect(finding).toMatchObject({ rule: 'volume', cause: 'retry_storm' });
    expect(finding?.retryShare).toBeCloseTo(0.85, 2);
  });
});

describe('clocks', () => {
  test('a clock that jumps back changes nothing', { timeout: 240_000 }, () => {
    const { history } = replay(SPLIT, () => 1);
    advance(history, { minutes: [], gaps: [], toEpochMs: SPLIT - 5 * DAY }, utcHourOfWeek);
    expect(history.advancedToEpochMs).toBe(SPLIT);
  });

  test('a clock that jumps ten years ahead costs no time and raises no alarm', {
    timeout: 240_000,
  }, () => {
    const { history } = replay(SPLIT, () => 1);
    const to = SPLIT + 3652 * DAY;
    advance(history, { minutes: [], gaps: [], toEpochMs: to }, utcHourOfWeek);
    const input = { history, epochMs: to, hourOfWeek: utcHourOfWeek };
    expect(evaluateRules(DEFAULT_RULES, {}, input).findings).toEqual([]);
  });
});
