import { expect, test } from 'vitest';
import { countGain, meanGain, mostLikelyOnset } from './most-likely-onset.ts';
import { DEFAULT_COST_PER_REQUEST_RULE, DEFAULT_VOLUME_RULE } from './rules.ts';
import {
  CHAT,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  type TrafficOptions,
  traffic,
} from './traffic.test-kit.ts';

const SPLIT = MONDAY_MS + 22 * DAY;

const stretches = (values: readonly number[]) =>
  values.map((value, index) => ({ startEpochMs: 10 - index, value, weight: 10 }));

test.for([
  { note: 'a step', values: [30, 28, 33, 11, 9, 10, 8], want: 8 },
  { note: 'a step in a time that was low before', values: [15, 16, 14, 5, 5, 4], want: 8 },
  { note: 'the newest stretch alone', values: [40, 10, 10, 11], want: 10 },
  { note: 'nothing but a fall', values: [2, 2, 10, 10], want: undefined },
  { note: 'nothing', values: [], want: undefined },
])('$note begins where it most likely did', { timeout: 240_000 }, ({ values, want }) => {
  expect(mostLikelyOnset(stretches(values), countGain)).toBe(want);
  expect(mostLikelyOnset(stretches(values), meanGain)).toBe(want);
});

const STEPS = [
  { note: 'three times the calls', rule: DEFAULT_VOLUME_RULE, times: { rate: 3, cost: 1 } },
  {
    note: 'calls of twice the cost',
    rule: DEFAULT_COST_PER_REQUEST_RULE,
    times: { rate: 1, cost: 2 },
  },
];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

test.for(STEPS.flatMap((one) => SEEDS.map((seed) => ({ ...one, seed }))))(
  'the onset of $note is told within 5 minutes of the truth (seed $seed)',
  { timeout: 240_000 },
  ({ rule, times, seed }) => {
    const start = SPLIT + (9 * 60 + seed * 25) * MINUTE;
    const options: TrafficOptions = {
      labels: CHAT,
      fromEpochMs: MONDAY_MS,
      minutes: 22 * 1440 + 24 * 60,
      callsPerHour: 300,
      seed,
      slowNoise: 0.1,
      fastNoise: 0.12,
      rateAt: (epochMs) => (epochMs >= start ? times.rate : 1),
      costAt: (epochMs) => (epochMs >= start ? times.cost : 1),
    };
    const rows = traffic(options);
    const findings = evaluate(
      rule,
      learned(
        rows.filter(({ minuteEpochMs }) => minuteEpochMs < SPLIT),
        SPLIT,
      ),
      {
        minutes: rows.filter(({ minuteEpochMs }) => minuteEpochMs >= SPLIT),
        toEpochMs: start + 120 * MINUTE,
        everyMinutes: 5,
      },
    );
    const first = findings.find(({ epochMs }) => epochMs > start);
    const offMinutes = ((first?.sinceEpochMs ?? 0) - start) / MINUTE;
    expect(Math.abs(offMinutes)).toBeLessThanOrEqual(5);
  },
);
