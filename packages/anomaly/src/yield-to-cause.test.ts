import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { evaluateRules, type RuleStates } from './evaluate-rules.ts';
import type { Finding } from './finding.ts';
import type { Incidents } from './incident.ts';
import { DEFAULT_RULES, type Rule } from './rules.ts';
import { stepIncidents } from './step-incidents.ts';
import {
  CHAT,
  createRandom,
  DAY,
  learned,
  MINUTE,
  MONDAY_MS,
  poisson,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const FALLBACK_MS = MONDAY_MS + 15 * DAY;
const USD = 0.01;

interface Plan {
  readonly callsPerHour: number;
  readonly hours: number;
  /** Share of the calls that the other model has, before and after; each of its calls costs `dearness` times the usual. */
  readonly shares: readonly [before: number, after: number];
  readonly dearness: number;
  readonly other?: string;
  /** Price after the change over that before, of all models. */
  readonly price?: number;
  readonly seed?: number;
}

/** A row whose cost is that of its tokens. */
function priced(minuteEpochMs: number, calls: number, model: string, factor: number): UsageMinute {
  const usdPerCall = USD * factor;
  const row = usageRow({ ...CHAT, model }, minuteEpochMs, { calls, usdPerCall });
  const { costUsd } = row;
  return {
    ...row,
    costByClass: { inputUsd: 0.4 * costUsd, cacheReadUsd: 0.1 * costUsd, outputUsd: 0.5 * costUsd },
  };
}

function rowsOf({ callsPerHour, hours, shares, dearness, ...more }: Plan): UsageMinute[] {
  const { other = 'other', price = 1, seed = 7 } = more;
  const random = createRandom(seed);
  const rows: UsageMinute[] = [];
  for (let at = MONDAY_MS; at < FALLBACK_MS + hours * 60 * MINUTE; at += MINUTE) {
    const calls = poisson(callsPerHour / 60, random);
    const share = shares[at < FALLBACK_MS ? 0 : 1];
    let others = 0;
    for (let call = 0; call < calls; call += 1) if (random() < share) others += 1;
    const now = at < FALLBACK_MS ? 1 : price;
    if (calls > others) rows.push(priced(at, calls - others, CHAT.model, now));
    if (others > 0) rows.push(priced(at, others, other, now * dearness));
  }
  return rows;
}

/** Incidents that are told, with the calls that it took. */
function toldOf(plan: Plan, rules: readonly Rule[] = DEFAULT_RULES) {
  const rows = rowsOf(plan);
  const history = learned(
    rows.filter((row) => row.minuteEpochMs < FALLBACK_MS),
    FALLBACK_MS,
  );
  let states: RuleStates = {};
  let incidents: Incidents = {};
  let calls = 0;
  const told: { readonly rule: string; readonly calls: number; readonly finding: Finding }[] = [];
  const severities = new Map<string, string>();
  const every = (plan.callsPerHour < 100 ? 5 : 1) * MINUTE;
  const late = rows.filter((row) => row.minuteEpochMs >= FALLBACK_MS);
  let next = 0;
  for (let end = FALLBACK_MS + every; end <= FALLBACK_MS + plan.hours * 60 * MINUTE; end += every) {
    const from = next;
    while ((late[next]?.minuteEpochMs ?? end) < end) next += 1;
    const minutes = late.slice(from, next);
    calls += minutes.reduce((sum, row) => sum + row.calls, 0);
    advance(history, { minutes, gaps: [], toEpochMs: end }, utcHourOfWeek);
    const result = evaluateRules(rules, states, {
      history,
      epochMs: end,
      hourOfWeek: utcHourOfWeek,
    });
    states = result.states;
    const moved = stepIncidents(incidents, { epochMs: end, ...result });
    incidents = moved.incidents;
    for (const { kind, incident } of moved.transitions) {
      const { rule } = incident.finding;
      if (kind === 'firing') told.push({ rule, calls, finding: incident.finding });
      if (kind === 'firing' || kind === 'escalated') severities.set(rule, incident.severity);
    }
  }
  return { told, severities };
}

describe('a fallback to a model of five times the price is told once', () => {
  const cases = [5, 30, 200].flatMap((callsPerHour) =>
    [0.2, 0.5, 1].flatMap((share) => [0, 0.02].map((before) => ({ callsPerHour, share, before }))),
  );
  test.for(cases)(
    '$callsPerHour calls an hour, from $before to $share of them',
    { timeout: 240_000 },
    ({ callsPerHour, share, before }) => {
      const hours = callsPerHour === 200 ? 8 : 48;
      const plan = { callsPerHour, hours, shares: [before, share], dearness: 5 } as const;
      const { told, severities } = toldOf(plan);
      expect(told.map(({ rule }) => rule)).toEqual(['model_drift']);
      // Of a model that was used before, a fifth of the calls shows somewhat later.
      expect(told[0]?.calls).toBeLessThanOrEqual(before > 0 && share < 0.5 ? 120 : 20);
      if (share >= 0.5) expect(severities.get('model_drift')).toBe('critical');
    },
  );
});

test.for([
  {
    note: 'a new model for a seventh of the calls at twenty times the price is as severe as what it costs',
    plan: { shares: [0, 0.15], dearness: 20 },
    want: [['model_drift', 'critical']],
  },
  {
    note: 'a price that doubles',
    plan: { shares: [0, 0], dearness: 1, price: 2.4 },
    want: [['cost_per_request', 'critical']],
  },
  {
    note: 'a price that doubles while two models are used as before',
    plan: { shares: [0.5, 0.5], dearness: 1, price: 2.4 },
    want: [['cost_per_request', 'critical']],
  },
  {
    note: 'a dated name of the model',
    plan: { shares: [0, 1], dearness: 1, other: 'gpt-5-mini-2026-09-22' },
    want: [],
  },
  {
    note: 'a dated name of the model at more than twice the price',
    plan: { shares: [0, 1], dearness: 2.4, other: 'gpt-5-mini-2026-09-22' },
    want: [['cost_per_request', 'critical']],
  },
  {
    note: 'more of a known model that is too cheap to be a fallback',
    plan: { shares: [0.2, 0.9], dearness: 1.95 },
    want: [['cost_per_request', 'warning']],
  },
] as const)('$note: $want', { timeout: 240_000 }, ({ plan, want }) => {
  const { severities } = toldOf({ callsPerHour: 120, hours: 12, ...plan });
  expect([...severities]).toEqual(want);
});

test('where models are not judged, what a dear one costs is told', { timeout: 240_000 }, () => {
  const plan = { callsPerHour: 120, hours: 4, shares: [0, 0.5], dearness: 5 } as const;
  const off: readonly Rule[] = DEFAULT_RULES.map((rule) =>
    rule.name === 'model_drift' ? { ...rule, isEnabled: false } : rule,
  );
  expect([...toldOf(plan, off).severities.keys()]).toEqual(['cost_per_request']);
});

test('a share of a tenth that lasts is not told again and again', { timeout: 240_000 }, () => {
  const plan = { callsPerHour: 200, hours: 48, shares: [0, 0.1], dearness: 5 } as const;
  expect(toldOf(plan).told.map(({ rule }) => rule)).toEqual(['model_drift']);
});
