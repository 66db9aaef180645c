import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import type { Incidents, Transition } from './incident.ts';
import { DEFAULT_RULES } from './rules.ts';
import { stepIncidents } from './step-incidents.ts';
import {
  CHAT,
  createRandom,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  poisson,
  utcHourOfWeek,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const HOUR = 60 * MINUTE;
const STEP = 5 * MINUTE;
const SPLIT = MONDAY_MS + 21 * DAY;
const START = SPLIT + 10 * HOUR;

interface Wrong {
  readonly tokens?: number;
  readonly hitRate?: number;
  readonly hours: number;
}

/** Rows of five minutes of 120 calls an hour, of which 70 % find most of their input in the cache. */
function rows(seed: number, wrong: Wrong, toEpochMs: number): UsageMinute[] {
  const random = createRandom(seed);
  const all: UsageMinute[] = [];
  for (let at = MONDAY_MS; at < toEpochMs; at += STEP) {
    const isWrong = at >= START && at < START + wrong.hours * HOUR;
    const tokens = isWrong ? (wrong.tokens ?? 1) : 1;
    const hitRate = isWrong ? (wrong.hitRate ?? 0.7) : 0.7;
    const calls = poisson(10, random);
    if (calls > 0) all.push(row(at, calls, { tokens, hitRate, random }));
  }
  return all;
}

function row(
  minuteEpochMs: number,
  calls: number,
  { tokens, hitRate, random }: { tokens: number; hitRate: number; random: () => number },
): UsageMinute {
  let input = 0;
  let cached = 0;
  for (let call = 0; call < calls; call += 1) {
    const size = tokens * (400 + 1200 * random());
    input += size;
    if (random() < hitRate) cached += 0.8 * size;
  }
  const output = calls * 200 * tokens;
  return {
    minuteEpochMs,
    labels: CHAT,
    calls,
    costUsd: ((input - cached) * 2.5 + cached * 0.25 + output * 10) / 1e6,
    inputTokens: input - cached,
    cacheReadTokens: cached,
    outputTokens: output,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

/** What is told from the end of the third week on. */
function told(minutes: readonly UsageMinute[], toEpochMs: number): (Transition & { at: number })[] {
  let history = learned(
    minutes.filter(({ minuteEpochMs }) => minuteEpochMs < SPLIT),
    SPLIT,
  );
  let states: RuleStates = {};
  let incidents: Incidents = {};
  const all: (Transition & { at: number })[] = [];
  for (let at = SPLIT + STEP; at <= toEpochMs; at += STEP) {
    const present = minutes.filter((one) => one.minuteEpochMs === at - STEP);
    history = advance(history, { minutes: present, gaps: [], toEpochMs: at }, utcHourOfWeek);
    const time = { history, epochMs: at, hourOfWeek: utcHourOfWeek };
    const { findings, unknownRules, ...evaluation } = evaluateRules(DEFAULT_RULES, states, time);
    states = evaluation.states;
    const next = stepIncidents(incidents, { epochMs: at, findings, unknownRules });
    incidents = next.incidents;
    all.push(...next.transitions.map((one) => ({ ...one, at })));
  }
  return all;
}

const CASES = [
  { note: 'calls of twice the cost for 8 hours', rule: 'cost_per_request', tokens: 2, hours: 8 },
  { note: 'calls of twice the cost for 12 hours', rule: 'cost_per_request', tokens: 2, hours: 12 },
  { note: 'no cache for 8 hours', rule: 'cache_hit_rate', hitRate: 0, hours: 8 },
  { note: 'half of the cache for 12 hours', rule: 'cache_hit_rate', hitRate: 0.35, hours: 12 },
] as const;

test.for(CASES.flatMap((one) => [1, 2, 3].map((seed) => ({ ...one, seed }))))(
  '$note is told once, ends once, and has no echo for two days (seed $seed)',
  { timeout: 240_000 },
  ({ rule, seed, ...wrong }) => {
    const end = START + wrong.hours * HOUR;
    const to = end + 2 * DAY;
    const own = told(rows(seed, wrong, to), to).filter(
      ({ incident, at }) => incident.finding.rule === rule && at > START,
    );
    const kinds = own.map(({ kind }) => kind).filter((kind) => kind !== 'escalated');
    expect(kinds).toEqual(['firing', 'resolved']);
    const resolvedAt = own.at(-1)?.at ?? 0;
    expect(resolvedAt).toBeGreaterThan(end);
    expect(resolvedAt).toBeLessThanOrEqual(end + 3 * HOUR);
  },
);
