import { describe, expect, test } from 'vitest';
import {
  DEFAULT_CACHE_HIT_RATE_RULE,
  DEFAULT_MODEL_DRIFT_RULE,
  DEFAULT_UNPRICED_RULE,
} from './rules.ts';
import {
  CHAT,
  createRandom,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  poisson,
  usageRow,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const WEEK_LATER = MONDAY_MS + 10 * DAY;

/** Calls whose cache hits at `rate` until the eleventh day, then at `lateRate`. */
function cached(options: { callsPerHour: number; rate: number; lateRate: number; hours: number }) {
  const random = createRandom(4);
  const rows: UsageMinute[] = [];
  for (let at = MONDAY_MS; at < WEEK_LATER + options.hours * 60 * MINUTE; at += MINUTE) {
    const calls = poisson(options.callsPerHour / 60, random);
    if (calls === 0) continue;
    const rate = at < WEEK_LATER ? options.rate : options.lateRate;
    let cacheHits = 0;
    for (let call = 0; call < calls; call += 1) if (random() < rate) cacheHits += 1;
    rows.push({ ...usageRow(CHAT, at, { calls }), cacheHits, cacheMisses: calls - cacheHits });
  }
  return {
    past: rows.filter((row) => row.minuteEpochMs < WEEK_LATER),
    present: rows.filter((row) => row.minuteEpochMs >= WEEK_LATER),
    toEpochMs: WEEK_LATER + options.hours * 60 * MINUTE,
  };
}

describe('cache hit rate', () => {
  test.for([
    {
      note: 'a cache switched off, few calls',
      callsPerHour: 7,
      lateRate: 0,
      hours: 5,
      severity: 'critical',
    },
    {
      note: 'a halved rate, few calls',
      callsPerHour: 7,
      lateRate: 0.35,
      hours: 14,
      severity: 'warning',
    },
    {
      note: 'a halved rate, many calls',
      callsPerHour: 600,
      lateRate: 0.35,
      hours: 2,
      severity: 'critical',
    },
  ])('$note is found', { timeout: 240_000 }, ({ callsPerHour, lateRate, hours, severity }) => {
    const { past, present, toEpochMs } = cached({ callsPerHour, rate: 0.7, lateRate, hours });
    const history = learned(past, WEEK_LATER);
    const findings = evaluate(DEFAULT_CACHE_HIT_RATE_RULE, history, {
      minutes: present,
      toEpochMs,
    });
    expect(findings.map((finding) => finding.severity)).toContain(severity);
    expect(findings[0]?.expected.mid).toBeCloseTo(0.7, 1);
  });

  // 60 calls an hour of which 42 hit, as every hour: ln(10,080 / 1,200) more nats than 4.2²/2 are a score of 4.68, which
  // 26 of 60 have not (4.51) and 25 have (4.79).
  test.for([
    { hits: 26, want: 0 },
    { hits: 25, want: 1 },
  ])('of many calls a score must be higher: $hits of 60 are told $want times', ({ hits, want }) => {
    const hour = (at: number, cacheHits: number): UsageMinute => ({
      ...usageRow(CHAT, at, { calls: 60 }),
      cacheHits,
      cacheMisses: 60 - cacheHits,
    });
    const end = MONDAY_MS + 21 * DAY;
    const past = Array.from({ length: 21 * 24 }, (_, index) =>
      hour(MONDAY_MS + index * 60 * MINUTE, 42),
    );
    const findings = evaluate(DEFAULT_CACHE_HIT_RATE_RULE, learned(past, end), {
      minutes: [hour(end, hits)],
      toEpochMs: end + MINUTE,
    });
    expect(findings.length).toBe(want);
  });

  test.for([
    { note: 'the usual rate', rate: 0.7, lateRate: 0.7 },
    { note: 'a poor rate that was always poor', rate: 0.3, lateRate: 0.3 },
    { note: 'a better rate', rate: 0.7, lateRate: 0.9 },
  ])('$note is not told', { timeout: 240_000 }, ({ rate, lateRate }) => {
    const { past, present, toEpochMs } = cached({ callsPerHour: 30, rate, lateRate, hours: 24 });
    const history = learned(past, WEEK_LATER);
    const run = { minutes: present, toEpochMs, everyMinutes: 5 };
    expect(evaluate(DEFAULT_CACHE_HIT_RATE_RULE, history, run)).toEqual([]);
  });
});

/**
 * A miss adds ln(.65 / .30) = 0.773 nats for .35 over .70. The gate is 8 up to 1,200 calls a week, and 8 + ln(10,080 / 1,200) =
 * 10.13 at 60 calls an hour.
 */
test.for([
  { note: '12 misses in a row at 6 calls an hour', everyMinutes: 10, misses: 12, isTold: true },
  { note: '12 misses in a row at 60 calls an hour', everyMinutes: 1, misses: 12, isTold: false },
  { note: '14 misses in a row at 60 calls an hour', everyMinutes: 1, misses: 14, isTold: true },
])('$note: told $isTold', ({ everyMinutes, misses, isTold }) => {
  const rowAt = (at: number, isHit: boolean): UsageMinute => ({
    ...usageRow(CHAT, at, { calls: 1 }),
    cacheHits: isHit ? 1 : 0,
    cacheMisses: isHit ? 0 : 1,
  });
  const step = everyMinutes * MINUTE;
  const past = Array.from({ length: (10 * DAY) / step }, (_, index) =>
    rowAt(MONDAY_MS + index * step, index % 10 >= 3),
  );
  const present = Array.from({ length: misses }, (_, index) =>
    rowAt(WEEK_LATER + index * step, false),
  );
  const history = learned(past, WEEK_LATER);
  const toEpochMs = WEEK_LATER + misses * step;
  const found = evaluate(DEFAULT_CACHE_HIT_RATE_RULE, history, { minutes: present, toEpochMs });
  expect(found.length > 0).toBe(isTold);
});

/** One call a minute of the usual model for ten days. */
const usualRows: UsageMinute[] = Array.from({ length: (10 * DAY) / MINUTE }, (_, index) =>
  usageRow(CHAT, MONDAY_MS + index * MINUTE, { calls: 1 }),
);

/** An hour of one call a minute, every `nth` of another model at `usdPerCall`. */
function withModel(model: string, nth: number, usdPerCall: number): UsageMinute[] {
  return Array.from({ length: 60 }, (_, index) => {
    const isOther = index % nth === 0;
    const labels = isOther ? { ...CHAT, model } : CHAT;
    return usageRow(labels, WEEK_LATER + index * MINUTE, {
      calls: 1,
      usdPerCall: isOther ? usdPerCall : 0.01,
    });
  });
}

describe('model drift', () => {
  test.for([
    {
      note: 'a dear fallback for a third of the calls',
      nth: 3,
      usdPerCall: 0.05,
      severity: 'critical',
      withinCalls: 60,
    },
    {
      note: 'a dear fallback for a fifth of the calls',
      nth: 5,
      usdPerCall: 0.05,
      severity: 'warning',
      withinCalls: 20,
    },
    { note: 'a cheap new model', nth: 20, usdPerCall: 0.001, severity: 'warning', withinCalls: 60 },
  ])('$note is a $severity', { timeout: 240_000 }, ({ nth, usdPerCall, severity, withinCalls }) => {
    const findings = evaluate(DEFAULT_MODEL_DRIFT_RULE, learned(usualRows, WEEK_LATER), {
      minutes: withModel('other', nth, usdPerCall),
      toEpochMs: WEEK_LATER + withinCalls * MINUTE,
    });
    expect(findings.map((finding) => finding.severity)).toContain(severity);
    expect(findings[0]?.labels).toEqual({ service: 'shop', feature: 'chat', model: 'other' });
  });

  test.for([
    {
      note: 'a dated name of the same model',
      model: 'openai/gpt-5-mini-2025-08-07',
      allowedModels: undefined,
    },
    { note: 'a declared model', model: 'other', allowedModels: ['gpt-5-mini', 'other'] },
  ])('$note is expected', { timeout: 240_000 }, ({ model, allowedModels }) => {
    const rule = { ...DEFAULT_MODEL_DRIFT_RULE, ...(allowedModels && { allowedModels }) };
    const run = { minutes: withModel(model, 5, 0.01), toEpochMs: WEEK_LATER + 60 * MINUTE };
    expect(evaluate(rule, learned(usualRows, WEEK_LATER), run)).toEqual([]);
  });

  test.for([
    { nth: 2, offset: 0 },
    { nth: 2, offset: 4 },
    { nth: 4, offset: 3 },
  ])(
    'of a new model that one of $nth calls uses its share and dollars are told as they are',
    ({ nth, offset }) => {
      const rows = withModel('other', nth, 0.05).map((row) => ({
        ...row,
        minuteEpochMs: row.minuteEpochMs + offset * MINUTE,
      }));
      const before = usualRows.filter((row) => row.minuteEpochMs < WEEK_LATER + offset * MINUTE);
      const findings = evaluate(
        DEFAULT_MODEL_DRIFT_RULE,
        learned(before, WEEK_LATER + offset * MINUTE),
        { minutes: rows, toEpochMs: WEEK_LATER + 58 * MINUTE },
      );
      for (const { evidenceCalls, observed, windowMinutes } of findings) {
        expect(evidenceCalls).toBeGreaterThan(0);
        expect(observed).toBeGreaterThan(0.3 / nth);
        expect(windowMinutes).toBeLessThanOrEqual(60);
      }
      // 60 calls an hour, of which one in so many costs four cents more.
      const { usdPerHour } = findings.at(-1) ?? { usdPerHour: 0 };
      expect(usdPerHour / ((60 * 0.04) / nth)).toBeGreaterThan(0.8);
      expect(usdPerHour / ((60 * 0.04) / nth)).toBeLessThan(1.3);
    },
  );

  test('a share of a known model is since it rose, not since its window began', () => {
    const dear = { ...CHAT, model: 'gpt-5-pro' };
    const rowsFrom = (at: number, length: number, nth: number): UsageMinute[] =>
      Array.from({ length }, (_, index) =>
        index % nth === 0
          ? usageRow(dear, at + index * MINUTE, { calls: 1, usdPerCall: 0.05 })
          : usageRow(CHAT, at + index * MINUTE, { calls: 1 }),
      );
    const history = learned(rowsFrom(MONDAY_MS, (10 * DAY) / MINUTE, 20), WEEK_LATER);
    const onset = WEEK_LATER + 40 * MINUTE;
    const findings = evaluate(DEFAULT_MODEL_DRIFT_RULE, history, {
      minutes: [...rowsFrom(WEEK_LATER, 40, 20), ...rowsFrom(onset, 30, 2)],
      toEpochMs: onset + 30 * MINUTE,
    });
    expect(findings[0]?.labels.model).toBe('gpt-5-pro');
    expect(findings[0]?.sinceEpochMs).toBe(onset);
  });

  test('a new model is learned after a day', () => {
    const minutes = Array.from({ length: 50 }, (_, hour) =>
      withModel('other', 60, 0.001).map((row) => ({
        ...row,
        minuteEpochMs: row.minuteEpochMs + hour * 60 * MINUTE,
      })),
    ).flat();
    const toEpochMs = WEEK_LATER + 50 * 60 * MINUTE;
    const run = { minutes, toEpochMs, everyMinutes: 30 };
    const findings = evaluate(DEFAULT_MODEL_DRIFT_RULE, learned(usualRows, WEEK_LATER), run);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.at(-1)?.epochMs).toBeLessThanOrEqual(WEEK_LATER + 26 * 60 * MINUTE);
  });
});

test('calls without a price are told with their model', () => {
  const minutes = withModel('secret-model', 10, 0).map((row) =>
    row.labels.model === 'secret-model' ? { ...row, unpricedCalls: row.calls } : row,
  );
  const findings = evaluate(DEFAULT_UNPRICED_RULE, learned(usualRows, WEEK_LATER), {
    minutes,
    toEpochMs: WEEK_LATER + 60 * MINUTE,
  });
  expect(findings[0]).toMatchObject({
    labels: { model: 'secret-model' },
    observed: 1,
    evidenceCalls: 3,
  });
});
