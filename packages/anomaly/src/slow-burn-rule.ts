import { historyHours } from './count-baseline.ts';
import { explainWindow } from './explain.ts';
import type { Finding } from './finding.ts';
import type { History, ScopeHistory } from './history.ts';
import type { Candidate, RuleState } from './rule-state.ts';
import type { SlowBurnRule } from './rules.ts';
import { HOUR_MS } from './time.ts';

const MATURE_HOURS = 504;
const LONGEST_WINDOW_HOURS = 24;

/** Spend that stays above the expected for hours without ever being a spike. Needs three weeks of history. */
export function judgeSlowBurn(
  rule: SlowBurnRule,
  state: RuleState,
  target: {
    readonly history: History;
    readonly scope: ScopeHistory;
    readonly epochMs: number;
  },
): Candidate | undefined {
  const { history, scope, epochMs } = target;
  const { burn } = scope.usd;
  const { key, parentKey } = scope.scope;
  const active = state.active[key];
  if (historyHours(scope.usd) < MATURE_HOURS || burn.sinceHour < 0) return undefined;
  const gate = active === undefined ? rule.evidence : rule.evidence / 2;
  const ratio = burn.expected > 0 ? burn.observed / burn.expected : 0;
  if (burn.evidence < gate || ratio < rule.ratio) return undefined;
  const hours = Math.max(1, scope.usd.lastHour + 1 - burn.sinceHour);
  const usdPerHour = (burn.observed - burn.expected) / hours;
  if (usdPerHour < rule.minUsdPerHour && active === undefined) return undefined;
  const windowHours = Math.min(hours, LONGEST_WINDOW_HOURS);
  const usdPerCall = scope.cost.calls > 0 ? scope.cost.costUsd / scope.cost.calls : 0;
  const expectedUsd = (burn.expected / hours) * windowHours;
  const explanation = explainWindow(history, {
    scopeKey: key,
    minutes: windowHours * 60,
    endEpochMs: epochMs,
    expectedCalls: usdPerCall > 0 ? expectedUsd / usdPerCall : 0,
  });
  const finding: Finding = {
    rule: 'slow_burn',
    severity: 'warning',
    labels: scope.scope.labels,
    epochMs,
    quantity: 'cost_usd',
    observed: burn.observed,
    expected: {
      low: burn.expected / 1.2,
      mid: burn.expected,
      high: burn.expected * 1.2,
      basis: 'usual for the same hours of the week',
    },
    windowMinutes: hours * 60,
    score: Math.sqrt(2 * burn.evidence),
    ...explanation,
    sinceEpochMs: active?.sinceEpochMs ?? burn.sinceHour * HOUR_MS,
    evidenceCalls: scope.hours.reduce((sum, hour) => sum + hour.usage.calls, 0),
  };
  return { scopeKey: key, parentKey, finding, excess: usdPerHour };
}
