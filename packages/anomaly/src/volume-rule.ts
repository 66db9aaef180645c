import { usdUnit } from './advance.ts';
import {
  type BaselineStage,
  forecastWindow,
  historyHours,
  stageOf,
  type WindowMinutes,
} from './count-baseline.ts';
import { explainWindow } from './explain.ts';
import type { ExpectedRange, Finding, Severity } from './finding.ts';
import { type History, type ScopeHistory, usageBetween } from './history.ts';
import { expectedBounds, type Forecast, judgeCount } from './judge-count.ts';
import { type ActiveScope, type Candidate, compareSeverity, type RuleState } from './rule-state.ts';
import type { VolumeRule } from './rules.ts';
import { type HourOfWeek, MINUTE_MS, renderSlot } from './time.ts';

const WINDOWS: readonly WindowMinutes[] = [5, 20, 60];
/** With fewer calls expected, five minutes say too little; the longer windows decide. */
const FEWEST_EXPECTED = 1;
/** Below this the spread is known less well than it seems. */
const FEW_EXPECTED = 4;
const QUANTITIES = ['calls', 'cost_usd'] as const;
type Quantity = (typeof QUANTITIES)[number];

/** One quantity in one window against its forecast. */
interface Reading {
  readonly quantity: Quantity;
  readonly minutes: WindowMinutes;
  readonly observed: number;
  readonly forecast: Forecast;
  readonly ratio: number;
  readonly score: number;
  readonly severity: Severity | undefined;
}

/** Time and calendar of an evaluation. */
export interface EvaluationTime {
  readonly epochMs: number;
  readonly hourOfWeek: HourOfWeek;
}

/** What the rule holds of one scope; undefined when it is as expected or not yet known well enough. */
export function judgeVolume(
  rule: VolumeRule,
  state: RuleState,
  target: {
    readonly history: History;
    readonly scope: ScopeHistory;
    readonly time: EvaluationTime;
  },
): Candidate | undefined {
  const { scope, time } = target;
  const stage = stageOf(scope.calls, scope.calls.total);
  if (stage === 'cold') return undefined;
  const readings = QUANTITIES.flatMap((quantity) =>
    WINDOWS.flatMap((minutes) => readWindow(rule, { scope, time, stage, quantity, minutes }) ?? []),
  );
  const active = state.active[scope.scope.key];
  const opening = readings
    .filter((reading) => reading.severity !== undefined)
    .sort(compareReadings);
  for (const reading of opening) {
    const candidate = describeReading(rule, target, reading, active);
    if (candidate !== undefined) return candidate;
  }
  if (active === undefined) return undefined;
  const kept = readings.find(
    (reading) => reading.minutes === 20 && reading.ratio >= rule.clearRatio && reading.score >= 1,
  );
  if (kept === undefined) return undefined;
  return describeReading(rule, target, { ...kept, severity: 'warning' }, active);
}

/** Worst first; calls before money, which says the same with more noise; then the surest. */
function compareReadings(a: Reading, b: Reading): number {
  return (
    compareSeverity(b.severity ?? 'info', a.severity ?? 'info') ||
    QUANTITIES.indexOf(a.quantity) - QUANTITIES.indexOf(b.quantity) ||
    b.score - a.score
  );
}

function readWindow(
  rule: VolumeRule,
  target: {
    readonly scope: ScopeHistory;
    readonly time: EvaluationTime;
    readonly stage: BaselineStage;
    readonly quantity: Quantity;
    readonly minutes: WindowMinutes;
  },
): Reading | undefined {
  const { scope, time, quantity, minutes } = target;
  const isCalls = quantity === 'calls';
  const baseline = isCalls ? scope.calls : scope.usd;
  const window = { minutes, endEpochMs: time.epochMs, unit: isCalls ? 1 : usdUnit(scope) };
  const forecast = forecastWindow(baseline, window, time.hourOfWeek);
  if (forecast === undefined) return undefined;
  if (minutes === 5 && forecast.mid / window.unit < FEWEST_EXPECTED) return undefined;
  const usage = usageBetween(scope, time.epochMs - minutes * MINUTE_MS, time.epochMs);
  const observed = isCalls ? usage.calls : usage.costUsd;
  const verdict = judgeCount(observed, forecast);
  const isSparse = forecast.mid / window.unit < FEW_EXPECTED;
  const gate = gateOf(rule, target.stage, minutes) + (isSparse ? rule.sparseMargin : 0);
  let severity: Severity | undefined;
  if (verdict.ratio >= rule.warningRatio && verdict.score >= gate) severity = 'warning';
  const isCritical =
    verdict.ratio >= rule.criticalRatio && verdict.score >= gate + rule.criticalMargin;
  if (isCritical && target.stage !== 'young') severity = 'critical';
  if (severity !== undefined && !isConfirmed(rule, scope, window, forecast)) {
    severity = undefined;
  }
  return { quantity, minutes, observed, forecast, ...verdict, severity };
}

function gateOf(rule: VolumeRule, stage: BaselineStage, minutes: WindowMinutes): number {
  if (stage === 'young') return rule.youngScore;
  return rule.scores[minutes] + (stage === 'growing' ? rule.growingMargin : 0);
}

/** An hour that is high only by its first part is over: its last 20 minutes must be high as well. */
function isConfirmed(
  rule: VolumeRule,
  scope: ScopeHistory,
  window: { readonly minutes: WindowMinutes; readonly endEpochMs: number; readonly unit: number },
  forecast: Forecast,
): boolean {
  if (window.minutes !== 60) return true;
  const recent = usageBetween(scope, window.endEpochMs - 20 * MINUTE_MS, window.endEpochMs);
  const observed = window.unit === 1 ? recent.calls : recent.costUsd;
  return observed >= (rule.warningRatio * forecast.mid) / 3;
}

function describeReading(
  rule: VolumeRule,
  target: {
    readonly history: History;
    readonly scope: ScopeHistory;
    readonly time: EvaluationTime;
  },
  reading: Reading,
  active: ActiveScope | undefined,
): Candidate | undefined {
  const { history, scope, time } = target;
  const usage = usageBetween(scope, time.epochMs - reading.minutes * MINUTE_MS, time.epochMs);
  const expectedCalls = callsExpected(scope, reading, time);
  const explanation = explainWindow(history, {
    scopeKey: scope.scope.key,
    minutes: reading.minutes,
    endEpochMs: time.epochMs,
    expectedCalls,
  });
  const excessCalls = usage.calls - expectedCalls;
  const isWorthTelling =
    excessCalls >= rule.minExcessCalls || explanation.usdPerHour >= rule.minUsdPerHour;
  if (!isWorthTelling && active === undefined) return undefined;
  if (reading.quantity === 'cost_usd' && !isByVolume(explanation)) return undefined;
  const finding: Finding = {
    rule: 'volume',
    severity: reading.severity ?? 'warning',
    labels: scope.scope.labels,
    epochMs: time.epochMs,
    quantity: reading.quantity,
    observed: reading.observed,
    expected: rangeOf(scope, reading.forecast, time),
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: active?.sinceEpochMs ?? onsetOf(scope, reading, time.epochMs),
    evidenceCalls: usage.calls,
  };
  const { key, parentKey } = scope.scope;
  return { scopeKey: key, parentKey, finding, excess: excessCalls / reading.minutes };
}

function callsExpected(scope: ScopeHistory, reading: Reading, time: EvaluationTime): number {
  if (reading.quantity === 'calls') return reading.forecast.mid;
  const window = { minutes: reading.minutes, endEpochMs: time.epochMs, unit: 1 };
  return forecastWindow(scope.calls, window, time.hourOfWeek)?.mid ?? 0;
}

/** Dearer calls are the other rule's matter: here at least half of the excess must come from more calls. */
function isByVolume(explanation: {
  readonly usdPerHour: number;
  readonly decomposition: Readonly<Record<string, number>>;
}): boolean {
  const { volume = 0, mix = 0 } = explanation.decomposition;
  return volume + mix >= explanation.usdPerHour / 2;
}

function rangeOf(scope: ScopeHistory, forecast: Forecast, time: EvaluationTime): ExpectedRange {
  const hours = historyHours(scope.calls);
  const weeks = Math.max(1, Math.min(4, Math.round(hours / 168)));
  const slot = renderSlot(time.hourOfWeek(time.epochMs - 1));
  const basis =
    forecast.kind === 'plain'
      ? `mean of the first ${Math.max(1, Math.round(hours / 24))} days`
      : `usual for ${slot}, ${weeks} ${weeks === 1 ? 'week' : 'weeks'}`;
  return { ...expectedBounds(forecast), mid: forecast.mid, basis };
}

/** The minute in the last hour from which on the excess over halfway to the observed level is largest. */
function onsetOf(scope: ScopeHistory, reading: Reading, epochMs: number): number {
  const usual = reading.forecast.mid / reading.minutes;
  const halfway = usual * (1 + Math.max(1, Math.min(reading.ratio, 20))) * 0.5;
  const values = new Map(
    scope.minutes.map(({ startEpochMs, usage }) => [
      startEpochMs,
      reading.quantity === 'calls' ? usage.calls : usage.costUsd,
    ]),
  );
  let since = epochMs - reading.minutes * MINUTE_MS;
  let sum = 0;
  let largest = 0;
  for (let at = epochMs - MINUTE_MS; at >= epochMs - 60 * MINUTE_MS; at -= MINUTE_MS) {
    sum += (values.get(at) ?? 0) - halfway;
    if (sum <= largest) continue;
    largest = sum;
    since = at;
  }
  return since;
}
