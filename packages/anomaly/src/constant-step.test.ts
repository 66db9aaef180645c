import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import type { Finding } from './finding.ts';
import { createHistory } from './history.ts';
import { DEFAULT_RULES } from './rules.ts';
import { CHAT, DAY, MINUTE, MONDAY_MS, utcHourOfWeek } from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const HOUR = 60 * MINUTE;
const START_MS = MONDAY_MS;
/** Wednesday 10:20 of the sixth week. */
const STEP_MS = MONDAY_MS + 37 * DAY + 10 * HOUR + 20 * MINUTE;

/** What a bucket holds: of each call the uncached and cached input and the output, at $2.5, $0.25 and $10 a million. */
interface Bucket {
  readonly calls: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

function rowOf(minuteEpochMs: number, { calls, input, cached, output }: Bucket): UsageMinute {
  const costUsd = calls * (input * 2.5e-6 + cached * 2.5e-7 + output * 1e-5);
  return {
    minuteEpochMs,
    labels: CHAT,
    calls,
    costUsd,
    inputTokens: calls * input,
    cacheReadTokens: calls * cached,
    outputTokens: calls * output,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

/** The first finding on traffic that never varies but for one step. */
function firstOf(
  everyMinutes: number,
  bucketAt: (index: number, isLate: boolean) => Bucket,
): Finding {
  let history = createHistory();
  let states: RuleStates = {};
  let index = 0;
  for (let at = START_MS; at < STEP_MS + 36 * HOUR; at += everyMinutes * MINUTE) {
    const minutes = [rowOf(at, bucketAt(index, at >= STEP_MS))];
    index += 1;
    const epochMs = at + everyMinutes * MINUTE;
    history = advance(history, { minutes, gaps: [], toEpochMs: epochMs }, utcHourOfWeek);
    const input = { history, epochMs, hourOfWeek: utcHourOfWeek };
    const result = evaluateRules(DEFAULT_RULES, states, input);
    states = result.states;
    const [finding] = result.findings;
    if (finding !== undefined) return finding;
  }
  throw new Error('expected a finding within 36 hours');
}

const plain = { calls: 1, input: 200_000, cached: 0, output: 50_000 };
/** Seven of ten calls, then three, find three quarters of their input in the cache. */
const cachedCall = (index: number, rate: number): Bucket => {
  const isHit = Math.floor((index + 1) * rate + 1e-9) > Math.floor(index * rate + 1e-9);
  return { calls: 1, input: isHit ? 50_000 : 200_000, cached: isHit ? 150_000 : 0, output: 5000 };
};

test.for([
  {
    note: 'slow burn: 168 calls an hour for 120 at $0.02',
    everyMinutes: 5,
    bucketAt: (_: number, isLate: boolean) => ({
      calls: isLate ? 14 : 10,
      input: 4000,
      cached: 0,
      output: 1000,
    }),
    want: { rule: 'slow_burn', part: 'volume', usdPerHour: 48 * 0.02 },
    // Its shortest window is two hours, of which some lie before the step.
    least: 0.8,
  },
  {
    note: 'cost per request in a window of 12 hours: 4 calls an hour at $1.4 for $1, by input tokens',
    everyMinutes: 15,
    bucketAt: (_: number, isLate: boolean) => ({ ...plain, input: isLate ? 360_000 : 200_000 }),
    want: { rule: 'cost_per_request', part: 'input_tokens', usdPerHour: 4 * 0.4, observed: 1.4 },
    least: 0.97,
  },
  {
    note: 'cost per request in a window of a day: 2 calls an hour at $1.75 for $1, by input tokens',
    everyMinutes: 30,
    bucketAt: (_: number, isLate: boolean) => ({ ...plain, input: isLate ? 500_000 : 200_000 }),
    want: { rule: 'cost_per_request', part: 'input_tokens', usdPerHour: 2 * 0.75, observed: 1.75 },
    least: 0.97,
  },
  {
    note: 'cache hit rate from cached tokens: 12 calls an hour, 30 % for 70 % of them',
    everyMinutes: 5,
    bucketAt: (index: number, isLate: boolean) => cachedCall(index, isLate ? 0.3 : 0.7),
    // Each call that misses costs 150,000 tokens at $2.25 a million more.
    want: {
      rule: 'cache_hit_rate',
      part: 'cache',
      usdPerHour: 12 * 0.4 * 0.3375,
      observed: 0.3,
    },
    least: 0.85,
  },
])('$note', { timeout: 240_000 }, ({ everyMinutes, bucketAt, want, least }) => {
  const finding = firstOf(everyMinutes, bucketAt);
  expect(finding.rule).toBe(want.rule);
  const { usdPerHour, decomposition, observed, sinceEpochMs, expected } = finding;
  expect(usdPerHour / want.usdPerHour).toBeGreaterThan(least);
  expect(usdPerHour / want.usdPerHour).toBeLessThan(1.06);
  expect((decomposition[want.part] ?? 0) / usdPerHour).toBeCloseTo(1, 5);
  const sum = Object.values(decomposition).reduce((total, part) => total + part, 0);
  expect(Math.abs(sum - usdPerHour)).toBeLessThanOrEqual(1e-9 * usdPerHour);
  if (want.observed !== undefined)
    expect(Math.abs(observed / want.observed - 1)).toBeLessThan(0.15);
  expect(expected.low).toBeLessThan(expected.mid);
  // To the block within the last hour, before that to the hour.
  expect(sinceEpochMs).toBeGreaterThanOrEqual(STEP_MS - 20 * MINUTE);
  expect(sinceEpochMs).toBeLessThanOrEqual(STEP_MS + 40 * MINUTE);
});
