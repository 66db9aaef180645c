import type { SeriesHistory } from './history.ts';
import { decayedWeeks, HALF_LIFE_DAYS } from './time.ts';
import type { UsageSum } from './usage-sum.ts';

/** What is learned of the share of calls that hit the prompt cache in one series. */
export interface CacheBaseline {
  hits: number;
  misses: number;
  firstHour: number;
  lastHour: number;
  /** Decayed sums for the correlation of calls within an hour: squared error, its binomial share, pairs. */
  dispersion: { squares: number; binomial: number; pairs: number };
  /** Evidence that the rate has halved, in nats, over the calls since it was last nil. */
  drop: { evidence: number; hits: number; misses: number; sinceEpochMs: number };
}

const PRIOR_CORRELATION = 0.02;
const PRIOR_PAIRS = 40;
const MINIMUM_CALLS = 100;
/** Evidence beyond this only delays the end of an incident. */
const LARGEST_EVIDENCE = 14;
/** What the rate is suspected to have fallen to, relative to the usual. */
const SUSPECTED_SHARE = 0.5;
const DROP_EVIDENCE = 9;
/** Of many calls at once the evidence is summed in so many parts. */
const MOST_PARTS = 8;

/** Creates a baseline that knows nothing. */
export function createCacheBaseline(): CacheBaseline {
  return {
    hits: 0,
    misses: 0,
    firstHour: -1,
    lastHour: -1,
    dispersion: { squares: 0, binomial: 0, pairs: 0 },
    drop: { evidence: 0, hits: 0, misses: 0, sinceEpochMs: 0 },
  };
}

/** The usual hit rate, 0 to 1; undefined in the first day or below 100 calls. */
export function usualHitRate(baseline: CacheBaseline): number | undefined {
  const calls = baseline.hits + baseline.misses;
  if (calls < MINIMUM_CALLS || baseline.lastHour - baseline.firstHour < 23) return undefined;
  return baseline.hits / calls;
}

/** Calls a week of which it is known whether they hit the cache. */
export function knownCallsPerWeek(baseline: CacheBaseline): number {
  const { hits, misses, firstHour, lastHour } = baseline;
  return (hits + misses) / decayedWeeks(Math.max(1, (lastHour - firstHour + 1) / 24));
}

/** Correlation of hits within an hour, 0 for independent calls, at most 0.5. */
function hitCorrelation(baseline: CacheBaseline): number {
  const { squares, binomial, pairs } = baseline.dispersion;
  const excess = squares - binomial + PRIOR_CORRELATION * PRIOR_PAIRS;
  return Math.min(0.5, Math.max(0, excess / (pairs + PRIOR_PAIRS)));
}

/** How many independent calls `calls` correlated ones are worth. */
export function effectiveCalls(baseline: CacheBaseline, calls: number): number {
  return calls <= 1 ? calls : calls / (1 + (calls - 1) * hitCorrelation(baseline));
}

const KNOWN_HITS = 3;
const SHARE_MEMORY = 500;
/** Calls that hit of which so many have nearly the same share have a steady one: its deviation relative to the mean. */
const STEADY_HITS = 8;
const STEADY_DEVIATION = 0.02;
/** From this part of a steady share on all calls have hit. */
const ALL_HIT = 0.96;
/** Series of a feature that are asked for what another one does not know. */
const MOST_LENDERS = 20;

/**
 * Learns the cache hits of one row. Where the source does not count hits they are inferred, in `usage`, from the share
 * of cached input: over the share that calls with hits have, where that is known, else as it is.
 */
export function learnCacheRow(series: SeriesHistory, usage: UsageSum, startEpochMs: number): void {
  inferHits(series, usage);
  const { cacheHits: hits, cacheMisses: misses } = usage;
  if (hits + misses <= 0) return;
  const { part, cache } = series.feature;
  learnCacheMinute(cache, { hits, misses, startEpochMs, earlier: part });
  part.hits += hits;
  part.misses += misses;
}

function inferHits(series: SeriesHistory, usage: UsageSum): void {
  const { cachedShare } = series;
  if (usage.cacheHits + usage.cacheMisses > 0 || usage.calls <= 0) return;
  const { calls, cacheReadTokens } = usage;
  if (cacheReadTokens > 0) cachedShare.isCaching = true;
  if (!cachedShare.isCaching) return;
  const input = usage.inputTokens + cacheReadTokens;
  const share = input > 0 ? cacheReadTokens / input : 0;
  if (calls === 1 && share > 0) {
    const keep = cachedShare.weight >= SHARE_MEMORY ? 1 - 1 / SHARE_MEMORY : 1;
    cachedShare.sum = cachedShare.sum * keep + share;
    cachedShare.squares = cachedShare.squares * keep + share ** 2;
    cachedShare.weight = cachedShare.weight * keep + 1;
  }
  usage.cacheHits =
    calls === 1 ? (share > 0 ? 1 : 0) : hitsAmong(calls, share, shareOfHits(series));
  usage.cacheMisses = calls - usage.cacheHits;
}

/**
 * Hits among several calls whose input is cached by `share`. Long calls weigh more in it than short ones: where all hits
 * have the same share, calls of which some missed are counted whole, so that a session that hits and misses is one hit.
 */
function hitsAmong(calls: number, share: number, ofHits: HitShare): number {
  const hits = calls * Math.min(1, share / ofHits.mean);
  if (!ofHits.isSteady || share <= 0 || calls !== Math.floor(calls)) return hits;
  if (share >= ALL_HIT * ofHits.mean) return calls;
  return Math.min(calls - 1, Math.max(1, Math.round(hits)));
}

/** The share of cached input in a call that hits, 0 to 1. */
interface HitShare {
  readonly mean: number;
  /** True where it is known to be nearly the same in all of them. */
  readonly isSteady: boolean;
}

/**
 * The share of cached input in a call that hits, as the series shows it, or others of its feature as long as it does not:
 * a new model says nothing of the cache by being new. 1 where nobody knows.
 */
function shareOfHits({ cachedShare, feature }: SeriesHistory): HitShare {
  const seen = { sum: cachedShare.sum, squares: cachedShare.squares, weight: cachedShare.weight };
  if (seen.weight >= KNOWN_HITS) return hitShareOf(seen);
  seen.sum = 0;
  seen.squares = 0;
  seen.weight = 0;
  for (let index = 0; index < MOST_LENDERS; index += 1) {
    const other = feature.series[index]?.cachedShare;
    if (other === undefined || other.weight < KNOWN_HITS) continue;
    seen.sum += other.sum;
    seen.squares += other.squares;
    seen.weight += other.weight;
  }
  return seen.weight > 0 ? hitShareOf(seen) : { mean: 1, isSteady: false };
}

function hitShareOf(seen: {
  readonly sum: number;
  readonly squares: number;
  readonly weight: number;
}): HitShare {
  const mean = seen.sum / seen.weight;
  const variance = Math.max(0, seen.squares / seen.weight - mean ** 2);
  const isSteady = seen.weight >= STEADY_HITS && variance <= (STEADY_DEVIATION * mean) ** 2;
  return { mean, isSteady };
}

/**
 * Updates the evidence that the rate has halved (cumulative sum of the log likelihood ratio) by one minute.
 *
 * Calls of an hour resemble each other: the rate of an hour is taken from a beta distribution around the usual or the
 * suspected one, so that each further call of an hour tells less. `earlier` is what the same hour had before.
 */
function learnCacheMinute(
  baseline: CacheBaseline,
  minute: {
    readonly hits: number;
    readonly misses: number;
    readonly startEpochMs: number;
    readonly earlier: { readonly hits: number; readonly misses: number };
  },
): void {
  const usual = usualHitRate(baseline);
  if (usual === undefined || minute.hits + minute.misses <= 0) return;
  const rate = Math.min(0.98, Math.max(0.02, usual));
  const suspected = rate * SUSPECTED_SHARE;
  const { hits, misses, earlier } = minute;
  const pseudo = 1 / Math.max(1e-4, hitCorrelation(baseline)) - 1;
  const found =
    logRatio(pseudo * suspected, pseudo * rate, { more: hits, earlier: earlier.hits }) +
    logRatio(pseudo * (1 - suspected), pseudo * (1 - rate), {
      more: misses,
      earlier: earlier.misses,
    });
  const { drop } = baseline;
  const evidence = drop.evidence + found;
  if (evidence <= 0) {
    baseline.drop = { evidence: 0, hits: 0, misses: 0, sinceEpochMs: 0 };
    return;
  }
  baseline.drop = {
    evidence: Math.min(LARGEST_EVIDENCE, evidence),
    hits: drop.hits + minute.hits,
    misses: drop.misses + minute.misses,
    sinceEpochMs: drop.evidence > 0 ? drop.sinceEpochMs : minute.startEpochMs,
  };
}

/** Log of how much likelier `more` calls of one kind are with `bad` than with `good` pseudo-counts of it. */
function logRatio(
  bad: number,
  good: number,
  { more, earlier }: { readonly more: number; readonly earlier: number },
): number {
  const parts = Math.min(MOST_PARTS, Math.ceil(more));
  let sum = 0;
  for (let part = 0; part < parts; part += 1) {
    const seen = earlier + Math.max(0, ((part + 0.5) * more) / parts - 0.5);
    sum += (more / parts) * Math.log((bad + seen) / (good + seen));
  }
  return sum;
}

/** Learns one complete hour, unless the rate seems to have fallen. A fall that lasts two days becomes usual slowly. */
export function learnCacheHour(
  baseline: CacheBaseline,
  hour: { readonly number: number; readonly hits: number; readonly misses: number },
): void {
  const calls = hour.hits + hour.misses;
  if (calls <= 0) return;
  if (baseline.firstHour < 0) baseline.firstHour = hour.number;
  baseline.lastHour = hour.number;
  const { drop } = baseline;
  const dropHours = hour.number - Math.floor(drop.sinceEpochMs / 3_600_000);
  if (drop.evidence >= DROP_EVIDENCE && dropHours < 48) return;
  const usual = usualHitRate(baseline);
  baseline.hits += hour.hits;
  baseline.misses += hour.misses;
  if (usual === undefined) return;
  const variance = usual * (1 - usual);
  baseline.dispersion.squares += (hour.hits - calls * usual) ** 2;
  baseline.dispersion.binomial += calls * variance;
  baseline.dispersion.pairs += calls * (calls - 1) * variance;
}

/** Lets one day pass: what is older counts less, with a half-life of 14 days. */
export function decayCacheBaseline(baseline: CacheBaseline): void {
  const factor = 2 ** (-1 / HALF_LIFE_DAYS);
  baseline.hits *= factor;
  baseline.misses *= factor;
  baseline.dispersion.squares *= factor;
  baseline.dispersion.binomial *= factor;
  baseline.dispersion.pairs *= factor;
}
