import { spentSince } from './close-block.ts';
import { largestShares } from './explain.ts';
import type { Contributor, Finding, Severity } from './finding.ts';
import { forecastSpend, type SpendForecast } from './forecast-spend.ts';
import { type History, type ScopeHistory, seriesIn } from './history.ts';
import { type Candidate, compareSeverity, type RuleState } from './rule-state.ts';
import type { BudgetRule } from './rules.ts';
import { HOUR_MS, type HourOfWeek } from './time.ts';
import { trailing, trailingUsage } from './trailing-usage.ts';

/** True for a scope whose spend counts for a budget: the lowest ones that its labels name. */
export function isOfBudget(
  { labels: meant, isEnabled }: BudgetRule,
  { scope }: ScopeHistory,
): boolean {
  if (isEnabled === false) return false;
  const isOfService = meant.service !== undefined || meant.environment !== undefined;
  const level = meant.feature !== undefined ? 'feature' : isOfService ? 'service' : 'total';
  const { labels } = scope;
  return (
    scope.level === level &&
    (meant.service === undefined || labels.service === meant.service) &&
    (meant.environment === undefined || labels.environment === meant.environment) &&
    (meant.feature === undefined || labels.feature === meant.feature)
  );
}

/** Spend of the present period against its budget, with a forecast of its end once a week is known. */
export function judgeBudget(
  rule: BudgetRule,
  state: RuleState,
  target: {
    readonly history: History;
    /** All of which `isOfBudget` is true; at least one. */
    readonly scopes: readonly ScopeHistory[];
    readonly epochMs: number;
    readonly hourOfWeek: HourOfWeek;
  },
): Candidate | undefined {
  const { history, scopes, epochMs, hourOfWeek } = target;
  const period = rule.periodOf(epochMs);
  const spent = scopes.reduce(
    (sum, scope) => sum + spentSince(history, scope, period.startEpochMs, hourOfWeek),
    0,
  );
  const rest = forecastSpend(scopes, {
    fromEpochMs: epochMs,
    toEpochMs: period.endEpochMs,
    hourOfWeek,
  });
  const burn = burnRates(rule, scopes, { epochMs, period });
  const severity = worst(
    severityOf(rule, spent, rest?.mid),
    burnSeverity(rule, burn, state.active[JSON.stringify(rule.labels)]?.severity),
  );
  if (severity === undefined) return undefined;
  const { labels } = rule;
  const key = JSON.stringify(labels);
  const hours = Math.max(1, (epochMs - period.startEpochMs) / HOUR_MS);
  const allHours = (period.endEpochMs - period.startEpochMs) / HOUR_MS;
  const usdPerHour = spent / hours - rule.limitUsd / allHours;
  const finding: Finding = {
    rule: 'budget',
    severity,
    // A budget of the day is no incident of the month's.
    labels: { ...labels, period: rule.period },
    epochMs,
    quantity: 'cost_usd',
    observed: spent,
    expected: {
      low: 0,
      mid: rule.limitUsd,
      high: rule.limitUsd,
      basis: describeBasis(rule, spent, { rest, burn }),
    },
    windowMinutes: Math.round(hours * 60),
    score: 0,
    usdPerHour,
    sinceEpochMs: state.active[key]?.sinceEpochMs ?? epochMs,
    decomposition: { volume: usdPerHour },
    contributors: spendersOf(target, period.startEpochMs),
    evidenceCalls: 0,
  };
  return { scopeKey: key, parentKey: undefined, finding, excess: usdPerHour };
}

/** Features, and services where there are several, by their share of what was spent. */
function spendersOf(
  { history, scopes, hourOfWeek }: Parameters<typeof judgeBudget>[2],
  fromEpochMs: number,
): readonly Contributor[] {
  const spent = scopes.flatMap(featuresIn).map((feature) => ({
    labels: feature.scope.labels,
    usd: spentSince(history, feature, fromEpochMs, hourOfWeek),
  }));
  return largestShares(
    (['feature', 'service'] as const).map((dimension) => {
      const byName = new Map<string, number>();
      for (const { labels, usd } of spent) {
        const name = labels[dimension];
        if (name !== undefined) byName.set(name, (byName.get(name) ?? 0) + usd);
      }
      return { dimension, byName };
    }),
  );
}

function featuresIn(scope: ScopeHistory): readonly ScopeHistory[] {
  return scope.children.length === 0 ? [scope] : scope.children.flatMap(featuresIn);
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

/** How many times faster than the budget allows money goes, over an hour and over six; each confirmed by a shorter window. */
interface BurnRates {
  readonly fast: number;
  readonly slow: number;
}

function describeBasis(
  rule: BudgetRule,
  spent: number,
  { rest, burn }: { readonly rest: SpendForecast | undefined; readonly burn: BurnRates },
): string {
  const budget = `budget of the ${rule.period}`;
  const rate = Math.max(burn.fast, burn.slow);
  const burning =
    rate >= (rule.slowBurn ?? SLOW_BURN) ? `; spent at ${rate.toFixed(1)} times its rate` : '';
  if (rest === undefined) return `${budget}${burning}`;
  const [low, mid, high] = [rest.low, rest.mid, rest.high].map((value) =>
    (spent + value).toFixed(2),
  );
  return `${budget}${burning}; ${mid} USD (${low} to ${high}) at its end as it usually goes on`;
}

function worst(a: Severity | undefined, b: Severity | undefined): Severity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareSeverity(a, b) >= 0 ? a : b;
}

/** 14.4 times over an hour uses 2 % of a month up, 6 times over six hours 5 % (Site Reliability Workbook, chapter 5). */
const FAST_BURN = 14.4;
const SLOW_BURN = 6;
/** What was told is taken back below so much of it, or it would come and go with every swing. */
const HELD_BURN = 0.5;

function burnRates(
  rule: BudgetRule,
  scopes: readonly ScopeHistory[],
  at: {
    readonly epochMs: number;
    readonly period: { readonly startEpochMs: number; readonly endEpochMs: number };
  },
): BurnRates {
  const hours = (at.period.endEpochMs - at.period.startEpochMs) / HOUR_MS;
  const allowed = rule.limitUsd / hours;
  const rate = (minutes: number): number => {
    const window = trailing(at.epochMs, minutes);
    const spent = scopes
      .flatMap(seriesIn)
      .reduce((sum, { ring }) => sum + trailingUsage(ring, window).costUsd, 0);
    return spent / window.lengthHours / allowed;
  };
  return { fast: Math.min(rate(60), rate(5)), slow: Math.min(rate(360), rate(30)) };
}

function burnSeverity(
  rule: BudgetRule,
  { fast, slow }: BurnRates,
  told: Severity | undefined,
): Severity | undefined {
  if (rule.period === 'day') return undefined;
  const hold = (isTold: boolean): number => (isTold ? HELD_BURN : 1);
  if (fast >= hold(told === 'critical') * (rule.fastBurn ?? FAST_BURN)) return 'critical';
  const isTold = told === 'critical' || told === 'warning';
  return slow >= hold(isTold) * (rule.slowBurn ?? SLOW_BURN) ? 'warning' : undefined;
}
