import { explainWindow, usageOfWindow } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import { type History, type ScopeHistory, type SeriesHistory, seriesIn } from './history.ts';
import { normaliseModel } from './model-name.ts';
import type { Candidate, RuleState } from './rule-state.ts';
import type { ModelDriftRule } from './rules.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';
import { wilsonInterval } from './wilson.ts';

const WINDOWS: readonly number[] = [5, 20, 60, 240, 1440];
const LEARNED_CALLS = 50;

interface Target {
  readonly history: History;
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface ModelUsage {
  readonly model: string;
  readonly name: string;
  readonly usual: UsageSum;
  readonly firstEpochMs: number;
  readonly series: SeriesHistory[];
}

interface Verdict {
  readonly severity: Severity;
  readonly minutes: number;
  readonly calls: number;
  readonly share: number;
  readonly usualShare: number;
  readonly score: number;
}

/** What the rule holds of the models of one feature: unexpected ones, and dear ones that displace what was used. */
export function judgeModelDrift(
  rule: ModelDriftRule,
  state: RuleState,
  target: Target,
): Candidate[] {
  const { scope, epochMs } = target;
  const age = epochMs / HOUR_MS - scope.calls.firstHour;
  if (scope.calls.firstHour < 0 || age < 24 || scope.calls.total < LEARNED_CALLS) return [];
  const models = modelsOf(target);
  return models.flatMap((model) => {
    const verdict = judgeModel(rule, target, models, model);
    return verdict === undefined ? [] : [describe(state, target, model, verdict)];
  });
}

function modelsOf({ history, scope }: Target): ModelUsage[] {
  const models = new Map<string, ModelUsage>();
  for (const series of seriesIn(history, scope.scope.key)) {
    const model = normaliseModel(series.labels.model);
    const known = models.get(model);
    const usual = createUsageSum();
    addUsage(usual, series.usual);
    if (known !== undefined) addUsage(usual, known.usual);
    models.set(model, {
      model,
      name: known?.name ?? series.labels.model,
      usual,
      firstEpochMs: Math.min(series.firstEpochMs, known?.firstEpochMs ?? series.firstEpochMs),
      series: [...(known?.series ?? []), series],
    });
  }
  return [...models.values()];
}

function judgeModel(
  rule: ModelDriftRule,
  target: Target,
  models: readonly ModelUsage[],
  model: ModelUsage,
): Verdict | undefined {
  const fallback = judgeFallback(rule, target, models, model);
  if (fallback !== undefined) return fallback;
  return isExpected(rule, target, model) ? undefined : judgeNewcomer(rule, target, model);
}

/** Declared models are expected; without a declaration those of the first day, and any a day after it was told. */
function isExpected(rule: ModelDriftRule, { scope, epochMs }: Target, model: ModelUsage): boolean {
  if (rule.allowedModels !== undefined) {
    return rule.allowedModels.some((allowed) => normaliseModel(allowed) === model.model);
  }
  const learnedUntil = scope.calls.firstHour * HOUR_MS + 24 * HOUR_MS;
  if (model.firstEpochMs < learnedUntil) return true;
  return epochMs - model.firstEpochMs > rule.learnHours * HOUR_MS;
}

function judgeNewcomer(
  rule: ModelDriftRule,
  { scope, epochMs }: Target,
  model: ModelUsage,
): Verdict | undefined {
  const minutes = Math.min(1440, rule.learnHours * 60);
  const calls = callsOf(model, minutes, epochMs);
  const all = usageOfWindow(scope, minutes, epochMs).calls;
  if (calls <= 0 || (calls < rule.minCalls && calls < rule.minShare * all)) return undefined;
  const share = all > 0 ? calls / all : 0;
  return { severity: 'warning', minutes, calls, share, usualShare: 0, score: Math.sqrt(2 * calls) };
}

/** A model of at least twice the price takes a share of the calls that it did not have. */
function judgeFallback(
  rule: ModelDriftRule,
  { scope, epochMs }: Target,
  models: readonly ModelUsage[],
  model: ModelUsage,
): Verdict | undefined {
  const usual = models.reduce((sum, one) => sum + one.usual.calls, 0);
  const usualShare = usual > 0 ? model.usual.calls / usual : 0;
  let warning: Verdict | undefined;
  for (const minutes of WINDOWS) {
    const all = usageOfWindow(scope, minutes, epochMs).calls;
    if (all < rule.minWindowCalls) continue;
    const calls = callsOf(model, minutes, epochMs);
    const share = calls / all;
    const { low } = wilsonInterval(calls, all);
    const isCritical = low > rule.criticalShare && low > usualShare + 0.1;
    const isWarning = share >= rule.criticalShare && low > usualShare * 2 + 0.02;
    if ((!isCritical && !isWarning) || calls < rule.minCalls) continue;
    if (!isDear(rule, models, model, minutes, epochMs)) return undefined;
    const deviation = Math.sqrt((usualShare * (1 - usualShare) + 0.25) / all);
    const score = (share - usualShare) / deviation;
    const verdict = { minutes, calls, share, usualShare, score };
    if (isCritical) return { ...verdict, severity: 'critical' };
    warning ??= { ...verdict, severity: 'warning' };
  }
  return warning;
}

/** Compares prices at the same tokens per call: the feature's own usual ones. */
function isDear(
  rule: ModelDriftRule,
  models: readonly ModelUsage[],
  model: ModelUsage,
  minutes: number,
  epochMs: number,
): boolean {
  const usual = createUsageSum();
  for (const one of models) if (one !== model) addUsage(usual, one.usual);
  const present = createUsageSum();
  for (const one of model.series) addUsage(present, usageOfWindow(one, minutes, epochMs));
  if (usual.costUsd <= 0 || present.costUsd <= 0) return false;
  const usualTokenUsd = usual.inputUsd + usual.cacheReadUsd + usual.outputUsd;
  const same =
    usual.inputTokens * priceOf(present.inputUsd, present.inputTokens) +
    usual.cacheReadTokens * priceOf(present.cacheReadUsd, present.cacheReadTokens) +
    usual.outputTokens * priceOf(present.outputUsd, present.outputTokens);
  return usualTokenUsd > 0 && same / usualTokenUsd >= rule.dearRatio;
}

function priceOf(usd: number, tokens: number): number {
  return tokens > 0 ? usd / tokens : 0;
}

function callsOf(model: ModelUsage, minutes: number, epochMs: number): number {
  return model.series.reduce((sum, one) => sum + usageOfWindow(one, minutes, epochMs).calls, 0);
}

function describe(
  state: RuleState,
  { history, scope, epochMs }: Target,
  model: ModelUsage,
  verdict: Verdict,
): Candidate {
  const usage = usageOfWindow(scope, verdict.minutes, epochMs);
  const explanation = explainWindow(history, {
    scopeKey: scope.scope.key,
    minutes: verdict.minutes,
    endEpochMs: epochMs,
    expectedCalls: usage.calls,
  });
  const scopeKey = `${scope.scope.key} ${model.model}`;
  const { low, high } = wilsonInterval(verdict.usualShare * usage.calls, usage.calls);
  const basis =
    verdict.usualShare > 0 ? 'usual share of the calls' : 'this model was not used here before';
  const since = Math.max(model.firstEpochMs, epochMs - verdict.minutes * MINUTE_MS);
  const finding: Finding = {
    rule: 'model_drift',
    severity: verdict.severity,
    labels: { ...scope.scope.labels, model: model.model },
    epochMs,
    quantity: 'share',
    observed: verdict.share,
    expected: { low: verdict.usualShare > 0 ? low : 0, mid: verdict.usualShare, high, basis },
    windowMinutes: verdict.minutes,
    score: verdict.score,
    ...explanation,
    sinceEpochMs: state.active[scopeKey]?.sinceEpochMs ?? since,
    evidenceCalls: verdict.calls,
  };
  return { scopeKey, parentKey: scope.scope.key, finding, excess: explanation.usdPerHour };
}
