import { explainWindow } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import { type ScopeHistory, usageIn } from './history.ts';
import { normaliseModel } from './model-name.ts';
import {
  blockAt,
  callsOf,
  dearnessOf,
  type ModelUsage,
  modelsOf,
  shareOf,
  shareOnsetOf,
} from './model-usage.ts';
import { type ActiveScope, type Candidate, compareSeverity, type RuleState } from './rule-state.ts';
import type { ModelDriftRule } from './rules.ts';
import { endOf, evidenceGate, evidenceOf } from './share-evidence.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import { wilsonInterval } from './wilson.ts';

const WINDOWS: readonly number[] = [5, 20, 60, 240, 1440];
const LEARNED_CALLS = 50;
/** From so many calls on a share of the day before a window says what its share is compared with. */
const MANY_CALLS = 30;
/** So often counts the evidence that a share is not that of the rest of the day, unless it was told then: its own calls are among them. */
const LATELY = 2;
/** Nats of evidence for that: it is looked for every minute. */
const END_EVIDENCE = 10;

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
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
  if (!isKnown(rule, target)) return NOTHING;
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

/** True once a feature has been seen for long enough to know its models. */
function isKnown(rule: ModelDriftRule, { scope, epochMs }: Target): boolean {
  const { model: counts, series } = scope;
  if (counts.firstHour < 0 || epochMs / HOUR_MS - counts.firstHour < 24) return false;
  return counts.total >= LEARNED_CALLS && (series.length >= 2 || rule.allowedModels !== undefined);
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
  const known = { active: state.active[key], endedEpochMs: state.ended?.[key] ?? 0 };
  const fallback = judgeFallback(rule, target, of, known);
  if (fallback !== undefined) return fallback;
  const told = state.told?.[key];
  if (told !== undefined && told > 0 && rule.allowedModels === undefined) {
    // What was told of a model that was known by then was its share, and that has ended.
    const wasKnown = isExpected(rule, { ...target, epochMs: told }, of.model);
    const isLearned = target.epochMs - told >= rule.learnHours * HOUR_MS;
    return wasKnown || isLearned ? undefined : newcomer(rule, target, of.model);
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
  const day = shareOf(model, target, learnMinutes(rule));
  const calls = Math.max(day.calls, model.usual.calls);
  const isTold = calls >= rule.minCalls || (calls > 0 && day.share >= rule.minShare);
  return isTold && day.calls > 0 ? newcomer(rule, target, model) : 'pending';
}

/** What a new model has, in the shortest window that holds all of it: before its first call there was nothing to share. */
function newcomer(rule: ModelDriftRule, target: Target, model: ModelUsage): Verdict {
  const longest = learnMinutes(rule);
  const blocks = blockAt(target.epochMs) - blockAt(model.firstEpochMs + 1) + 1;
  const minutes = WINDOWS.find((one) => one >= 5 * blocks && one <= longest) ?? longest;
  const found = shareOf(model, target, minutes);
  const score = Math.sqrt(2 * found.calls);
  return { severity: 'warning', minutes, ...found, usualShare: 0, score };
}

function learnMinutes({ learnHours }: ModelDriftRule): number {
  return Math.min(1440, learnHours * 60);
}

/** What a window says of a model. */
interface ShareReading {
  readonly minutes: number;
  readonly calls: number;
  readonly all: number;
  readonly share: number;
  /** Nats of evidence that the share is neither the usual one nor that of the rest of the day. */
  readonly evidence: number;
}

function readShares(
  { scope, epochMs }: Target,
  model: ModelUsage,
  { usualShare, endedEpochMs }: { readonly usualShare: number; readonly endedEpochMs: number },
): ShareReading[] {
  const block = blockAt(epochMs);
  const day = { calls: callsOf(model, 1440, epochMs), all: usageIn(scope, block, 1440).calls };
  return WINDOWS.map((minutes): ShareReading => {
    const calls = callsOf(model, minutes, epochMs);
    const all = usageIn(scope, block, minutes).calls;
    const share = all > 0 ? calls / all : 0;
    const before = day.all - all >= MANY_CALLS ? (day.calls - calls) / (day.all - all) : 0;
    const evidence = Math.min(
      evidenceOf(share, usualShare, all),
      (endedEpochMs > 0 ? 1 : LATELY) * evidenceOf(share, before, all),
    );
    return { minutes, calls, all, share, evidence };
  });
}

/** A model of at least twice the price takes a share of the calls that it did not have. */
function judgeFallback(
  rule: ModelDriftRule,
  target: Target,
  { models, model }: Models,
  { active, endedEpochMs }: { readonly active: ActiveScope | undefined; endedEpochMs: number },
): Verdict | undefined {
  const { epochMs } = target;
  const usual = models.reduce((sum, one) => sum + one.usual.calls, 0);
  const usualShare = usual > 0 ? model.usual.calls / usual : 0;
  let warning: Verdict | undefined;
  let hold: Verdict | undefined;
  // What has ended was told: windows begin after it.
  const since = readShares(target, model, { usualShare, endedEpochMs }).filter(
    ({ minutes }) => epochMs - minutes * MINUTE_MS >= endedEpochMs,
  );
  for (const reading of since) {
    const { minutes, calls, all } = reading;
    // What the newest calls no longer show has ended, whatever longer windows still hold of it.
    if (warning === undefined && endOf(rule.criticalShare, calls, all) >= END_EVIDENCE)
      return undefined;
    const severity = severityOf(rule, reading, { active, usualShare });
    if (severity === undefined) continue;
    if (!isDear(rule, { models, model }, { minutes, epochMs })) break;
    const { share, evidence } = reading;
    const score = Math.sqrt(2 * evidence);
    const verdict = { minutes, calls, share, usualShare, score, severity } as const;
    if (severity === 'critical') return verdict;
    hold ??= verdict;
    if (isFull(rule, reading)) warning ??= verdict;
  }
  return warning ?? hold;
}

/** Calls enough to compare shares. */
function isFull(rule: ModelDriftRule, { calls, all }: ShareReading): boolean {
  return calls >= rule.minCalls && all >= rule.minWindowCalls;
}

function severityOf(
  rule: ModelDriftRule,
  reading: ShareReading,
  known: { readonly active: ActiveScope | undefined; readonly usualShare: number },
): Severity | undefined {
  const { minutes, calls, all, share, evidence } = reading;
  const gate = evidenceGate(rule.evidence, known.usualShare, minutes);
  const isDisplacing = share >= rule.criticalShare && evidence >= gate;
  if (!isDisplacing || !isFull(rule, reading))
    return isLasting(rule, reading, known) ? 'warning' : undefined;
  return wilsonInterval(calls, all).low > rule.criticalShare ? 'critical' : 'warning';
}

/** A known fallback lasts until its share is half of what is told, or has become usual. */
function isLasting(
  rule: ModelDriftRule,
  { calls, share }: ShareReading,
  { active, usualShare }: { readonly active: ActiveScope | undefined; usualShare: number },
): boolean {
  if (active === undefined || calls <= 0) return false;
  return share >= rule.criticalShare / 2 && usualShare < share / 2;
}

function isDear(
  rule: ModelDriftRule,
  { models, model }: Models,
  at: { readonly minutes: number; readonly epochMs: number },
): boolean {
  const dearness = dearnessOf(models, model, at);
  return dearness !== undefined && dearness >= rule.dearRatio;
}

/**
 * Models of a feature that the rule may yet tell: new ones of which there are too few calls by now, and dear ones that take
 * a share of the calls of a window that they did not have.
 */
export function modelsThatMayDrift(
  rule: ModelDriftRule,
  state: RuleState,
  target: Target,
  windowMinutes: number,
): readonly string[] {
  const { scope, epochMs } = target;
  // Windows of other rules end with a part of an hour.
  const hours = Math.floor((windowMinutes - 5) / 60) + 1;
  const minutes = windowMinutes > 60 ? 60 * hours : windowMinutes;
  if (!isKnown(rule, target)) return [];
  const models = modelsOf(scope);
  const usual = models.reduce((sum, one) => sum + one.usual.calls, 0);
  const all = usageIn(scope, blockAt(epochMs), minutes).calls;
  const may = models.filter((model) => {
    const calls = callsOf(model, minutes, epochMs);
    if (!(calls > 0 && all > 0)) return false;
    if (state.told?.[keyOf(target, model)] === 0) return true;
    const isMore = model.usual.calls < (calls / all) * usual;
    return isMore && isDear(rule, { models, model }, { minutes, epochMs });
  });
  return may.map(({ model }) => model);
}

function describe(
  state: RuleState,
  target: Target,
  model: ModelUsage,
  verdict: Verdict,
): Candidate {
  const { scope, epochMs } = target;
  const { minutes } = verdict;
  const { calls } = usageIn(scope, blockAt(epochMs), minutes);
  const { explanation } = explainWindow({ scope, epochMs, minutes });
  const scopeKey = keyOf(target, model);
  const { low, high } = wilsonInterval(verdict.usualShare * calls, calls);
  const basis =
    verdict.usualShare > 0 ? 'usual share of the calls' : 'this model was not used here before';
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
    sinceEpochMs: active?.sinceEpochMs ?? shareOnsetOf(model, target, minutes),
    evidenceCalls: verdict.calls,
  };
  const { key } = scope.scope;
  return { scopeKey, parentKey: key, finding, excess: explanation.usdPerHour };
}
