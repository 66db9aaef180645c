import { expect, test } from 'vitest';
import {
  beginsWithTimeAt,
  callsPerMinuteAt,
  modelAt,
  promptVersionAt,
  shapeAt,
  usualCallsPerMinute,
} from './traffic.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
/** Monday 2026-11-16 00:00 UTC. */
const MONDAY_MS = Date.UTC(2026, 10, 16);
const schedule = {
  launchEpochMs: MONDAY_MS + 1000,
  promptEpochMs: MONDAY_MS + 2000,
  cacheEpochMs: MONDAY_MS + 3000,
  fallbackEpochMs: MONDAY_MS + 4000,
};

test('the shape of traffic repeats every week', () => {
  const hours = Array.from({ length: 168 }, (_, hour) => MONDAY_MS + hour * HOUR_MS);
  expect(hours.map((at) => shapeAt(at + WEEK_MS))).toEqual(hours.map(shapeAt));
});

test('the shape averages to about one and stays within its bounds', () => {
  const minutes = Array.from({ length: 168 * 60 }, (_, minute) =>
    shapeAt(MONDAY_MS + minute * 60_000),
  );
  const mean = minutes.reduce((sum, value) => sum + value, 0) / minutes.length;
  // Five days at 1.1 and two at 0.85.
  expect(mean).toBeCloseTo((5 * 1.1 + 2 * 0.85) / 7, 3);
  expect(Math.min(...minutes)).toBeGreaterThan(0.6999);
  expect(Math.max(...minutes)).toBeLessThan(1.4001);
});

test('a weekday afternoon is busier than its night and than the weekend', () => {
  const mondayAfternoon = shapeAt(MONDAY_MS + 14.5 * HOUR_MS);
  const mondayNight = shapeAt(MONDAY_MS + 2.5 * HOUR_MS);
  const sundayAfternoon = shapeAt(MONDAY_MS + (6 * 24 + 14.5) * HOUR_MS);
  expect([mondayAfternoon, mondayNight, sundayAfternoon]).toEqual([
    expect.closeTo(1.1 + 0.3, 10),
    expect.closeTo(1.1 - 0.3, 10),
    expect.closeTo(0.85 + 0.15, 10),
  ]);
});

test('the shape has no steps', () => {
  const minutes = Array.from({ length: 168 * 60 }, (_, minute) => MONDAY_MS + minute * 60_000);
  const steps = minutes.map((at) => Math.abs(shapeAt(at + 60_000) - shapeAt(at)));
  expect(Math.max(...steps)).toBeLessThan(0.01);
});

test('only smart reply multiplies by ten at its launch', () => {
  const before = schedule.launchEpochMs - 1;
  const after = schedule.launchEpochMs;
  const factor = (feature: 'smart-reply' | 'triage', at: number): number =>
    callsPerMinuteAt(feature, at, schedule) / usualCallsPerMinute(feature, at);
  expect(factor('smart-reply', before)).toBeCloseTo(1, 12);
  expect(factor('smart-reply', after)).toBeCloseTo(10, 12);
  expect(factor('triage', after)).toBeCloseTo(1, 12);
});

test('only summarize gets the second prompt version', () => {
  expect(promptVersionAt('summarize', schedule.promptEpochMs - 1, schedule)).toBe(1);
  expect(promptVersionAt('summarize', schedule.promptEpochMs, schedule)).toBe(2);
  expect(promptVersionAt('smart-reply', schedule.promptEpochMs, schedule)).toBe(1);
});

test('only the search begins its instructions with the time', () => {
  expect(beginsWithTimeAt('search-answers', schedule.cacheEpochMs - 1, schedule)).toBe(false);
  expect(beginsWithTimeAt('search-answers', schedule.cacheEpochMs, schedule)).toBe(true);
  expect(beginsWithTimeAt('triage', schedule.cacheEpochMs, schedule)).toBe(false);
});

test('only triage falls back', () => {
  expect(modelAt('triage', schedule.fallbackEpochMs - 1, schedule)).toBe('claude-haiku-4-5');
  expect(modelAt('triage', schedule.fallbackEpochMs, schedule)).toBe('claude-opus-4-5');
  expect(modelAt('summarize', schedule.fallbackEpochMs, schedule)).toBe('claude-sonnet-5');
});
