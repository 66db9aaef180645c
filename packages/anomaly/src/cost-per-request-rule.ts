import { type CostReading, costHistoryDays, readCosts } from './cost-model.ts';
import { explainWindow } from './explain.ts';
import type { ExpectedRange, Finding, Severity } from './finding.ts';
import { BLOCK_MS, type ScopeHistory } from './history.ts';
import { meanGain, mostLikelyOnset, type OnsetStretch } from './most-likely-onset.ts';
import { normalQuantile } from './normal-quantile.ts';
import {
  type ActiveScope,
  type Candidate,
  compareSeverity,
  type RuleState,
  settleOnset,
} from './rule-state.ts';
import type { CostPerRequestRule } from './rules.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';

/** Whole hours before a window that say what was usual lately. */
const HOURS_BEFORE = 4;

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface Judged {
  readonly reading: CostReading;
  readonly severity: Severity;
}

/** What the rule holds of one scope; undefined when a call costs what it used to or too little is known. */
export function judgeCostPerRequest(
  rule: CostPerRequestRule,
  state: RuleState,
  target: Target,
): Candidate | undefined {
  const { cost, scope } = target.scope;
  const block = Math.ceil(target.epochMs / BLOCK_MS) - 1;
  const endEpochMs = (block + 1) * BLOCK_MS;
  const reach = (sinceEpochMs: number): number => (endEpochMs - sinceEpochMs) / MINUTE_MS;
  // What has ended was told: windows begin after it.
  const longest = reach(state.ended?.[scope.key] ?? 0);
  const readings = readCosts(cost, block, rule.minCalls).filter(
    ({ minutes }) => minutes <= longest,
  );
  const latest = readings[0];
  if (latest === undefined) return undefined;
  const active = state.active[scope.key];
  if (active !== undefined && isOver(readings, active, reach(active.sinceEpochMs)))
    return undefined;
  const worst = worstOf(rule, readings, costHistoryDays(cost));
  // What was dear and no longer is has ended: the newest calls must be dear too.
  if (worst !== undefined && latest.ratio >= Math.min(rule.clearRatio, worst.reading.ratio)) {
    return describe(rule, target, worst, active);
  }
  if (active === undefined) return undefined;
  if (worst === undefined && cost.excessBlock < 0 && latest.ratio < rule.clearRatio)
    return undefined;
  return describe(rule, target, { reading: latest, severity: active.severity }, active);
}

/** The window to tell from: the most severe, then the surest. */
function worstOf(
  rule: CostPerRequestRule,
  readings: readonly CostReading[],
  days: number,
): Judged | undefined {
  let worst: Judged | undefined;
  for (const reading of readings) {
    const severity = severityOf(rule, reading, days);
    if (severity === undefined) continue;
    const isWorse = worst === undefined || compareSeverity(severity, worst.severity) > 0;
    if (isWorse || (severity === worst?.severity && reading.score > worst.reading.score)) {
      worst = { reading, severity };
    }
  }
  return worst;
}

/** Deviations by which a window must lie below what it would be if it went on. */
const END_SCORE = 3.6;
/** Share by which what is told follows the newest windows. */
const FOLLOWING = 0.1;

/**
 * True when a window since the onset is nearer to the usual cost than to what was told, beyond chance. What fired was a
 * chance peak too, so the calls between onset and window say how dear it was where that is less, down to halfway.
 */
function isOver(
  readings: readonly CostReading[],
  { size = 1 }: ActiveScope,
  longestMinutes: number,
): boolean {
  const since = readings.filter(({ minutes }) => minutes <= longestMinutes);
  const all = since.at(-1);
  if (all === undefined) return false;
  return since.some(({ ratio, calls, deviation }) => {
    const before = all.calls - calls;
    const dear =
      before > 0
        ? Math.max(
            Math.sqrt(size),
            Math.min(size, (all.ratio * all.calls - ratio * calls) / before),
          )
        : size;
    return (
      ratio < Math.sqrt(dear) && Math.log(dear / Math.max(0.01, ratio)) / deviation >= END_SCORE
    );
  });
}

/** How many times the usual it is by now; a window that may be its end does not count. */
function sizeOf(active: ActiveScope | undefined, { ratio }: CostReading): number {
  const { size = ratio } = active ?? {};
  return ratio < Math.sqrt(size) ? size : size + FOLLOWING * (ratio - size);
}

function severityOf(
  rule: CostPerRequestRule,
  reading: CostReading,
  days: number,
): Severity | undefined {
  const { ratio, score, minutes, calls } = reading;
  const isLasting = minutes >= rule.lastingMinutes && calls >= 2 * rule.minCalls;
  if (ratio < (isLasting ? rule.lastingRatio : rule.warningRatio)) return undefined;
  const chance = normalQuantile(rule.chancePerWeek / reading.looksPerWeek);
  const gate = Math.max(rule.score, chance) + (days < 7 ? rule.youngMargin : 0);
  if (score < gate) return undefined;
  const isCritical =
    ratio >= rule.criticalRatio && score >= gate + rule.criticalMargin && days >= 7;
  return isCritical ? 'critical' : 'warning';
}

function describe(
  rule: CostPerRequestRule,
  { scope, epochMs }: Target,
  { reading, severity }: Judged,
  active: ActiveScope | undefined,
): Candidate | undefined {
  const { explanation } = explainWindow({
    scope,
    block: Math.ceil(epochMs / BLOCK_MS) - 1,
    minutes: reading.minutes,
    expectedCalls: reading.calls,
  });
  if (explanation.usdPerHour < rule.minUsdPerHour && active === undefined) return undefined;
  const isWorse = active === undefined || compareSeverity(severity, active.severity) > 0;
  const finding: Finding = {
    rule: 'cost_per_request',
    severity: isWorse ? severity : active.severity,
    labels: scope.scope.labels,
    epochMs,
    quantity: 'usd_per_call',
    observed: reading.observed,
    expected: rangeOf(scope, reading),
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: settleOnset(active, epochMs, () => sinceOf(scope, reading, epochMs)),
    evidenceCalls: reading.calls,
  };
  return {
    scopeKey: scope.scope.key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: explanation.usdPerHour,
    size: sizeOf(active, reading),
  };
}

function rangeOf(scope: ScopeHistory, { mid, deviation }: CostReading): ExpectedRange {
  const days = Math.max(1, Math.round(costHistoryDays(scope.cost)));
  const reach = Math.exp(2 * deviation);
  const basis = `usual cost of a call, ${Math.min(28, days)} days`;
  return { low: mid / reach, mid, high: mid * reach, basis };
}

/** When calls most likely became dear: a block of 5 minutes of the last hour, before it an hour. */
function sinceOf({ cost }: ScopeHistory, { minutes }: CostReading, epochMs: number): number {
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  const stretches: OnsetStretch[] = [];
  const add = (index: number, stamp: number, startEpochMs: number): void => {
    if (cost.stamps[index] !== stamp) return;
    const [weight = 0, value = 0] = cost.ring.subarray(2 * index, 2 * index + 2);
    stretches.push({ startEpochMs, value, weight });
  };
  // The part of an hour that lies between the last 12 blocks and the whole hours before them is passed over.
  const hour = Math.floor(block / 12);
  for (let at = block; at > block - 12; at -= 1) add(at % 12, at, at * BLOCK_MS);
  const oldest = Math.ceil(minutes / 60) + HOURS_BEFORE;
  for (let at = hour - 2; at >= hour - oldest; at -= 1) add(12 + (at % 24), at, at * HOUR_MS);
  return mostLikelyOnset(stretches, meanGain) ?? epochMs - minutes * MINUTE_MS;
}
