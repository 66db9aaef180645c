import { explainWindow, usageOfSeries } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import { BLOCK_MS, type ScopeHistory, type SeriesHistory, usageIn } from './history.ts';
import { normaliseModel } from './model-name.ts';
import { type Candidate, compareSeverity, type RuleState } from './rule-state.ts';
import type { ModelDriftRule } from './rules.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import { FIELD, fieldIn, windowOf } from './usage-ring.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';
import { wilsonInterval } from './wilson.ts';

const WINDOWS: readonly number[] = [5, 20, 60, 240, 1440];
const LEARNED_CALLS = 50;
/** A fallback is over where a share so much smaller is likelier. */
const ENDED_SHARE = 0.25;
/** A share below this is known no better. */
const SMALLEST_SHARE = 0.01;

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface ModelUsage {
  readonly model: string;
  readonly usual: UsageSum;
  readonly firstEpochMs: number;
  readonly series: readonly SeriesHistory[];
}

interface Verdict {
  readonly severity: Severity;
  readonly minutes: number;
  readonly calls: number;
  readonly share: number;
  readonly usualShare: number;
  readonly score: number;
}

/**
 * What the rule holds of the models of one feature: unexpected ones, and dear ones that displace what was used.
 *
 * A new model is told once: its finding stays for `learnHours`, whether or not it is called again, and then it is known.
 */
export function judgeModelDrift(
  rule: ModelDriftRule,
  state: RuleState,
  target: Target,
): { readonly candidates: readonly Candidate[]; readonly pending: readonly string[] } {
  const { model: counts, series } = target.scope;
  if (counts.firstHour < 0 || target.epochMs / HOUR_MS - counts.firstHour < 24) return NOTHING;
  if (counts.total < LEARNED_CALLS) return NOTHING;
  if (series.length < 2 && rule.allowedModels === undefined) return NOTHING;
  const models = modelsOf(target.scope);
  const candidates: Candidate[] = [];
  const pending: string[] = [];
  for (const model of models) {
    const verdict = judgeModel(rule, state, target, { models, model });
    if (verdict === 'pending') pending.push(keyOf(target, model));
    else if (verdict !== undefined) candidates.push(describe(state, target, model, verdict));
  }
  return { candidates, pending };
}

const NOTHING = { candidates: [], pending: [] };

function modelsOf(scope: ScopeHistory): ModelUsage[] {
  const models = new Map<string, ModelUsage>();
  for (const series of scope.series) {
    const model = normaliseModel(series.labels.model);
    const known = models.get(model);
    const usual = createUsageSum();
    addUsage(usual, series.usual);
    if (known !== undefined) addUsage(usual, known.usual);
    models.set(model, {
      model,
      usual,
      firstEpochMs: Math.min(series.firstEpochMs, known?.firstEpochMs ?? series.firstEpochMs),
      series: [...(known?.series ?? []), series],
    });
  }
  return [...models.values()];
}

interface Models {
  readonly models: readonly ModelUsage[];
  readonly model: ModelUsage;
}

function judgeModel(
  rule: ModelDriftRule,
  state: RuleState,
  target: Target,
  of: Models,
): Verdict | 'pending' | undefined {
  const key = keyOf(target, of.model);
  const fallback = judgeFallback(rule, target, of, state.active[key] !== undefined);
  if (fallback !== undefined) return fallback;
  const told = state.told?.[key];
  if (told !== undefined && told > 0 && rule.allowedModels === undefined) {
    // What was told of a model that was known by then was its share, and that has ended.
    const wasKnown = isExpected(rule, { ...target, epochMs: told }, of.model);
    const isKnown = target.epochMs - told >= rule.learnHours * HOUR_MS;
    return wasKnown || isKnown ? undefined : newcomer(rule, target, of.model);
  }
  const isPending = told === 0 && rule.allowedModels === undefined;
  if (!isPending && isExpected(rule, target, of.model)) return undefined;
  return judgeNewcomer(rule, target, of.model);
}

function keyOf({ scope }: Target, model: ModelUsage): string {
  return `${scope.scope.key} ${model.model}`;
}

/** Declared models are expected; without a declaration those of the first day, and those used before it could be told. */
function isExpected(rule: ModelDriftRule, { scope, epochMs }: Target, model: ModelUsage): boolean {
  if (rule.allowedModels !== undefined) {
    return rule.allowedModels.some((allowed) => normaliseModel(allowed) === model.model);
  }
  if (model.firstEpochMs < (scope.model.firstHour + 24) * HOUR_MS) return true;
  return epochMs - model.firstEpochMs > rule.learnHours * HOUR_MS;
}

function judgeNewcomer(
  rule: ModelDriftRule,
  target: Target,
  model: ModelUsage,
): Verdict | 'pending' {
  const verdict = newcomer(rule, target, model);
  const calls = Math.max(verdict.calls, model.usual.calls);
  const isTold = calls >= rule.minCalls || (calls > 0 && verdict.share >= rule.minShare);
  return isTold && verdict.calls > 0 ? verdict : 'pending';
}

function newcomer(rule: ModelDriftRule, { scope, epochMs }: Target, model: ModelUsage): Verdict {
  const minutes = Math.min(1440, rule.learnHours * 60);
  const calls = callsOf(model, minutes, epochMs);
  const all = usageIn(scope, blockAt(epochMs), minutes).calls;
  const share = all > 0 ? calls / all : 0;
  return { severity: 'warning', minutes, calls, share, usualShare: 0, score: Math.sqrt(2 * calls) };
}

/** A model of at least twice the price takes a share of the calls that it did not have. */
function judgeFallback(
  rule: ModelDriftRule,
  { scope, epochMs }: Target,
  { models, model }: Models,
  isActive: boolean,
): Verdict | undefined {
  const usual = models.reduce((sum, one) => sum + one.usual.calls, 0);
  const usualShare = usual > 0 ? model.usual.calls / usual : 0;
  let warning: Verdict | undefined;
  for (const minutes of WINDOWS) {
    const calls = callsOf(model, minutes, epochMs);
    const all = usageIn(scope, blockAt(epochMs), minutes).calls;
    // What the newest calls no longer show has ended, whatever longer windows still hold of it.
    if (warning === undefined && endOf(rule.criticalShare, calls, all) >= rule.evidence)
      return undefined;
    if (calls < rule.minCalls || all < rule.minWindowCalls) continue;
    const share = calls / all;
    const evidence = evidenceOf(share, usualShare, all);
    if (!isDisplaced(rule, { share, usualShare, evidence, isActive })) continue;
    if (!isDear(rule, models, model, { minutes, epochMs })) return undefined;
    const { low } = wilsonInterval(calls, all);
    const isCritical = low > rule.criticalShare && evidence >= rule.evidence;
    const verdict = { minutes, calls, share, usualShare, score: Math.sqrt(2 * evidence) };
    if (isCritical) return { ...verdict, severity: 'critical' };
    warning ??= { ...verdict, severity: 'warning' };
  }
  return warning;
}

/** A known fallback lasts until its share is half of what is told, or has become usual. */
function isDisplaced(
  rule: ModelDriftRule,
  of: {
    readonly share: number;
    readonly usualShare: number;
    readonly evidence: number;
    readonly isActive: boolean;
  },
): boolean {
  if (of.isActive && of.share >= rule.criticalShare / 2) return of.usualShare < of.share / 2;
  return of.share >= rule.criticalShare && of.evidence >= rule.evidence;
}

/** Nats by which a fallback is likelier to be over than to go on at `share`, by calls of the dear model out of all. */
function endOf(share: number, calls: number, all: number): number {
  const ended = ENDED_SHARE * share;
  if (share <= 0 || share >= 1) return calls === 0 ? all : 0;
  return calls * Math.log(ENDED_SHARE) + (all - calls) * Math.log((1 - ended) / (1 - share));
}

/** Nats by which the observed share is likelier than the usual one; 0 where it is not higher. */
function evidenceOf(share: number, usualShare: number, calls: number): number {
  const usual = Math.max(SMALLEST_SHARE, usualShare);
  if (share <= usual || usual >= 1) return 0;
  const rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - usual)) : 0;
  return calls * (share * Math.log(share / usual) + rest);
}

/** Compares prices at the same tokens per call: the feature's own usual ones. */
function isDear(
  rule: ModelDriftRule,
  models: readonly ModelUsage[],
  model: ModelUsage,
  at: { readonly minutes: number; readonly epochMs: number },
): boolean {
  const usual = createUsageSum();
  for (const one of models) if (one !== model) addUsage(usual, one.usual);
  const present = createUsageSum();
  const window = windowOf(blockAt(at.epochMs), at.minutes);
  for (const one of model.series) addUsage(present, usageOfSeries(one, window));
  if (usual.costUsd <= 0 || present.costUsd <= 0) return false;
  const usualTokenUsd = usual.inputUsd + usual.cacheReadUsd + usual.outputUsd;
  const same =
    usual.inputTokens * priceOf(present.inputUsd, present.inputTokens) +
    usual.cacheReadTokens * priceOf(present.cacheReadUsd, present.cacheReadTokens) +
    usual.outputTokens * priceOf(present.outputUsd, present.outputTokens);
  if (usualTokenUsd > 0) return same / usualTokenUsd >= rule.dearRatio;
  return (
    present.costUsd / present.calls >= (rule.dearRatio * usual.costUsd) / Math.max(1, usual.calls)
  );
}

function priceOf(usd: number, tokens: number): number {
  return tokens > 0 ? usd / tokens : 0;
}

function blockAt(epochMs: number): number {
  return Math.ceil(epochMs / BLOCK_MS) - 1;
}

function callsOf(model: ModelUsage, minutes: number, epochMs: number): number {
  const window = windowOf(blockAt(epochMs), minutes);
  return model.series.reduce((sum, one) => sum + fieldIn(one.ring, window, FIELD.calls), 0);
}

function describe(
  state: RuleState,
  target: Target,
  model: ModelUsage,
  verdict: Verdict,
): Candidate {
  const { scope, epochMs } = target;
  const { minutes } = verdict;
  const block = blockAt(epochMs);
  const { calls } = usageIn(scope, block, minutes);
  const { explanation } = explainWindow({ scope, epochMs, minutes });
  const scopeKey = keyOf(target, model);
  const { low, high } = wilsonInterval(verdict.usualShare * calls, calls);
  const basis =
    verdict.usualShare > 0 ? 'usual share of the calls' : 'this model was not used here before';
  const since = Math.max(model.firstEpochMs, epochMs - minutes * MINUTE_MS);
  const active = state.active[scopeKey];
  const isWorse = active === undefined || compareSeverity(verdict.severity, active.severity) > 0;
  const finding: Finding = {
    rule: 'model_drift',
    severity: isWorse ? verdict.severity : active.severity,
    labels: { ...scope.scope.labels, model: model.model },
    epochMs,
    quantity: 'share',
    observed: verdict.share,
    expected: { low: verdict.usualShare > 0 ? low : 0, mid: verdict.usualShare, high, basis },
    windowMinutes: minutes,
    score: verdict.score,
    ...explanation,
    sinceEpochMs: active?.sinceEpochMs ?? since,
    evidenceCalls: verdict.calls,
  };
  const { key } = scope.scope;
  return { scopeKey, parentKey: key, finding, excess: explanation.usdPerHour };
}
