import { costHistoryDays, forecastUsdPerCall } from './cost-baseline.ts';
import { explainWindow, usageOfWindow } from './explain.ts';
import type { ExpectedRange, Finding, Severity } from './finding.ts';
import type { History, ScopeHistory } from './history.ts';
import { type ActiveScope, type Candidate, compareSeverity, type RuleState } from './rule-state.ts';
import type { CostPerRequestRule } from './rules.ts';
import { MINUTE_MS } from './time.ts';
import { usdPerCall } from './usage-sum.ts';

const WINDOWS: readonly number[] = [2, 5, 20, 60, 120, 240, 480, 1440];

interface Reading {
  readonly minutes: number;
  readonly calls: number;
  readonly observed: number;
  readonly mid: number;
  readonly deviation: number;
  readonly ratio: number;
  readonly score: number;
  readonly severity: Severity | undefined;
}

interface Target {
  readonly history: History;
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

/** What the rule holds of one scope; undefined when a call costs what it used to or too little is known. */
export function judgeCostPerRequest(
  rule: CostPerRequestRule,
  state: RuleState,
  target: Target,
): Candidate | undefined {
  const readings = readWindows(rule, target);
  const latest = readings[0];
  if (latest === undefined) return undefined;
  const active = state.active[target.scope.scope.key];
  if (latest.ratio < rule.clearRatio) return undefined;
  const opening = readings
    .filter((reading) => reading.severity !== undefined)
    .sort(
      (a, b) => compareSeverity(b.severity ?? 'info', a.severity ?? 'info') || b.score - a.score,
    )[0];
  if (opening !== undefined) return describe(rule, target, opening, active);
  if (active === undefined) return undefined;
  return describe(rule, target, { ...latest, severity: 'warning' }, active);
}

/** The shortest window with enough calls, the next one, and the hour: a short one is quick, a long one is sure. */
function readWindows(rule: CostPerRequestRule, { scope, epochMs }: Target): Reading[] {
  const readings: Reading[] = [];
  for (const minutes of WINDOWS) {
    const usage = usageOfWindow(scope, minutes, epochMs);
    const calls = usage.calls - usage.unpricedCalls;
    const observed = usdPerCall(usage);
    if (calls < rule.minCalls || observed === undefined) continue;
    const forecast = forecastUsdPerCall(scope.cost, calls);
    if (forecast === undefined) return [];
    const ratio = observed / forecast.mid;
    const score = ratio > 0 ? Math.log(ratio) / forecast.deviation : 0;
    const severity = severityOf(rule, { minutes, ratio, score, days: costHistoryDays(scope.cost) });
    readings.push({ minutes, calls, observed, ...forecast, ratio, score, severity });
    if (minutes >= 60) break;
  }
  return readings;
}

function severityOf(
  rule: CostPerRequestRule,
  reading: {
    readonly minutes: number;
    readonly ratio: number;
    readonly score: number;
    readonly days: number;
  },
): Severity | undefined {
  const margins = reading.minutes < 5 ? 1.5 : reading.minutes < 60 ? 1 : 0;
  const gate = rule.score + margins * rule.shortMargin;
  const isCritical =
    reading.ratio >= rule.criticalRatio && reading.score >= gate + rule.criticalMargin;
  if (isCritical && reading.days >= 7) return 'critical';
  return reading.ratio >= rule.warningRatio && reading.score >= gate ? 'warning' : undefined;
}

function describe(
  rule: CostPerRequestRule,
  target: Target,
  reading: Reading,
  active: ActiveScope | undefined,
): Candidate | undefined {
  const { history, scope, epochMs } = target;
  const usage = usageOfWindow(scope, reading.minutes, epochMs);
  const explanation = explainWindow(history, {
    scopeKey: scope.scope.key,
    minutes: reading.minutes,
    endEpochMs: epochMs,
    expectedCalls: usage.calls,
  });
  if (explanation.usdPerHour < rule.minUsdPerHour && active === undefined) return undefined;
  const finding: Finding = {
    rule: 'cost_per_request',
    severity: reading.severity ?? 'warning',
    labels: scope.scope.labels,
    epochMs,
    quantity: 'usd_per_call',
    observed: reading.observed,
    expected: rangeOf(scope, reading),
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: active?.sinceEpochMs ?? onsetOf(scope, reading, epochMs),
    evidenceCalls: reading.calls,
  };
  const { key, parentKey } = scope.scope;
  return { scopeKey: key, parentKey, finding, excess: explanation.usdPerHour };
}

function rangeOf(scope: ScopeHistory, { mid, deviation }: Reading): ExpectedRange {
  const days = Math.max(1, Math.round(costHistoryDays(scope.cost)));
  const reach = Math.exp(2 * deviation);
  const basis = `usual cost of a call, ${Math.min(28, days)} days`;
  return { low: mid / reach, mid, high: mid * reach, basis };
}

/** Start of the run of minutes with dear calls that leads up to now, at most an hour back. */
function onsetOf(scope: ScopeHistory, reading: Reading, epochMs: number): number {
  const minutes = scope.minutes.filter((minute) => minute.startEpochMs < epochMs);
  let since = epochMs - Math.min(reading.minutes, 60) * MINUTE_MS;
  for (const minute of minutes.reverse()) {
    const observed = usdPerCall(minute.usage);
    if (observed === undefined) continue;
    if (observed < 1.2 * reading.mid) break;
    since = minute.startEpochMs;
  }
  return since;
}
