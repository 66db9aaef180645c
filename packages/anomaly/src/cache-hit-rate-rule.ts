import { effectiveCalls, usualHitRate } from './cache-baseline.ts';
import { explainWindow } from './explain.ts';
import type { Finding, Severity } from './finding.ts';
import { BLOCK_MS, type ScopeHistory } from './history.ts';
import type { ActiveScope, Candidate, RuleState } from './rule-state.ts';
import type { CacheHitRateRule } from './rules.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import { FIELD, fieldIn, windowOf } from './usage-ring.ts';
import { wilsonInterval } from './wilson.ts';

const WINDOWS: readonly number[] = [20, 60, 120, 240, 480, 1440];
/** Calls that must be seen before a known incident may be called over. */
const CLEARING_CALLS = 8;

interface Target {
  readonly scope: ScopeHistory;
  readonly epochMs: number;
}

interface Reading {
  readonly minutes: number;
  readonly calls: number;
  readonly rate: number;
  readonly score: number;
  readonly sinceEpochMs: number;
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
  const active = state.active[target.scope.scope.key];
  const limits = limitsOf(rule, usual);
  const reading =
    readDrop(rule, target, limits) ??
    readWindows(rule, target, limits) ??
    (active === undefined ? undefined : readHold(target, limits));
  return reading === undefined ? undefined : describe(target, reading, { usual, active });
}

interface Limits {
  readonly warning: number;
  readonly critical: number;
}

/** The rates that count as bad: fixed ones where the usual rate is good, else relative to the usual. */
function limitsOf(rule: CacheHitRateRule, usual: number): Limits {
  if (usual >= rule.warningRate) {
    return {
      warning: Math.min(rule.warningRate, usual - rule.minDrop),
      critical: rule.criticalRate,
    };
  }
  return { warning: usual - rule.relativeDrop, critical: usual - 2 * rule.relativeDrop };
}

/** Few calls: the evidence that the rate has halved, call by call. */
function readDrop(
  rule: CacheHitRateRule,
  { scope, epochMs }: Target,
  limits: Limits,
): Reading | undefined {
  const { evidence, hits, misses, sinceEpochMs } = scope.cache.drop;
  const calls = hits + misses;
  if (evidence < rule.warningEvidence || calls <= 0) return undefined;
  const rate = hits / calls;
  if (rate >= limits.warning) return undefined;
  const isCritical = evidence >= rule.criticalEvidence && rate < limits.critical;
  const minutes = Math.max(1, Math.round((epochMs - sinceEpochMs) / MINUTE_MS));
  return {
    minutes: Math.min(minutes, 1440),
    calls,
    rate,
    score: Math.sqrt(2 * evidence),
    sinceEpochMs,
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
  for (const minutes of WINDOWS) {
    const { hits, calls } = hitsIn(scope, minutes, epochMs);
    const hours = Math.max(1, minutes / 60);
    const worth = hours * effectiveCalls(scope.cache, calls / hours);
    if (worth < rule.minCalls) continue;
    const rate = hits / calls;
    const { high } = wilsonInterval(rate * worth, worth);
    const deviation = Math.sqrt((usual * (1 - usual)) / worth + 1e-6);
    const score = (usual - rate) / deviation;
    if (high >= limits.warning || score < rule.score) continue;
    return {
      minutes,
      calls,
      rate,
      score,
      sinceEpochMs: epochMs - minutes * MINUTE_MS,
      severity: high < limits.critical ? 'critical' : 'warning',
    };
  }
  return undefined;
}

function hitsIn(
  scope: ScopeHistory,
  minutes: number,
  epochMs: number,
): { readonly hits: number; readonly calls: number } {
  const window = windowOf(Math.ceil(epochMs / BLOCK_MS) - 1, minutes);
  let hits = 0;
  let calls = 0;
  for (const { ring } of scope.series) {
    const found = fieldIn(ring, window, FIELD.cacheHits);
    hits += found;
    calls += found + fieldIn(ring, window, FIELD.cacheMisses);
  }
  return { hits, calls };
}

/** A known incident lasts until enough calls show a rate above the limit again. */
function readHold({ scope, epochMs }: Target, limits: Limits): Reading | undefined {
  for (const minutes of WINDOWS) {
    const { hits, calls } = hitsIn(scope, minutes, epochMs);
    if (calls < CLEARING_CALLS) continue;
    const rate = hits / calls;
    if (rate >= limits.warning) return undefined;
    return { minutes, calls, rate, score: 0, sinceEpochMs: epochMs, severity: 'warning' };
  }
  return undefined;
}

function describe(
  { scope, epochMs }: Target,
  reading: Reading,
  known: { readonly usual: number; readonly active: ActiveScope | undefined },
): Candidate {
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  const { minutes } = reading;
  const calls = scope.series.reduce(
    (sum, { ring }) => sum + fieldIn(ring, windowOf(block, minutes), FIELD.calls),
    0,
  );
  const { explanation } = explainWindow({ scope, block, minutes, expectedCalls: calls });
  const worth = effectiveCalls(scope.cache, reading.calls);
  const { low, high } = wilsonInterval(known.usual * worth, worth);
  const days = Math.max(1, Math.round((epochMs / HOUR_MS - scope.cache.firstHour) / 24));
  const finding: Finding = {
    rule: 'cache_hit_rate',
    severity: reading.severity,
    labels: scope.scope.labels,
    epochMs,
    quantity: 'hit_rate',
    observed: reading.rate,
    expected: { low, mid: known.usual, high, basis: `usual hit rate, ${Math.min(28, days)} days` },
    windowMinutes: reading.minutes,
    score: reading.score,
    ...explanation,
    sinceEpochMs: known.active?.sinceEpochMs ?? reading.sinceEpochMs,
    evidenceCalls: reading.calls,
  };
  const { key } = scope.scope;
  return {
    scopeKey: key,
    parentKey: scope.parent?.scope.key,
    finding,
    excess: explanation.usdPerHour,
  };
}
