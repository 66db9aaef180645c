import { forecastWindow, historyHours } from './count-baseline.ts';
import type { Finding, Severity } from './finding.ts';
import { type History, type ScopeHistory, usageBetween } from './history.ts';
import type { Candidate, RuleState } from './rule-state.ts';
import type { BudgetRule } from './rules.ts';
import { HOUR_MS, type HourOfWeek, KEPT_HOURS } from './time.ts';

const FORECAST_HOURS = 168;

/** Spend of the present period against its budget, with a forecast of its end once a week is known. */
export function judgeBudget(
  rule: BudgetRule,
  state: RuleState,
  target: {
    readonly history: History;
    readonly scope: ScopeHistory;
    readonly epochMs: number;
    readonly hourOfWeek: HourOfWeek;
  },
): Candidate | undefined {
  const { scope, epochMs, hourOfWeek } = target;
  const period = rule.periodOf(epochMs);
  const spent = spentBetween(scope, period.startEpochMs, epochMs);
  const rest = forecastRest(scope, epochMs, period.endEpochMs, hourOfWeek);
  const severity = severityOf(rule, spent, rest);
  if (severity === undefined) return undefined;
  const { key, parentKey, labels } = scope.scope;
  const hours = Math.max(1, (epochMs - period.startEpochMs) / HOUR_MS);
  const allHours = (period.endEpochMs - period.startEpochMs) / HOUR_MS;
  const usdPerHour = spent / hours - rule.limitUsd / allHours;
  const finding: Finding = {
    rule: 'budget',
    severity,
    labels,
    epochMs,
    quantity: 'cost_usd',
    observed: spent,
    expected: {
      low: 0,
      mid: rule.limitUsd,
      high: rule.limitUsd,
      basis: describeBasis(rule, spent, rest),
    },
    windowMinutes: Math.round(hours * 60),
    score: 0,
    usdPerHour,
    sinceEpochMs: state.active[key]?.sinceEpochMs ?? epochMs,
    decomposition: { volume: usdPerHour },
    contributors: [],
    evidenceCalls: 0,
  };
  return { scopeKey: key, parentKey, finding, excess: usdPerHour };
}

function severityOf(
  rule: BudgetRule,
  spent: number,
  rest: number | undefined,
): Severity | undefined {
  const share = spent / rule.limitUsd;
  if (share >= 1) return 'critical';
  const isOnCourse = rest !== undefined && spent + rest > rule.limitUsd;
  if (share >= rule.warningShare || (isOnCourse && share >= rule.infoShare / 2)) return 'warning';
  return share >= rule.infoShare ? 'info' : undefined;
}

function describeBasis(rule: BudgetRule, spent: number, rest: number | undefined): string {
  const budget = `budget of the ${rule.period}`;
  if (rest === undefined) return budget;
  return `${budget}; ${(spent + rest).toFixed(2)} USD at its end as it usually goes on`;
}

/** USD of whole hours and of the minutes of the present one. Hours that are no longer kept are missing. */
function spentBetween(scope: ScopeHistory, fromEpochMs: number, toEpochMs: number): number {
  const lastWhole = Math.floor(toEpochMs / HOUR_MS);
  const first = Math.max(Math.ceil(fromEpochMs / HOUR_MS), scope.usd.firstHour, 0);
  let sum = usageBetween(scope, Math.max(lastWhole * HOUR_MS, fromEpochMs), toEpochMs).costUsd;
  if (scope.usd.firstHour < 0) return sum;
  for (let hour = first; hour < lastWhole; hour += 1) {
    sum += Math.max(0, scope.usd.values[hour % KEPT_HOURS] ?? 0);
  }
  return sum;
}

function forecastRest(
  scope: ScopeHistory,
  fromEpochMs: number,
  toEpochMs: number,
  hourOfWeek: HourOfWeek,
): number | undefined {
  if (historyHours(scope.usd) < FORECAST_HOURS) return undefined;
  let sum = 0;
  for (let end = fromEpochMs + HOUR_MS; end <= toEpochMs; end += HOUR_MS) {
    const window = { minutes: 60, endEpochMs: end, unit: 1 } as const;
    sum += forecastWindow(scope.usd, window, hourOfWeek)?.mid ?? 0;
  }
  return sum;
}
