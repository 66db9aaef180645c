import { HOUR_WINDOW, stageOf } from './count-model.ts';
import { explainWindow } from './explain.ts';
import type { Finding } from './finding.ts';
import type { ScopeHistory } from './history.ts';
import { withoutNewborns } from './newborns.ts';
import { expectedRange, gateFor, onsetOf, readCounts } from './read-counts.ts';
import { type CountReading, excessOf, readWindow } from './read-window.ts';
import { type ActiveScope, type Candidate, type RuleState, settleOnset } from './rule-state.ts';
import type { SlowBurnRule } from './rules.ts';
import type { EvaluationTime } from './volume-rule.ts';

const CLEAR_RATIO = 1.2;
/** Usage by model and team is kept for a day. */
const LONGEST_EXPLAINED = 1440;

/** Calls that stay above the expected for hours without ever being a spike. Needs three weeks of history to be surest. */
export function judgeSlowBurn(
  rule: SlowBurnRule,
  state: RuleState,
  target: { readonly scope: ScopeHistory; readonly time: EvaluationTime },
): Candidate | undefined {
  const { model, scope } = target.scope;
  const stage = stageOf(model);
  if (stage === 'cold' || stage === 'young') return undefined;
  const active = state.active[scope.key];
  const isGoingOn = readWindow(model, HOUR_WINDOW, Number.POSITIVE_INFINITY).ratio >= CLEAR_RATIO;
  if (active === undefined && !isGoingOn) return undefined;
  const readings = readCounts(model);
  if (isGoingOn) {
    const opening = openingOf(rule, target, withoutNewborns(target.scope, readings), active);
    if (opening !== undefined) return opening;
  }
  const long = readings.find(({ minutes }) => minutes === LONGEST_EXPLAINED);
  if (active === undefined || model.excessBlock < 0 || long === undefined) return undefined;
  return describe(rule, target, long, active);
}

/** The shortest of the long windows that passes the gates. */
function openingOf(
  rule: SlowBurnRule,
  target: { readonly scope: ScopeHistory; readonly time: EvaluationTime },
  readings: readonly CountReading[],
  active: ActiveScope | undefined,
): Candidate | undefined {
  const { model } = target.scope;
  const margins = { stage: stageOf(model), growing: rule.growingMargin, young: 0 };
  const gates: Readonly<Record<number, number>> = rule.scores;
  for (const reading of readings.slice(HOUR_WINDOW + 1)) {
    if (reading.ratio < rule.ratio) continue;
    const gate = gates[reading.minutes] ?? Number.POSITIVE_INFINITY;
    if (reading.score < gateFor(model, gate, margins)) continue;
    const candidate = describe(rule, target, reading, active);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

/** A finding for a scope in whose window an excess sits that was seen above it; undefined where it is not worth telling. */
export function slowBurnAt(
  rule: SlowBurnRule,
  target: { readonly scope: ScopeHistory; readonly time: EvaluationTime },
  at: { readonly minutes: number; readonly active: ActiveScope | undefined },
): Candidate | undefined {
  const { model } = target.scope;
  if (stageOf(model) === 'cold') return undefined;
  const reading = readCounts(model).find(({ minutes }) => minutes === at.minutes);
  if (reading === undefined || reading.ratio < rule.ratio) return undefined;
  return describe(rule, target, reading, at.active);
}

function describe(
  rule: SlowBurnRule,
  { scope, time }: { readonly scope: ScopeHistory; readonly time: EvaluationTime },
  reading: CountReading,
  active: ActiveScope | undefined,
): Candidate | undefined {
  const minutes = Math.min(LONGEST_EXPLAINED, reading.minutes);
  const { explanation, after } = explainWindow({
    scope,
    epochMs: time.epochMs,
    minutes,
    expectedCalls: reading.expected * (minutes / reading.minutes),
  });
  const excessCalls = excessOf(reading);
  const isWorthTelling =
    excessCalls >= rule.minExcessCalls || explanation.usdPerHour >= rule.minUsdPerHour;
  if (!isWorthTelling && active === undefined) return undefined;
  const finding: Finding = {
    rule: 'slow_burn',
    severity: 'warning',
    labels: scope.scope.labels,
    epochMs: time.epochMs,
    quantity: 'calls',
    observed: reading.observed,
    expected: expectedRange(scope.model, reading, time),
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: settleOnset(active, time.epochMs, () => onsetOf(scope.model, reading)),
    evidenceCalls: after.calls,
  };
  const { key } = scope.scope;
  return {
    scopeKey: key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: excessCalls / reading.minutes,
    expected: reading.expected / reading.minutes,
  };
}
