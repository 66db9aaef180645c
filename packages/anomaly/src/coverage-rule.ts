import type { Finding } from './finding.ts';
import { isRuleOff, ruleFor } from './rule-for.ts';
import { type Candidate, nextState, type RuleState, type StepResult } from './rule-state.ts';
import type { Adjustable } from './rules.ts';
import { MINUTE_MS } from './time.ts';
import { wilsonInterval } from './wilson.ts';

/** Requests to models that were recognised on the wire and not metered: their cost is missing. */
export interface CoverageRule extends CoverageGates, Adjustable<CoverageGates> {
  readonly name: 'coverage';
}

/** Numbers of the rule `coverage`. */
interface CoverageGates {
  /** Share of recognised requests without a metered call, for sure, that is told; and that is critical. */
  readonly warningShare: number;
  readonly criticalShare: number;
  /** Recognised requests that a window needs. */
  readonly minRequests: number;
  readonly windowMinutes: number;
}

/** One in a hundred lost is a warning, one in ten critical, from 50 requests in half an hour on. */
export const DEFAULT_COVERAGE_RULE: CoverageRule = {
  name: 'coverage',
  warningShare: 0.01,
  criticalShare: 0.1,
  minRequests: 50,
  windowMinutes: 30,
};

/** What the instrumentation of one service saw and metered in one minute. */
export interface CoverageMinute {
  readonly minuteEpochMs: number;
  readonly service: string;
  readonly environment?: string;
  readonly recognised: number;
  readonly metered: number;
}

/** Calls that began just now are recognised before they are metered. */
const SETTLE_MINUTES = 2;

interface Count {
  /** The rule with what differs for these labels. */
  readonly rule: CoverageRule;
  readonly labels: { readonly service: string; readonly environment?: string };
  recognised: number;
  metered: number;
  /** What they are summed from. */
  readonly minutes: CoverageMinute[];
}

/** Judges how many recognised requests were not metered. Rows that are not finite, negative or in the future are left out. */
export function judgeCoverage(
  rule: CoverageRule,
  state: RuleState,
  input: { readonly epochMs: number; readonly minutes: readonly CoverageMinute[] },
): StepResult {
  const { epochMs } = input;
  const candidates: Candidate[] = [];
  for (const [key, count] of countsOf(rule, input)) {
    const finding = judgeCount(count, state.active[key]?.sinceEpochMs, epochMs);
    if (finding !== undefined)
      candidates.push({ scopeKey: key, parentKey: 'total', finding, excess: 0 });
  }
  return {
    state: nextState(state, candidates),
    findings: candidates.map(({ finding }) => finding),
    isUnknown: false,
  };
}

function countsOf(
  rule: CoverageRule,
  { epochMs, minutes }: { readonly epochMs: number; readonly minutes: readonly CoverageMinute[] },
): [string, Count][] {
  const to = epochMs - SETTLE_MINUTES * MINUTE_MS;
  const counts = new Map<string, Count>();
  for (const minute of minutes) {
    const { minuteEpochMs, service, environment, recognised, metered } = minute;
    if (!(recognised >= 0) || !(metered >= 0) || !Number.isFinite(recognised + metered)) continue;
    const key = JSON.stringify([service, environment ?? null]);
    const count = counts.get(key) ?? createCount(rule, service, environment);
    const from = to - count.rule.windowMinutes * MINUTE_MS;
    if (!(minuteEpochMs >= from) || !(minuteEpochMs < to) || isRuleOff(count.rule)) continue;
    count.recognised += recognised;
    count.metered += metered;
    count.minutes.push(minute);
    counts.set(key, count);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function createCount(rule: CoverageRule, service: string, environment: string | undefined): Count {
  const labels = { service, ...(environment !== undefined && { environment }) };
  return { rule: ruleFor(rule, labels), labels, recognised: 0, metered: 0, minutes: [] };
}

function judgeCount(
  { rule, labels, recognised, metered, minutes }: Count,
  since: number | undefined,
  epochMs: number,
): Finding | undefined {
  const lost = Math.max(0, recognised - metered);
  if (lost <= 0) return undefined;
  const { low } = wilsonInterval(lost, recognised);
  const share = lost / recognised;
  // That few requests come is no sign that they are metered again.
  const isGoingOn = since !== undefined && share >= rule.warningShare;
  const isSure = recognised >= rule.minRequests && low >= rule.warningShare;
  if (!isSure && !isGoingOn) return undefined;
  return {
    rule: 'coverage',
    severity: low >= rule.criticalShare ? 'critical' : 'warning',
    labels,
    epochMs,
    quantity: 'share',
    observed: share,
    expected: {
      low: 0,
      mid: 0,
      high: rule.warningShare,
      basis: 'every recognised request should be metered',
    },
    windowMinutes: rule.windowMinutes,
    score: 0,
    usdPerHour: 0,
    sinceEpochMs: since ?? onsetOf(minutes, share),
    decomposition: {},
    contributors: [],
    evidenceCalls: Math.round(lost),
  };
}

/** The minute from which on requests most surely are lost: before it, less than half as many were as in the whole window. */
function onsetOf(minutes: readonly CoverageMinute[], share: number): number {
  let sum = 0;
  let least = 0;
  let onset = Number.NaN;
  for (const { minuteEpochMs, recognised, metered } of minutes.toSorted(
    (a, b) => a.minuteEpochMs - b.minuteEpochMs,
  )) {
    if (sum <= least) {
      least = sum;
      onset = minuteEpochMs;
    }
    sum += recognised - metered - (share / 2) * recognised;
  }
  return onset;
}
