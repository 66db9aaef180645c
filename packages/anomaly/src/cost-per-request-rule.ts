import { type CostModel, type CostReading, costHistoryDays, readCosts } from './cost-model.ts';
import { costOnset } from './cost-onset.ts';
import { type Explanation, explainWindow } from './explain.ts';
import type { ExpectedRange, Finding, Severity } from './finding.ts';
import { BLOCK_MS, type ScopeHistory } from './history.ts';
import { normalQuantile } from './normal-quantile.ts';
import { comparedPromptVersions, sharesOfVersions } from './prompt-versions.ts';
import {
  type ActiveScope,
  type Candidate,
  compareSeverity,
  type RuleState,
  settleOnset,
} from './rule-state.ts';
import type { CostPerRequestRule } from './rules.ts';
import { MINUTE_MS } from './time.ts';

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface Judged {
  readonly reading: CostReading;
  readonly severity: Severity;
}

/** What is judged: a feature, or one version of its prompt. */
interface Subject {
  readonly key: string;
  /** Its windows, and the usual cost that they are compared with. */
  readonly cost: CostModel;
  /** Undefined for the feature. */
  readonly version?: string;
}

/** Share of the excess of a feature that one prompt version must have for the excess to sit in the version. */
const VERSION_SHARE = 0.6;

/**
 * What the rule holds of one feature and of the versions of its prompt; nothing where calls cost what they used to or too
 * little is known. An excess is told once: by a version that has most of it, else by the feature.
 */
export function judgeCostPerRequest(
  rule: CostPerRequestRule,
  state: RuleState,
  target: Target,
): readonly Candidate[] {
  const { scope, cost } = target.scope;
  const found = judgeSubject(rule, state, target, { key: scope.key, cost });
  const versions = comparedPromptVersions(target.scope).flatMap(({ version, compared }) => {
    const subject = { key: `${scope.key} ${version}`, cost: compared, version };
    return judgeSubject(rule, state, target, subject) ?? [];
  });
  if (found === undefined) return versions;
  const feature = withVersions(found, target);
  const isTold = (one: Candidate): boolean => state.active[one.scopeKey] !== undefined;
  // What a version was told for until lately lasts in the feature for some time.
  const wasTold = Object.keys({ ...state.active, ...state.ended }).some((key) =>
    key.startsWith(`${scope.key} `),
  );
  if (versions.length === 0) return wasTold && !isTold(feature) ? [] : [feature];
  const told = versions.filter(isTold);
  if (isTold(feature)) return [feature, ...told];
  if (told.length > 0) return told;
  const sitsInOne = versions.find(({ excess }) => excess >= VERSION_SHARE * feature.excess);
  return [sitsInOne ?? feature];
}

/** Names the versions of the prompt that the excess of a feature comes from. */
function withVersions(feature: Candidate, { scope, epochMs }: Target): Candidate {
  const { windowMinutes, expected, contributors } = feature.finding;
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  const shares = sharesOfVersions(scope, { block, minutes: windowMinutes, mid: expected.mid });
  if (shares.length === 0) return feature;
  const all = [...contributors, ...shares].sort((a, b) => b.share - a.share);
  return { ...feature, finding: { ...feature.finding, contributors: all } };
}

function judgeSubject(
  rule: CostPerRequestRule,
  state: RuleState,
  target: Target,
  subject: Subject,
): Candidate | undefined {
  const { cost, key } = subject;
  const block = Math.ceil(target.epochMs / BLOCK_MS) - 1;
  const endEpochMs = (block + 1) * BLOCK_MS;
  const reach = (sinceEpochMs: number): number => (endEpochMs - sinceEpochMs) / MINUTE_MS;
  // What has ended was told: windows begin after it.
  const longest = reach(state.ended?.[key] ?? 0);
  const readings = readCosts(cost, block, rule.minCalls).filter(
    ({ minutes }) => minutes <= longest,
  );
  const latest = readings[0];
  if (latest === undefined) return undefined;
  const active = state.active[key];
  if (active !== undefined && isOver(readings, active, reach(active.sinceEpochMs)))
    return undefined;
  const worst = worstOf(rule, readings, costHistoryDays(cost));
  const told = { rule, target, subject, active };
  // What was dear and no longer is has ended: the newest calls must be dear too.
  if (worst !== undefined && latest.ratio >= Math.min(rule.clearRatio, worst.reading.ratio)) {
    return describe(told, worst);
  }
  if (active === undefined) return undefined;
  if (worst === undefined && cost.excessBlock < 0 && latest.ratio < rule.clearRatio)
    return undefined;
  return describe(told, { reading: latest, severity: active.severity });
}

/** The window to tell from: the most severe, then the surest. */
function worstOf(
  rule: CostPerRequestRule,
  readings: readonly CostReading[],
  days: number,
): Judged | undefined {
  let worst: Judged | undefined;
  for (const reading of readings) {
    const severity = severityOf(rule, reading, days);
    if (severity === undefined) continue;
    const isWorse = worst === undefined || compareSeverity(severity, worst.severity) > 0;
    if (isWorse || (severity === worst?.severity && reading.score > worst.reading.score)) {
      worst = { reading, severity };
    }
  }
  return worst;
}

/** Deviations by which a window must lie below what it would be if it went on. */
const END_SCORE = 3.6;
/** Share by which what is told follows the newest windows. */
const FOLLOWING = 0.1;

/**
 * True when a window since the onset is nearer to the usual cost than to what was told, beyond chance. What fired was a
 * chance peak too, so the calls between onset and window say how dear it was where that is less, down to halfway.
 */
function isOver(
  readings: readonly CostReading[],
  { size = 1 }: ActiveScope,
  longestMinutes: number,
): boolean {
  const since = readings.filter(({ minutes }) => minutes <= longestMinutes);
  const all = since.at(-1);
  if (all === undefined) return false;
  return since.some(({ ratio, calls, deviation }) => {
    const before = all.calls - calls;
    const dear =
      before > 0
        ? Math.max(
            Math.sqrt(size),
            Math.min(size, (all.ratio * all.calls - ratio * calls) / before),
          )
        : size;
    // A dear time is noisier than a usual one: a few much dearer calls among usual ones.
    const score = Math.log(dear / Math.max(0.01, ratio)) / deviation;
    return ratio < Math.sqrt(dear) && score >= END_SCORE * Math.sqrt(dear);
  });
}

/** How many times the usual it is by now; a window that may be its end does not count. */
function sizeOf(active: ActiveScope | undefined, { ratio }: CostReading): number {
  const { size = ratio } = active ?? {};
  return ratio < Math.sqrt(size) ? size : size + FOLLOWING * (ratio - size);
}

function severityOf(
  rule: CostPerRequestRule,
  reading: CostReading,
  days: number,
): Severity | undefined {
  const { ratio, score, minutes, calls } = reading;
  const isLasting = minutes >= rule.lastingMinutes && calls >= 2 * rule.minCalls;
  if (ratio < (isLasting ? rule.lastingRatio : rule.warningRatio)) return undefined;
  const share = Math.min(1, calls / rule.enoughCalls);
  const chance = normalQuantile((rule.chancePerWeek * share) / reading.looksPerWeek);
  const gate = Math.max(rule.score, chance) + (days < 7 ? rule.youngMargin : 0);
  if (score < gate) return undefined;
  const isCritical =
    ratio >= rule.criticalRatio && score >= gate + rule.criticalMargin && days >= 7;
  return isCritical ? 'critical' : 'warning';
}

interface Told {
  readonly rule: CostPerRequestRule;
  readonly target: Target;
  readonly subject: Subject;
  readonly active: ActiveScope | undefined;
}

function describe(
  { rule, target, subject, active }: Told,
  { reading, severity }: Judged,
): Candidate | undefined {
  const { scope, epochMs } = target;
  const { cost, version } = subject;
  if (usdPerHourOf(reading) < rule.minUsdPerHour && active === undefined) return undefined;
  const sinceEpochMs = settleOnset(active, epochMs, () => sinceOf(cost, reading, epochMs));
  const shown = shownOf(rule, subject, reading, { sinceEpochMs, epochMs });
  const explanation = explain(target, subject, shown);
  const isWorse = active === undefined || compareSeverity(severity, active.severity) > 0;
  const { labels } = scope.scope;
  const finding: Finding = {
    rule: 'cost_per_request',
    severity: isWorse ? severity : active.severity,
    labels: version === undefined ? labels : { ...labels, promptVersion: version },
    epochMs,
    quantity: 'usd_per_call',
    observed: shown.observed,
    expected: rangeOf(cost, shown),
    windowMinutes: shown.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs,
    evidenceCalls: reading.calls,
  };
  return {
    scopeKey: subject.key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: explanation.usdPerHour,
    size: sizeOf(active, reading),
  };
}

/** The longest window since the onset in place of one that reaches back before it: what was before is no excess. */
function shownOf(
  rule: CostPerRequestRule,
  { cost }: Subject,
  reading: CostReading,
  { sinceEpochMs, epochMs }: { readonly sinceEpochMs: number; readonly epochMs: number },
): CostReading {
  const longestMinutes = (epochMs - sinceEpochMs) / MINUTE_MS;
  if (reading.minutes <= longestMinutes) return reading;
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  const since = readCosts(cost, block, rule.minCalls / 2).findLast(
    ({ minutes }) => minutes <= longestMinutes,
  );
  // Where it is less dear, chance has moved the onset.
  return since !== undefined && since.ratio >= reading.ratio ? since : reading;
}

function usdPerHourOf({ observed, mid, calls, minutes }: CostReading): number {
  return ((observed - mid) * calls * 60) / minutes;
}

/**
 * Of a version only what its calls cost is known, not their tokens. Where it has most of what the feature costs more, the
 * parts of that are its own but for the difference; else the whole change is its own.
 */
function explain(
  { scope, epochMs }: Target,
  { version }: Subject,
  reading: CostReading,
): Explanation {
  const { explanation } = explainWindow({ scope, epochMs, minutes: reading.minutes });
  if (version === undefined) return explanation;
  const usdPerHour = usdPerHourOf(reading);
  const rest = usdPerHour - explanation.usdPerHour;
  if (!(Math.abs(rest) <= (1 - VERSION_SHARE) * usdPerHour)) {
    return { usdPerHour, decomposition: { prompt_version: usdPerHour }, contributors: [] };
  }
  const decomposition = { ...explanation.decomposition, prompt_version: rest };
  return { ...explanation, usdPerHour, decomposition };
}

function rangeOf(cost: CostModel, { mid, deviation }: CostReading): ExpectedRange {
  const days = Math.max(1, Math.round(costHistoryDays(cost)));
  const reach = Math.exp(2 * deviation);
  const basis = `usual cost of a call, ${Math.min(28, days)} days`;
  return { low: mid / reach, mid, high: mid * reach, basis };
}

function sinceOf(cost: CostModel, { minutes }: CostReading, epochMs: number): number {
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  return costOnset(cost, block, minutes) ?? epochMs - minutes * MINUTE_MS;
}
