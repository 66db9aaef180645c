import {
  DEFAULT_COVERAGE_RULE,
  DEFAULT_PIPELINE_GAP_RULE,
  DEFAULT_RULES,
  type UsageMinute,
} from '@tokenmeter/anomaly';
import { createHourOfWeek } from '@tokenmeter/worker';
import { expect, test } from 'vitest';
import { replay } from '../backtest/replay.ts';
import type { ReplayFeed } from '../backtest/replay-feed.ts';
import { runTune } from './run-tune.ts';
import { isTunable, STRICTNESS, scaleRule } from './scale-rule.ts';

const STEP_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const FROM = Date.UTC(2026, 8, 7);
/** Four weeks, of which alarms are counted in the second half. */
const TO = FROM + 4 * WEEK_MS;
const COUNTED = FROM + 2 * WEEK_MS;
const hourOfWeek = createHourOfWeek('UTC');

/** Repeatable numbers around 0 of deviation 1. */
function noise(at: number): number {
  let sum = 0;
  for (let part = 1; part <= 12; part += 1) {
    const mixed = Math.imul((at / STEP_MS) * 13 + part, 0x9e3779b1);
    sum += (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
  }
  return sum - 6;
}

/** Calls that swing from one three hours to the next and by five minutes, so that loose gates tell much. */
function rowAt(at: number, feature: number): UsageMinute {
  const hours = Math.floor(at / (3 * HOUR_MS)) * 3 * HOUR_MS;
  const swing = noise(hours + feature * 7 * DAY_MS) + noise(at + feature * 77 * DAY_MS);
  const calls = Math.round(50 * Math.exp(0.25 * swing));
  return {
    minuteEpochMs: at,
    labels: {
      service: 'shop',
      feature: `feature-${feature}`,
      provider: 'openai',
      model: 'gpt-5-mini',
    },
    calls,
    costUsd: calls * 0.02,
    inputTokens: calls * 1000,
    cacheReadTokens: 0,
    outputTokens: calls * 300,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

function createFeed(): ReplayFeed {
  let from = FROM;
  return {
    fromEpochMs: FROM,
    toEpochMs: TO,
    next(until) {
      const minutes: UsageMinute[] = [];
      for (; from < until; from += STEP_MS) {
        for (const feature of [1, 2, 3, 4]) minutes.push(rowAt(from, feature));
      }
      return Promise.resolve({ minutes, gaps: [] });
    },
  };
}

test('alarms of rules at levels of their own are those of a replay with them', {
  timeout: 240_000,
}, async () => {
  const rules = DEFAULT_RULES.filter(isTunable);
  const tuned = await runTune(
    {
      source: { feed: createFeed(), name: 'memory', stepMs: STEP_MS, remarks: [] },
      rules: {
        rules,
        hourOfWeek,
        plannedEvents: [],
        coverageRule: DEFAULT_COVERAGE_RULE,
        pipelineRule: DEFAULT_PIPELINE_GAP_RULE,
      },
      timeZone: 'UTC',
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  // Volume one step stricter than the others, as it is when it tells most.
  const levels = rules.map(({ name }) => Number(name === 'volume'));
  const alarms = new Map<string, number>(rules.map(({ name }) => [name, 0]));
  await replay({
    feed: createFeed(),
    rules: rules.map((rule, index) => scaleRule(rule, STRICTNESS[levels[index] ?? 0] ?? 1)),
    hourOfWeek,
    stepMs: STEP_MS,
    signal: new AbortController().signal,
    onTransition: ({ kind, incident, atEpochMs }) => {
      if (kind !== 'firing' || incident.severity === 'info' || atEpochMs < COUNTED) return;
      const { rule } = incident.finding;
      alarms.set(rule, (alarms.get(rule) ?? 0) + 1);
    },
  });
  const counted = tuned.alarmsAt(levels)?.map((perWeek) => Math.round(perWeek * tuned.weeks));
  expect(alarms.get('slow_burn')).toBeGreaterThan(0);
  expect(counted).toEqual([...alarms.values()]);
});
