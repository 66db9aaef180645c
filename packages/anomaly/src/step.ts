import { judgeBudget } from './budget-rule.ts';
import { judgeCacheHitRate } from './cache-hit-rate-rule.ts';
import { judgeCostPerRequest } from './cost-per-request-rule.ts';
import { coverageOf, type History, type ScopeHistory, sortedScopes } from './history.ts';
import { judgeModelDrift } from './model-drift-rule.ts';
import {
  type ActiveScope,
  type Candidate,
  chooseLevel,
  type RuleState,
  type StepResult,
} from './rule-state.ts';
import type { Rule } from './rules.ts';
import { judgeSlowBurn } from './slow-burn-rule.ts';
import { MINUTE_MS } from './time.ts';
import { judgeUnpriced } from './unpriced-rule.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { type EvaluationTime, judgeVolume } from './volume-rule.ts';

const MINIMUM_COVERAGE = 0.8;
const COVERAGE_WINDOW_MS = 20 * MINUTE_MS;

/**
 * Evaluates one rule at one instant, up to which the history has been advanced.
 *
 * Deterministic and independent of the order of series. The state passed in and the history stay as they are. When gaps
 * cover more than a fifth of the last 20 minutes, the answer is unknown: no findings, and the state is kept.
 */
export function step(
  rule: Rule,
  state: RuleState,
  input: { readonly history: History } & EvaluationTime,
): StepResult {
  const { history, epochMs } = input;
  const coverage = coverageOf(history.gaps, epochMs - COVERAGE_WINDOW_MS, epochMs);
  if (coverage < MINIMUM_COVERAGE) return { state, findings: [], isUnknown: true };
  const scopes = rule.name === 'budget' ? sortedScopes(history) : distinctScopes(history);
  const candidates = scopes.flatMap((scope) => judge(rule, state, { history, scope, time: input }));
  const isAdditive = rule.name === 'volume' || rule.name === 'slow_burn';
  const told = isAdditive ? chooseLevel(candidates, state) : candidates;
  const active: Record<string, ActiveScope> = {};
  for (const { scopeKey, finding } of told) {
    active[scopeKey] = { sinceEpochMs: finding.sinceEpochMs, severity: finding.severity };
  }
  return { state: { active }, findings: told.map(({ finding }) => finding), isUnknown: false };
}

interface Target {
  readonly history: History;
  readonly scope: ScopeHistory;
  readonly time: EvaluationTime;
}

function judge(rule: Rule, state: RuleState, target: Target): readonly Candidate[] {
  if (rule.name === 'volume') return listOf(judgeVolume(rule, state, target));
  if (rule.name === 'slow_burn') {
    return listOf(judgeSlowBurn(rule, state, { ...target, epochMs: target.time.epochMs }));
  }
  if (rule.name === 'budget') {
    const isMeant = sameLabels(rule.labels, target.scope.scope.labels);
    return isMeant ? listOf(judgeBudget(rule, state, { ...target, ...target.time })) : [];
  }
  // Above a feature, means and shares move with the mix of features, which is no fault of any of them.
  if (target.scope.scope.level !== 'feature') return [];
  const feature = { ...target, epochMs: target.time.epochMs };
  switch (rule.name) {
    case 'cost_per_request':
      return listOf(judgeCostPerRequest(rule, state, feature));
    case 'cache_hit_rate':
      return listOf(judgeCacheHitRate(rule, state, feature));
    case 'model_drift':
      return judgeModelDrift(rule, state, feature);
    case 'unpriced':
      return judgeUnpriced(rule, state, feature);
    default:
      return rule satisfies never;
  }
}

function sameLabels(
  a: Readonly<Partial<SeriesLabels>>,
  b: Readonly<Partial<SeriesLabels>>,
): boolean {
  return a.service === b.service && a.environment === b.environment && a.feature === b.feature;
}

function listOf(candidate: Candidate | undefined): readonly Candidate[] {
  return candidate === undefined ? [] : [candidate];
}

/** Scopes without those that hold a single child, which would say the same twice. */
function distinctScopes(history: History): ScopeHistory[] {
  const scopes = sortedScopes(history);
  const children = new Map<string, number>();
  for (const { scope } of scopes) {
    if (scope.parentKey !== undefined) {
      children.set(scope.parentKey, (children.get(scope.parentKey) ?? 0) + 1);
    }
  }
  return scopes.filter(
    ({ scope }) => scope.level === 'feature' || (children.get(scope.key) ?? 0) > 1,
  );
}
