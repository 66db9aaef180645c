import { FALLBACK, FEATURE_TABLE, type FeatureName } from './features.ts';

/** When the spend of the demo goes wrong, in epoch milliseconds. */
export interface Schedule {
  /** Smart reply is launched to everybody. */
  readonly launchEpochMs: number;
  /** The second version of the summary prompt is deployed. */
  readonly promptEpochMs: number;
  /** The current time is put at the top of the instructions of the search. */
  readonly cacheEpochMs: number;
  /** Triage falls back to a dearer model. */
  readonly fallbackEpochMs: number;
}

/** How many times more smart replies are asked for after the launch. */
export const LAUNCH_FACTOR = 10;

const HOUR_MS = 3_600_000;
const HOURS_PER_WEEK = 168;
/** 1970-01-05 00:00 UTC was a Monday. */
const FIRST_MONDAY_MS = 4 * 24 * HOUR_MS;

/**
 * Traffic relative to an average minute: working hours above it, nights and weekends below. UTC, period one week.
 *
 * Between 0.7 and 1.4; linear between the middles of neighbouring hours, so that no hour begins with a step.
 */
export function shapeAt(epochMs: number): number {
  const position = (epochMs - FIRST_MONDAY_MS) / HOUR_MS - 0.5;
  const before = Math.floor(position);
  const first = hourShape(before);
  return first + (hourShape(before + 1) - first) * (position - before);
}

function hourShape(hour: number): number {
  const slot = ((hour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
  const dayWave = Math.sin(((slot % 24) - 8) * (Math.PI / 12));
  const isWeekend = slot >= 5 * 24;
  return isWeekend ? 0.85 + 0.15 * dayWave : 1.1 + 0.3 * dayWave;
}

/** Expected calls per minute of a feature when nothing is wrong. */
export function usualCallsPerMinute(feature: FeatureName, epochMs: number): number {
  return FEATURE_TABLE[feature].callsPerMinute * shapeAt(epochMs);
}

/** Expected calls per minute of a feature by the schedule. */
export function callsPerMinuteAt(
  feature: FeatureName,
  epochMs: number,
  schedule: Schedule,
): number {
  const isLaunched = feature === 'smart-reply' && epochMs >= schedule.launchEpochMs;
  return usualCallsPerMinute(feature, epochMs) * (isLaunched ? LAUNCH_FACTOR : 1);
}

/** Version of a feature's prompt by the schedule. */
export function promptVersionAt(feature: FeatureName, epochMs: number, schedule: Schedule): 1 | 2 {
  return feature === 'summarize' && epochMs >= schedule.promptEpochMs ? 2 : 1;
}

/** Whether a feature's instructions begin with the time, by the schedule. */
export function beginsWithTimeAt(
  feature: FeatureName,
  epochMs: number,
  schedule: Schedule,
): boolean {
  return feature === 'search-answers' && epochMs >= schedule.cacheEpochMs;
}

/** Model that a feature asks for, by the schedule. */
export function modelAt(feature: FeatureName, epochMs: number, schedule: Schedule): string {
  const isFallback = feature === 'triage' && epochMs >= schedule.fallbackEpochMs;
  return isFallback ? FALLBACK.model : FEATURE_TABLE[feature].model;
}
