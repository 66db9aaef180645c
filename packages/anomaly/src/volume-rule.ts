import { type CountModel, DAY_WINDOW, HOUR_WINDOW, RECENT_WINDOW, stageOf } from './count-model.ts';
import { type ExplainedUsage, type Explanation, explainWindow } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import type { ScopeHistory } from './history.ts';
import { birthOf, withoutNewborns } from './newborns.ts';
import { expectedRange, gateFor, onsetOf, readCounts } from './read-counts.ts';
import { type CountReading, excessOf, readWindow } from './read-window.ts';
import {
  type ActiveScope,
  type Candidate,
  compareSeverity,
  type RuleState,
  settleOnset,
} from './rule-state.ts';
import type { VolumeRule } from './rules.ts';
import type { HourOfWeek } from './time.ts';
import type { UsageSum } from './usage-sum.ts';

/** Time and calendar of an evaluation. */
export interface EvaluationTime {
  readonly epochMs: number;
  readonly hourOfWeek: HourOfWeek;
}

const WINDOWS: number = DAY_WINDOW;
/** With fewer calls expected, five minutes say too little; the longer windows decide. */
const FEWEST_EXPECTED = 0.5;
/** Evidence for so much more calls is enough where money or tokens pass the size gate. */
const MONEY_RATIO = 1.25;
/** Share of the excess that one model must have for the excess to sit in it, and of the usual calls that it must not. */
const MODEL_SHARE = 0.8;
const USUAL_SHARE = 0.6;

interface Target {
  readonly scope: ScopeHistory;
  readonly time: EvaluationTime;
}

interface Opening {
  readonly reading: CountReading;
  readonly severity: Severity;
  /** False where the calls alone are too few more, and money or tokens decide. */
  readonly isByCalls: boolean;
  /** Present where it is features that are new. */
  readonly cause?: 'new_source';
}

/** What the rule holds of one scope; undefined when it is as expected or not yet known well enough. */
export function judgeVolume(
  rule: VolumeRule,
  state: RuleState,
  target: Target,
): Candidate | undefined {
  const { model, scope } = target.scope;
  const stage = stageOf(model);
  const told = state.active[scope.key];
  if (stage === 'cold') return birthOf(target.scope, target.time);
  const active = told?.severity === 'info' ? undefined : told;
  if (active === undefined && isCalm(rule, model)) return undefined;
  const readings = readCounts(model);
  for (const opening of openingsFor(rule, target.scope, readings)) {
    const candidate = describe(rule, target, opening, active);
    if (candidate !== undefined) return candidate;
  }
  if (active === undefined) return undefined;
  const kept = heldReading(rule, target.scope, readings);
  if (kept === undefined) return undefined;
  return describe(rule, target, { reading: kept, severity: 'warning', isByCalls: true }, active);
}

/** True when no window can open: every one needs the last 5 or 15 minutes to be high. Nearly all series end here. */
function isCalm(rule: VolumeRule, model: CountModel): boolean {
  const low = Math.min(rule.clearRatio, MONEY_RATIO);
  const never = Number.POSITIVE_INFINITY;
  return (
    readWindow(model, RECENT_WINDOW, never).ratio < low && readWindow(model, 0, never).ratio < low
  );
}

/** A finding for a scope in whose window an excess sits that was seen above it; undefined where it is not worth telling. */
export function volumeAt(
  rule: VolumeRule,
  target: Target,
  at: {
    readonly minutes: number;
    readonly severity: Severity;
    readonly active: ActiveScope | undefined;
  },
): Candidate | undefined {
  const { model } = target.scope;
  if (stageOf(model) === 'cold') return undefined;
  const reading = readCounts(model).find(({ minutes }) => minutes === at.minutes);
  if (reading === undefined || reading.ratio < rule.warningRatio) return undefined;
  const severity = reading.ratio < rule.criticalRatio ? 'warning' : at.severity;
  return describe(rule, target, { reading, severity, isByCalls: true }, at.active);
}

/** Openings without what is new below; what is new is told as a warning where it alone would be critical. */
function openingsFor(
  rule: VolumeRule,
  scope: ScopeHistory,
  readings: readonly CountReading[],
): Opening[] {
  const all = openingsOf(rule, scope, readings);
  if (all.length === 0 || scope.children.length === 0) return all;
  const rest = withoutNewborns(scope, readings);
  if (rest === readings) return all;
  const known = openingsOf(rule, scope, rest).map((opening) => ({
    ...opening,
    reading: readings.find(({ minutes }) => minutes === opening.reading.minutes) ?? opening.reading,
  }));
  if (known.length > 0) return known;
  return all
    .filter(({ severity }) => severity === 'critical')
    .map((opening) => ({ ...opening, severity: 'warning', cause: 'new_source' }));
}

/** Windows that pass the gates, critical before warning, calls before money, then the surest. */
function openingsOf(
  rule: VolumeRule,
  { model }: ScopeHistory,
  readings: readonly CountReading[],
): Opening[] {
  const openings: Opening[] = [];
  const stage = stageOf(model);
  const margins = { stage, growing: rule.growingMargin, young: rule.youngMargin };
  for (let window = 0; window < WINDOWS; window += 1) {
    const reading = readings[window];
    if (reading === undefined || reading.ratio < MONEY_RATIO) continue;
    if (window === 0 && reading.expected < FEWEST_EXPECTED) continue;
    const gate = gateFor(model, scoreGate(rule, reading.minutes), margins);
    if (reading.score < gate || !isConfirmed(rule, readings, window)) continue;
    const isCritical =
      reading.ratio >= rule.criticalRatio && reading.score >= gate + rule.criticalMargin;
    const severity = isCritical && stage !== 'young' ? 'critical' : 'warning';
    openings.push({ reading, severity, isByCalls: reading.ratio >= rule.warningRatio });
  }
  return openings.sort(
    (a, b) =>
      compareSeverity(b.severity, a.severity) ||
      Number(b.isByCalls) - Number(a.isByCalls) ||
      b.reading.score - a.reading.score,
  );
}

function scoreGate(rule: VolumeRule, minutes: number): number {
  const gates: Readonly<Record<number, number>> = rule.scores;
  return gates[minutes] ?? Number.POSITIVE_INFINITY;
}

/** A window that is high only by its first part is over: its newest part must be high as well. */
function isConfirmed(rule: VolumeRule, readings: readonly CountReading[], window: number): boolean {
  if (window <= RECENT_WINDOW) return true;
  const recent = readings[RECENT_WINDOW]?.ratio ?? 0;
  const lately = window <= HOUR_WINDOW ? recent : (readings[HOUR_WINDOW]?.ratio ?? 0);
  return (
    recent >= rule.clearRatio && lately >= Math.min(rule.warningRatio, readings[window]?.ratio ?? 0)
  );
}

/** A known incident lasts while the model sees its excess go on, or while the last 15 minutes stay high. */
function heldReading(
  rule: VolumeRule,
  { model }: ScopeHistory,
  readings: readonly CountReading[],
): CountReading | undefined {
  const short = readings[RECENT_WINDOW];
  const hour = readings[HOUR_WINDOW];
  if (model.excessBlock >= 0) return hour;
  return short !== undefined && short.ratio >= rule.clearRatio && short.score >= 1.5
    ? short
    : undefined;
}

function describe(
  rule: VolumeRule,
  { scope, time }: Target,
  opening: Opening,
  active: ActiveScope | undefined,
): Candidate | undefined {
  const { reading } = opening;
  const explained = explainWindow({
    scope,
    epochMs: time.epochMs,
    minutes: reading.minutes,
    expectedCalls: reading.expected,
  });
  const { explanation, after } = explained;
  const excessCalls = excessOf(reading);
  const isWorthTelling =
    excessCalls >= rule.minExcessCalls || explanation.usdPerHour >= rule.minUsdPerHour;
  if (!isWorthTelling && active === undefined) return undefined;
  const quantity = opening.isByCalls ? 'calls' : moneyQuantity(rule, explained);
  if (quantity === undefined) return undefined;
  const isWorse = active === undefined || compareSeverity(opening.severity, active.severity) > 0;
  const finding: Finding = {
    rule: 'volume',
    severity: isWorse ? opening.severity : active.severity,
    labels: labelsOf(scope, explanation, active),
    epochMs: time.epochMs,
    quantity,
    ...figuresOf(scope, { reading, quantity, time }, explained),
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    ...(opening.cause !== undefined && { cause: opening.cause }),
    sinceEpochMs: settleOnset(active, time.epochMs, () => onsetOf(scope.model, reading)),
    evidenceCalls: after.calls,
  };
  const { key } = scope.scope;
  return {
    scopeKey: key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: excessCalls / reading.minutes,
    expected: reading.expected / reading.minutes,
  };
}

/** Where one of several models has nearly all of the excess, the excess sits in that model; once told it stays there. */
function labelsOf(
  { scope, series }: ScopeHistory,
  { contributors }: Explanation,
  active: ActiveScope | undefined,
): Finding['labels'] {
  if (active !== undefined) {
    return active.model === undefined ? scope.labels : { ...scope.labels, model: active.model };
  }
  const top = contributors.find(({ dimension }) => dimension === 'model');
  if (scope.level !== 'feature' || top === undefined || top.share < MODEL_SHARE)
    return scope.labels;
  const all = series.reduce((sum, { usual }) => sum + usual.calls, 0);
  const own = series.filter(({ labels }) => labels.model === top.name);
  const usual = own.reduce((sum, one) => sum + one.usual.calls, 0);
  return usual < USUAL_SHARE * all ? { ...scope.labels, model: top.name } : scope.labels;
}

/** Where calls alone pass no size gate: the quantity that does, if any. */
function moneyQuantity(
  rule: VolumeRule,
  { before, after }: ExplainedUsage,
): 'cost_usd' | 'tokens' | undefined {
  if (before.costUsd > 0 && after.costUsd >= rule.warningRatio * before.costUsd) return 'cost_usd';
  if (tokensOf(before) > 0 && tokensOf(after) >= rule.warningRatio * tokensOf(before))
    return 'tokens';
  return undefined;
}

function tokensOf(usage: UsageSum): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.outputTokens;
}

function figuresOf(
  scope: ScopeHistory,
  at: {
    readonly reading: CountReading;
    readonly quantity: 'calls' | 'cost_usd' | 'tokens';
    readonly time: EvaluationTime;
  },
  { before, after }: ExplainedUsage,
): Pick<Finding, 'observed' | 'expected'> {
  const range = expectedRange(scope.model, at.reading, at.time);
  if (at.quantity === 'calls') return { observed: at.reading.observed, expected: range };
  const isCost = at.quantity === 'cost_usd';
  const usual = isCost ? before.costUsd : tokensOf(before);
  const unit = range.mid > 0 ? usual / range.mid : 0;
  const expected = { ...range, low: range.low * unit, mid: usual, high: range.high * unit };
  return { observed: isCost ? after.costUsd : tokensOf(after), expected };
}
