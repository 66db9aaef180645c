import { effectiveCalls, knownCallsPerWeek, usualHitRate } from './cache-baseline.ts';
import { explainWindow } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import { BLOCK_MS, type ScopeHistory } from './history.ts';
import {
  type ActiveScope,
  type Candidate,
  compareSeverity,
  type RuleState,
  settleOnset,
} from './rule-state.ts';
import type { CacheHitRateRule } from './rules.ts';
import { shareOnset } from './share-onset.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import { FIELD, fieldIn, type RingWindow, startOfWindow, windowOf } from './usage-ring.ts';
import { wilsonInterval } from './wilson.ts';

const WINDOWS: readonly number[] = [20, 60, 120, 240, 480, 1440];
/** Independent calls that must be seen before a known incident may be called over. */
const CLEARING_CALLS = 12;

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface Reading {
  readonly minutes: number;
  readonly calls: number;
  readonly rate: number;
  readonly score: number;
  readonly severity: Severity;
}

/** What the rule holds of one scope; undefined when the cache works as usual or too little is known. */
export function judgeCacheHitRate(
  rule: CacheHitRateRule,
  state: RuleState,
  target: Target,
): Candidate | undefined {
  const usual = usualHitRate(target.scope.cache);
  if (usual === undefined) return undefined;
  const { key } = target.scope.scope;
  const active = state.active[key];
  const limits = { ...limitsOf(rule, usual), afterEpochMs: state.ended?.[key] ?? 0 };
  if (active !== undefined && isOver(target, active, { ...limits, usual })) return undefined;
  const reading =
    readDrop(rule, target, limits) ??
    readWindows(rule, target, limits) ??
    (active === undefined ? undefined : readHold(target, limits));
  return reading === undefined ? undefined : describe(target, reading, { usual, active });
}

interface Limits {
  readonly warning: number;
  readonly critical: number;
  /** End of what was told before: windows begin after it. */
  readonly afterEpochMs: number;
}

/** Nats of evidence for the usual rate over the one that was told. */
const END_EVIDENCE = 7;
/** Share by which what is told follows the newest windows. */
const FOLLOWING = 0.1;

/**
 * True when the calls of a window since the onset are surely more like the usual rate than like what was told. What fired
 * was a chance low too, so the calls between onset and window say how low it was where that is higher.
 */
function isOver(
  { scope, epochMs }: Target,
  { size = 0, sinceEpochMs }: ActiveScope,
  { warning, usual }: Limits & { readonly usual: number },
): boolean {
  const windows = WINDOWS.map((minutes) => ({ minutes, ...hitsIn(scope, minutes, epochMs) }));
  const since = windows.filter((one) => one.calls > 0 && one.startEpochMs >= sinceEpochMs);
  const all = since.at(-1);
  if (all === undefined) return false;
  const good = Math.min(0.98, Math.max(0.02, usual));
  return since.some(({ minutes, hits, calls }) => {
    const before = all.calls - calls;
    if (before < CLEARING_CALLS) return false;
    const low = Math.min(Math.max(size, (all.hits - hits) / before), (size + good) / 2);
    const bad = Math.min(warning, Math.max(good / 3, low));
    const rate = hits / calls;
    if (bad >= good || rate < warning) return false;
    const perCall = rate * Math.log(good / bad) + (1 - rate) * Math.log((1 - good) / (1 - bad));
    return worthOf(scope, calls, minutes) * perCall >= END_EVIDENCE;
  });
}

/** How many independent calls those of a window are worth: only calls of the same hour resemble each other. */
function worthOf({ cache }: ScopeHistory, calls: number, minutes: number): number {
  const hours = Math.max(1, minutes / 60);
  return hours * effectiveCalls(cache, calls / hours);
}

/** The rates that count as bad: fixed ones where the usual rate is good, else relative to the usual. */
function limitsOf(rule: CacheHitRateRule, usual: number): Pick<Limits, 'warning' | 'critical'> {
  if (usual >= rule.warningRate) {
    return {
      warning: Math.min(rule.warningRate, usual - rule.minDrop),
      critical: rule.criticalRate,
    };
  }
  return { warning: usual - rule.relativeDrop, critical: usual - 2 * rule.relativeDrop };
}

/** Each call gives chance another try: the gates are of a feature with so many a week, and rise by the log of more. */
const FEW_CALLS_PER_WEEK = 1200;
/** By then windows are surer, and evidence is not kept beyond. */
const MOST_MARGIN = 4;

function marginOf({ cache }: ScopeHistory): number {
  const times = knownCallsPerWeek(cache) / FEW_CALLS_PER_WEEK;
  return Math.min(MOST_MARGIN, Math.log(Math.max(1, times)));
}

/** Few calls: the evidence that the rate has halved, call by call. */
function readDrop(
  rule: CacheHitRateRule,
  { scope, epochMs }: Target,
  limits: Limits,
): Reading | undefined {
  const { evidence, hits, misses, sinceEpochMs } = scope.cache.drop;
  const calls = hits + misses;
  const margin = marginOf(scope);
  if (evidence < rule.warningEvidence + margin || calls <= 0) return undefined;
  if (sinceEpochMs < limits.afterEpochMs) return undefined;
  const rate = hits / calls;
  if (rate >= limits.warning) return undefined;
  const isCritical = evidence >= rule.criticalEvidence + margin && rate < limits.critical;
  const minutes = Math.max(1, Math.round((epochMs - sinceEpochMs) / MINUTE_MS));
  return {
    minutes: Math.min(minutes, 1440),
    calls,
    rate,
    score: Math.sqrt(2 * evidence),
    severity: isCritical ? 'critical' : 'warning',
  };
}

/** Many calls: the shortest window that is worth 30 independent ones. */
function readWindows(
  rule: CacheHitRateRule,
  { scope, epochMs }: Target,
  limits: Limits,
): Reading | undefined {
  const usual = usualHitRate(scope.cache) ?? 0;
  // A score is worth half of its square in nats.
  const gate = Math.sqrt(rule.score ** 2 + 2 * marginOf(scope));
  for (const minutes of WINDOWS) {
    const { hits, calls, startEpochMs } = hitsIn(scope, minutes, epochMs);
    if (startEpochMs < limits.afterEpochMs) return undefined;
    const worth = worthOf(scope, calls, minutes);
    if (worth < rule.minCalls) continue;
    const rate = hits / calls;
    const { high } = wilsonInterval(rate * worth, worth);
    const deviation = Math.sqrt((usual * (1 - usual)) / worth + 1e-6);
    const score = (usual - rate) / deviation;
    if (high >= limits.warning || score < gate) continue;
    return {
      minutes,
      calls,
      rate,
      score,
      severity: high < limits.critical ? 'critical' : 'warning',
    };
  }
  return undefined;
}

function hitsIn(
  scope: ScopeHistory,
  minutes: number,
  epochMs: number,
): { readonly hits: number; readonly calls: number; readonly startEpochMs: number } {
  const window = windowOf(Math.ceil(epochMs / BLOCK_MS) - 1, minutes);
  let hits = 0;
  let calls = 0;
  for (const { ring } of scope.series) {
    const found = fieldIn(ring, window, FIELD.cacheHits);
    hits += found;
    calls += found + fieldIn(ring, window, FIELD.cacheMisses);
  }
  return { hits, calls, startEpochMs: startOfWindow(window) };
}

/** A known incident lasts while there is evidence for it, and until enough calls show a rate above the limit again. */
function readHold({ scope, epochMs }: Target, limits: Limits): Reading | undefined {
  const hasEvidence = scope.cache.drop.evidence > 0;
  for (const minutes of WINDOWS) {
    const { hits, calls } = hitsIn(scope, minutes, epochMs);
    if (worthOf(scope, calls, minutes) < CLEARING_CALLS) continue;
    const rate = hits / calls;
    if (rate >= limits.warning && !hasEvidence) return undefined;
    return { minutes, calls, rate, score: 0, severity: 'warning' };
  }
  return undefined;
}

function describe(
  { scope, epochMs }: Target,
  reading: Reading,
  known: { readonly usual: number; readonly active: ActiveScope | undefined },
): Candidate {
  const { minutes } = reading;
  const { explanation } = explainWindow({ scope, epochMs, minutes });
  const worth = effectiveCalls(scope.cache, reading.calls);
  const { low, high } = wilsonInterval(known.usual * worth, worth);
  const days = Math.max(1, Math.round((epochMs / HOUR_MS - scope.cache.firstHour) / 24));
  const { active } = known;
  const isWorse = active === undefined || compareSeverity(reading.severity, active.severity) > 0;
  const finding: Finding = {
    rule: 'cache_hit_rate',
    severity: isWorse ? reading.severity : active.severity,
    labels: scope.scope.labels,
    epochMs,
    quantity: 'hit_rate',
    observed: reading.rate,
    expected: { low, mid: known.usual, high, basis: `usual hit rate, ${Math.min(28, days)} days` },
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: settleOnset(active, epochMs, () => onsetIn(scope, reading, epochMs)),
    evidenceCalls: reading.calls,
  };
  const { key } = scope.scope;
  return {
    scopeKey: key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: explanation.usdPerHour,
    size: sizeOf(active, reading.rate),
  };
}

/** When calls most likely began to miss the cache. */
function onsetIn({ series }: ScopeHistory, { minutes }: Reading, epochMs: number): number {
  const sumOf = (window: RingWindow): { readonly value: number; readonly weight: number } => {
    let hits = 0;
    let misses = 0;
    for (const { ring } of series) {
      hits += fieldIn(ring, window, FIELD.cacheHits);
      misses += fieldIn(ring, window, FIELD.cacheMisses);
    }
    return { value: misses, weight: hits + misses };
  };
  return shareOnset(sumOf, { epochMs, minutes });
}

/** The rate that it has fallen to, as the newest windows show it. */
function sizeOf(active: ActiveScope | undefined, rate: number): number {
  const { size = rate } = active ?? {};
  return size + FOLLOWING * (rate - size);
}
