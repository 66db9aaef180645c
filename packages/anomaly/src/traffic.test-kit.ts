import { type AdvanceInput, advance } from './advance.ts';
import type { Finding } from './finding.ts';
import { createHistory, type History } from './history.ts';
import { INITIAL_RULE_STATE, type RuleState } from './rule-state.ts';
import type { Rule } from './rules.ts';
import { step } from './step.ts';
import type { SeriesLabels, UsageMinute } from './usage-minute.ts';

/** Monday 2026-09-07 00:00 UTC. */
export const MONDAY_MS: number = Date.UTC(2026, 8, 7);
export const MINUTE: number = 60_000;
export const DAY: number = 86_400_000;

/** Hour of the week in UTC; 1970-01-01 was a Thursday. */
export function utcHourOfWeek(epochMs: number): number {
  return (Math.floor(epochMs / 3_600_000) + 72) % 168;
}

/** A repeatable source of numbers from 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(mean: number, random: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

/** Relative weight of an hour of the week, mean about 1: nights are quiet and week-ends half as busy. */
function officeShape(slot: number): number {
  const hour = slot % 24;
  const day = 0.35 + 1.3 * Math.max(0, Math.sin(((hour - 6) / 16) * Math.PI)) ** 1.5;
  return day * (slot >= 120 ? 0.55 : 1.18);
}

export interface TrafficOptions {
  readonly labels: SeriesLabels;
  readonly fromEpochMs: number;
  readonly minutes: number;
  readonly callsPerHour: number;
  readonly seed: number;
  /** Standard deviation of the slow (hours) and the fast (5 minutes) noise of the rate. */
  readonly slowNoise?: number;
  readonly fastNoise?: number;
  readonly usdPerCall?: number;
  readonly shape?: (slot: number) => number;
  /** Multiplies the rate, and the cost of a call, at an instant. */
  readonly rateAt?: (epochMs: number) => number;
  readonly costAt?: (epochMs: number) => number;
}

export const CHAT: SeriesLabels = {
  service: 'shop',
  feature: 'chat',
  provider: 'openai',
  model: 'gpt-5-mini',
};

/** Minutes of Poisson traffic around an hour-of-week shape, with autocorrelated noise of the rate. */
export function traffic(options: TrafficOptions): UsageMinute[] {
  const { slowNoise = 0.18, fastNoise = 0.25, usdPerCall = 0.01, shape = officeShape } = options;
  const random = createRandom(options.seed);
  const rows: UsageMinute[] = [];
  let slow = 0;
  let fast = 0;
  for (let index = 0; index < options.minutes; index += 1) {
    const minuteEpochMs = options.fromEpochMs + index * MINUTE;
    if (index % 60 === 0) slow = 0.8 * slow + 0.6 * slowNoise * normal(random);
    if (index % 5 === 0) fast = 0.5 * fast + 0.87 * fastNoise * normal(random);
    const level = shape(utcHourOfWeek(minuteEpochMs)) * Math.exp(slow + fast);
    const rate = ((options.callsPerHour * level) / 60) * (options.rateAt?.(minuteEpochMs) ?? 1);
    const calls = poisson(rate, random);
    if (calls === 0) continue;
    const factor = options.costAt?.(minuteEpochMs) ?? 1;
    const dearness = Math.exp((0.6 * normal(random)) / Math.sqrt(calls) - 0.18 / calls) * factor;
    rows.push(
      usageRow(options.labels, minuteEpochMs, {
        calls,
        usdPerCall: usdPerCall * dearness,
        dearness,
      }),
    );
  }
  return rows;
}

export function usageRow(
  labels: SeriesLabels,
  minuteEpochMs: number,
  {
    calls,
    usdPerCall = 0.01,
    dearness = 1,
  }: { calls: number; usdPerCall?: number; dearness?: number },
): UsageMinute {
  return {
    minuteEpochMs,
    labels,
    calls,
    costUsd: calls * usdPerCall,
    inputTokens: Math.round(calls * 1000 * dearness),
    cacheReadTokens: Math.round(calls * 500 * dearness),
    outputTokens: Math.round(calls * 300 * dearness),
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

/** A history that has learned the rows up to an instant. */
export function learned(rows: readonly UsageMinute[], toEpochMs: number): History {
  return advance(createHistory(), { minutes: rows, gaps: [], toEpochMs }, utcHourOfWeek);
}

/** Evaluates a rule every `everyMinutes` from where the history ends; returns all findings. */
export function evaluate(
  rule: Rule,
  history: History,
  run: Omit<AdvanceInput, 'gaps'> & Partial<Pick<AdvanceInput, 'gaps'>> & { everyMinutes?: number },
): Finding[] {
  const every = (run.everyMinutes ?? 1) * MINUTE;
  const byTime = [...run.minutes].sort((a, b) => a.minuteEpochMs - b.minuteEpochMs);
  let state: RuleState = INITIAL_RULE_STATE;
  let next = 0;
  const findings: Finding[] = [];
  for (let end = (history.advancedToEpochMs ?? 0) + every; end <= run.toEpochMs; end += every) {
    const minutes: UsageMinute[] = [];
    for (let row = byTime[next]; row !== undefined && row.minuteEpochMs < end; row = byTime[next]) {
      minutes.push(row);
      next += 1;
    }
    advance(history, { minutes, gaps: run.gaps ?? [], toEpochMs: end }, utcHourOfWeek);
    const result = step(rule, state, { history, epochMs: end, hourOfWeek: utcHourOfWeek });
    state = result.state;
    findings.push(...result.findings);
  }
  return findings;
}
