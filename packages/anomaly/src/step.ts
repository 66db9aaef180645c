import { judgeCostPerRequest } from './cost-per-request-rule.ts';
import { coverageOf, type History, type ScopeHistory, sortedScopes } from './history.ts';
import {
  type ActiveScope,
  type Candidate,
  chooseLevel,
  type RuleState,
  type StepResult,
} from './rule-state.ts';
import type { Rule } from './rules.ts';
import { MINUTE_MS } from './time.ts';
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
  const candidates = distinctScopes(history).flatMap(
    (scope) => judge(rule, state, { history, scope, time: input }) ?? [],
  );
  const told = chooseLevel(candidates, state);
  const active: Record<string, ActiveScope> = {};
  for (const { scopeKey, finding } of told) {
    active[scopeKey] = { sinceEpochMs: finding.sinceEpochMs, severity: finding.severity };
  }
  return { state: { active }, findings: told.map(({ finding }) => finding), isUnknown: false };
}

function judge(
  rule: Rule,
  state: RuleState,
  target: {
    readonly history: History;
    readonly scope: ScopeHistory;
    readonly time: EvaluationTime;
  },
): Candidate | undefined {
  switch (rule.name) {
    case 'volume':
      return judgeVolume(rule, state, target);
    case 'cost_per_request': {
      // Above a feature, the mean cost of a call moves with the mix of features, which is no fault of any of them.
      if (target.scope.scope.level !== 'feature') return undefined;
      return judgeCostPerRequest(rule, state, { ...target, epochMs: target.time.epochMs });
    }
    default:
      return rule satisfies never;
  }
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
