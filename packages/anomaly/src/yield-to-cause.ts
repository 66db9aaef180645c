import type { Finding, Severity } from './finding.ts';
import type { History, ScopeHistory } from './history.ts';
import { modelsThatMayDrift } from './model-drift-rule.ts';
import { normaliseModel } from './model-name.ts';
import { isRuleOff, ruleFor } from './rule-for.ts';
import { compareSeverity, type HeldScope, type RuleState, type StepResult } from './rule-state.ts';
import type { ModelDriftRule } from './rules.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';

/** What is told, or may yet be, beside calls that are dear. */
export interface Causes {
  readonly history: History;
  readonly epochMs: number;
  /** Findings of this evaluation of the rules that name causes. */
  readonly findings: readonly Finding[];
  /** The rule that models are judged by, with its state after this evaluation; undefined where there is none. */
  readonly drift?: { readonly rule: ModelDriftRule; readonly state: RuleState } | undefined;
}

/** Part of the excess that its cause must explain. */
const MOST = 0.5;
/** A cause is waited for so many calls, within these times. */
const WAIT_CALLS = 40;
const SHORTEST_WAIT_MS = 30 * MINUTE_MS;
const LONGEST_WAIT_MS = 4 * HOUR_MS;
/** What was told by its cause stays told for so long; by then the cost is the usual one. */
const LONGEST_TOLD_MS = 48 * HOUR_MS;
/** Not found for so long, it is over. */
const KEPT_MS = HOUR_MS;

/**
 * Tells an excess once: calls that are dear mostly by the mix of models are left to `model_drift`, and those that are dear
 * mostly for want of cached input to `cache_hit_rate`, where these tell them.
 *
 * Where a model is one that `model_drift` may tell a few calls later, the cost waits for that for about 40 calls, from 30
 * minutes to 4 hours, and is then told all the same. What has been told goes on.
 */
export function yieldToCause(result: StepResult, before: RuleState, causes: Causes): StepResult {
  if (result.isUnknown) return result;
  const { epochMs } = causes;
  const past = Object.entries(before.held ?? {}).filter(
    ([, { lastEpochMs }]) => epochMs - lastEpochMs < KEPT_MS && lastEpochMs <= epochMs,
  );
  if (result.findings.length === 0 && before.held === undefined) return result;
  const held = new Map(past);
  const active = { ...result.state.active };
  const findings = result.findings.filter((finding) => {
    const key = featureKeyOf(finding);
    const { promptVersion } = finding.labels;
    const own = promptVersion === undefined ? key : `${key} ${promptVersion}`;
    if (before.active[own] !== undefined) return true;
    const holding = holdingOf(finding, held.get(key), causes);
    if (holding === undefined) return true;
    held.set(key, holding);
    delete active[own];
    return false;
  });
  const { held: _, ...state } = result.state;
  const kept = held.size === 0 ? {} : { held: Object.fromEntries(held) };
  return { ...result, findings, state: { ...state, active, ...kept } };
}

/** Findings with those of causes no milder than the cost that they explain was by the evaluation before. */
export function withSeverityOfCost(
  findings: readonly Finding[],
  before: RuleState,
  after: RuleState,
): readonly Finding[] {
  if (before.held === undefined || after.held === undefined) return findings;
  return findings.map((finding) => {
    const key = featureKeyOf(finding);
    const severity = before.held?.[key]?.severity;
    if (severity === undefined || after.held?.[key]?.cause !== causeOf(finding)) return finding;
    return compareSeverity(severity, finding.severity) > 0 ? { ...finding, severity } : finding;
  });
}

/** How long a cost is held, or undefined where it is told. */
function holdingOf(
  finding: Finding,
  known: HeldScope | undefined,
  causes: Causes,
): HeldScope | undefined {
  const { epochMs } = causes;
  const severity = worse(finding.severity, known?.severity);
  const sinceEpochMs = known?.sinceEpochMs ?? epochMs;
  const holding = { sinceEpochMs, lastEpochMs: epochMs, severity };
  const cause = toldCause(finding, causes);
  if (cause !== undefined) return { ...holding, cause };
  const heldMs = epochMs - sinceEpochMs;
  if (known?.cause !== undefined) {
    const isSame = severity === known.severity && isMostly(finding, partOf(known.cause));
    return isSame && heldMs < LONGEST_TOLD_MS ? { ...holding, cause: known.cause } : undefined;
  }
  return heldMs < waitMs(finding) && mayBeDrift(finding, causes) ? holding : undefined;
}

function worse(a: Severity, b: Severity | undefined): Severity {
  return b !== undefined && compareSeverity(b, a) > 0 ? b : a;
}

/** The finding that explains most of the excess, or of several the one that explains the most. */
function toldCause(finding: Finding, causes: Causes): string | undefined {
  const { findings } = causes;
  const key = featureKeyOf(finding);
  const told = findings.filter((one) => featureKeyOf(one) === key);
  const cache = told.find(({ rule }) => rule === 'cache_hit_rate');
  if (cache !== undefined && isMostly(finding, 'cache')) return causeOf(cache);
  const models = told.flatMap(({ rule, labels }) =>
    rule === 'model_drift' && labels.model !== undefined ? labels.model : [],
  );
  const main = mainModel(finding, models) ?? mainModel(finding, modelsToldBefore(finding, causes));
  return main === undefined ? undefined : `model_drift ${main}`;
}

/** Models that were told as new of late; that they make calls much dearer by now is news. */
function modelsToldBefore(finding: Finding, { epochMs, drift }: Causes): readonly string[] {
  if (drift === undefined || finding.severity === 'critical') return [];
  const prefix = `${featureKeyOf(finding)} `;
  return Object.entries(drift.state.told ?? {}).flatMap(([key, toldEpochMs]) => {
    const isRecent = toldEpochMs > 0 && epochMs - toldEpochMs < LONGEST_TOLD_MS;
    return isRecent && key.startsWith(prefix) ? key.slice(prefix.length) : [];
  });
}

function mayBeDrift(finding: Finding, { history, epochMs, drift }: Causes): boolean {
  const scope: ScopeHistory | undefined = history.scopes.get(featureKeyOf(finding));
  if (scope === undefined || drift === undefined) return false;
  const rule = ruleFor(drift.rule, scope.scope.labels);
  if (isRuleOff(rule)) return false;
  const target = { scope, epochMs };
  const models = modelsThatMayDrift(rule, drift.state, target, finding.windowMinutes);
  return mainModel(finding, models) !== undefined;
}

/** Of models that the excess mostly comes from, the one it comes from most; undefined where it comes from others. */
function mainModel(finding: Finding, models: readonly string[]): string | undefined {
  if (models.length === 0 || !isMostly(finding, 'mix')) return undefined;
  const shares = new Map<string, number>();
  for (const { dimension, name, share } of finding.contributors) {
    const model = normaliseModel(name);
    if (dimension !== 'model' || !models.includes(model)) continue;
    shares.set(model, (shares.get(model) ?? 0) + share);
  }
  const [main] = [...shares].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const all = [...shares.values()].reduce((sum, share) => sum + share, 0);
  return all >= MOST ? main?.[0] : undefined;
}

function isMostly({ decomposition, usdPerHour }: Finding, part: 'mix' | 'cache'): boolean {
  return usdPerHour > 0 && (decomposition[part] ?? 0) >= MOST * usdPerHour;
}

function partOf(cause: string): 'mix' | 'cache' {
  return cause === 'cache_hit_rate' ? 'cache' : 'mix';
}

function causeOf({ rule, labels }: Finding): string {
  return labels.model === undefined ? rule : `${rule} ${labels.model}`;
}

/** Time for some more calls at the rate of the window. */
function waitMs({ evidenceCalls, windowMinutes }: Finding): number {
  const ms = (WAIT_CALLS * windowMinutes * MINUTE_MS) / Math.max(1, evidenceCalls);
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ms));
}

/** Key of the scope of a feature. */
function featureKeyOf({ labels }: Finding): string {
  return JSON.stringify([labels.service, labels.environment ?? null, labels.feature]);
}
