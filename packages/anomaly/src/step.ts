import { isApart } from './apart.ts';
import { isOfBudget, judgeBudget } from './budget-rule.ts';
import { judgeCacheHitRate } from './cache-hit-rate-rule.ts';
import { judgeCostPerRequest } from './cost-per-request-rule.ts';
import { windowOfMinutes } from './count-model.ts';
import { descend } from './descend.ts';
import { coverageOf, type History, type ScopeHistory, sortedScopes } from './history.ts';
import { judgeModelDrift } from './model-drift-rule.ts';
import { excessOf, readWindow } from './read-window.ts';
import { isRuleOff, ruleFor } from './rule-for.ts';
import {
  type Candidate,
  chooseLevel,
  nextState,
  type RuleState,
  rememberEnds,
  rememberTold,
  type StepResult,
} from './rule-state.ts';
import type { BudgetRule, Rule } from './rules.ts';
import { judgeSlowBurn, slowBurnAt } from './slow-burn-rule.ts';
import { MINUTE_MS } from './time.ts';
import { judgeUnpriced } from './unpriced-rule.ts';
import { type EvaluationTime, judgeVolume, volumeAt } from './volume-rule.ts';

const MINIMUM_COVERAGE = 0.8;
const COVERAGE_WINDOW_MS = 20 * MINUTE_MS;

/** What an evaluation looks at. */
export interface StepInput extends EvaluationTime {
  readonly history: History;
}

/**
 * Evaluates one rule at one instant, up to which the history has been advanced.
 *
 * Deterministic and independent of the order of series. The state passed in and the history stay as they are. When gaps
 * cover more than a fifth of the last 20 minutes, the answer is unknown: no findings, and the state is kept.
 */
export function step(rule: Rule, state: RuleState, input: StepInput): StepResult {
  const { history, epochMs } = input;
  const coverage = coverageOf(history.gaps, epochMs - COVERAGE_WINDOW_MS, epochMs);
  if (coverage < MINIMUM_COVERAGE) return { state, findings: [], isUnknown: true };
  const found: Found = { candidates: [], pending: [] };
  if (rule.name === 'budget') {
    const scopes = sortedScopes(history).filter((scope) => isOfBudget(rule, scope));
    if (scopes.length > 0) add(found, judgeBudget(rule, state, { ...input, scopes }));
  } else {
    for (const scope of sortedScopes(history)) judge(rule, state, { scope, input }, found);
  }
  const isAdditive = rule.name === 'volume' || rule.name === 'slow_burn';
  const told = isAdditive ? settleExcess(rule, state, input, found.candidates) : found.candidates;
  return {
    state: remember(rule, state, told, { epochMs, pending: found.pending }),
    findings: told.map(({ finding }) => finding),
    isUnknown: false,
  };
}

function remember(
  rule: Rule,
  state: RuleState,
  told: readonly Candidate[],
  now: { readonly epochMs: number; readonly pending: readonly string[] },
): RuleState {
  switch (rule.name) {
    case 'model_drift':
      return rememberTold(state, told, now);
    case 'cost_per_request':
    case 'cache_hit_rate':
      return rememberEnds(state, told, now.epochMs);
    default:
      return nextState(state, told);
  }
}

/** Births stay where they are, unless what is above them is told; excesses are told where they sit. */
function settleExcess(
  rule: Rule,
  state: RuleState,
  input: StepInput,
  candidates: readonly Candidate[],
): Candidate[] {
  const births = candidates.filter(({ finding }) => finding.severity === 'info');
  if (births.length === 0) return settleLevel(rule, state, input, candidates);
  const others = candidates.filter(({ finding }) => finding.severity !== 'info');
  const told = settleLevel(rule, state, input, others);
  const keys = new Set(told.map(({ scopeKey }) => scopeKey));
  const isTold = (key: string | undefined): boolean => {
    const scope = key === undefined ? undefined : input.history.scopes.get(key);
    return scope !== undefined && (keys.has(scope.scope.key) || isTold(scope.parent?.scope.key));
  };
  for (const birth of births) keys.add(birth.scopeKey);
  return [...told, ...births.filter(({ parentKey }) => !isTold(parentKey))];
}

/** Where in the hierarchy each excess is told. */
function settleLevel(
  rule: Rule,
  state: RuleState,
  input: StepInput,
  candidates: readonly Candidate[],
): Candidate[] {
  if (candidates.length === 0) return [];
  const describe = (scope: ScopeHistory, from: Candidate): Candidate | undefined => {
    if (rule.name !== 'volume' && rule.name !== 'slow_burn') return undefined;
    const own = ruleFor(rule, scope.scope.labels);
    if (isRuleOff(own)) return undefined;
    const { windowMinutes: minutes, severity } = from.finding;
    const at = { minutes, severity, active: state.active[scope.scope.key] };
    return own.name === 'volume'
      ? volumeAt(own, { scope, time: input }, at)
      : slowBurnAt(own, { scope, time: input }, at);
  };
  const scopeOf = (key: string): ScopeHistory | undefined => input.history.scopes.get(key);
  return chooseLevel(descend(candidates, state, { scopeOf, describe }), state, {
    childrenOf: (key) => scopeOf(key)?.children.length ?? 0,
    excessIn: (key, { finding: { windowMinutes } }) => {
      const scope = scopeOf(key);
      const window = windowOfMinutes(windowMinutes);
      if (scope === undefined || window < 0) return 0;
      return excessOf(readWindow(scope.model, window, Number.POSITIVE_INFINITY)) / windowMinutes;
    },
    isApart: ({ scopeKey, finding }, parent, { sinceEpochMs: aboveSinceEpochMs }) => {
      const [scope, above] = [scopeOf(scopeKey), scopeOf(parent.scopeKey)];
      if (scope === undefined || above === undefined) return false;
      return isApart(scope, above, { finding, aboveSinceEpochMs });
    },
  });
}

interface Found {
  readonly candidates: Candidate[];
  /** Keys of what may be told once more is known. */
  readonly pending: string[];
}

interface Target {
  readonly scope: ScopeHistory;
  readonly input: StepInput;
}

function judge(
  rule: Exclude<Rule, BudgetRule>,
  state: RuleState,
  target: Target,
  found: Found,
): void {
  const { scope, input } = target;
  const isFeature = scope.scope.level === 'feature';
  const isAdditive = rule.name === 'volume' || rule.name === 'slow_burn';
  // Above a feature, means and shares move with the mix of features, which is no fault of any of them; and a scope with
  // a single child would say the same twice.
  if (isAdditive ? !isFeature && scope.children.length < 2 : !isFeature) return;
  const own = ruleFor(rule, scope.scope.labels);
  if (isRuleOff(own)) return;
  const at = { scope, epochMs: input.epochMs };
  switch (own.name) {
    case 'volume':
      add(found, judgeVolume(own, state, { scope, time: input }));
      return;
    case 'slow_burn':
      add(found, judgeSlowBurn(own, state, { scope, time: input }));
      return;
    case 'cost_per_request':
      found.candidates.push(...judgeCostPerRequest(own, state, at));
      return;
    case 'cache_hit_rate':
      add(found, judgeCacheHitRate(own, state, at));
      return;
    case 'model_drift':
      addAll(found, judgeModelDrift(own, state, at));
      return;
    case 'unpriced':
      found.candidates.push(...judgeUnpriced(own, state, at));
      return;
    default:
      own satisfies never;
  }
}

function add(found: Found, candidate: Candidate | undefined): void {
  if (candidate !== undefined) found.candidates.push(candidate);
}

function addAll(
  found: Found,
  {
    candidates,
    pending,
  }: { readonly candidates: readonly Candidate[]; readonly pending: readonly string[] },
): void {
  found.candidates.push(...candidates);
  found.pending.push(...pending);
}
