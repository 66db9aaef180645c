import type { CoverageMinute, SeriesLabels, UsageMinute } from '@tokenmeter/anomaly';
import type { Measure, RawUsage } from './describe-raw-series.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type CoverageDraft = Mutable<CoverageMinute>;
type MinuteDraft = Mutable<Omit<UsageMinute, 'costByClass' | 'byPromptVersion' | 'byUser'>> & {
  readonly costByClass: { inputUsd: number; cacheReadUsd: number; outputUsd: number };
  byPromptVersion?: Record<string, { pricedCalls: number; costUsd: number }>;
  byUser?: Record<string, { calls: number; costUsd: number }>;
};

/** Sums increases of raw series into minutes of usage. */
export class UsageMinutes {
  readonly #series = new Map<string, Map<number, MinuteDraft>>();
  readonly #coverage = new Map<string, CoverageDraft>();
  readonly #labels: Map<string, SeriesLabels>;

  /** One object of labels per series is kept in `labels`, for all reads that share it: rules know series by it. */
  constructor(labels: Map<string, SeriesLabels> = new Map()) {
    this.#labels = labels;
  }

  add(measure: Measure, usage: RawUsage, startEpochMs: number, amount: number): void {
    if (measure === 'recognised' || measure === 'metered') {
      this.#cover(usage.labels, startEpochMs)[measure] += amount;
      return;
    }
    const minute = this.#minute(usage.labels, startEpochMs);
    addToVersion(minute, measure, usage, amount);
    addToUser(minute, measure, usage, amount);
    switch (measure) {
      case 'calls':
        addCalls(minute, usage, amount);
        return;
      case 'cost':
        addCost(minute, usage.costClass ?? '', amount);
        return;
      case 'tokens':
        addTokens(minute, usage.tokenClass ?? '', amount);
        return;
      case 'unpriced':
        minute.unpricedCalls += amount;
        return;
      default:
        measure satisfies never;
    }
  }

  /** In the order of time, then of labels. */
  list(): UsageMinute[] {
    return [...this.#series.entries()]
      .flatMap(([key, minutes]) => [...minutes.values()].map((minute) => ({ key, minute })))
      .sort((a, b) => a.minute.minuteEpochMs - b.minute.minuteEpochMs || (a.key < b.key ? -1 : 1))
      .map(({ minute }) => minute);
  }

  /** What the instrumentation recognised and metered, by service, in the order of time. */
  coverage(): CoverageMinute[] {
    return [...this.#coverage.values()].sort((a, b) => a.minuteEpochMs - b.minuteEpochMs);
  }

  #cover({ service, environment }: SeriesLabels, minuteEpochMs: number): CoverageDraft {
    const key = JSON.stringify([minuteEpochMs, service, environment]);
    const known = this.#coverage.get(key);
    if (known !== undefined) return known;
    const created: CoverageDraft = {
      minuteEpochMs,
      service,
      ...(environment !== undefined && { environment }),
      recognised: 0,
      metered: 0,
    };
    this.#coverage.set(key, created);
    return created;
  }

  #minute(labels: SeriesLabels, minuteEpochMs: number): MinuteDraft {
    const { service, environment, feature, team, provider, model } = labels;
    const key = JSON.stringify([service, environment, feature, team, provider, model]);
    let minutes = this.#series.get(key);
    if (minutes === undefined) {
      minutes = new Map();
      this.#series.set(key, minutes);
      if (!this.#labels.has(key)) this.#labels.set(key, labels);
    }
    const known = minutes.get(minuteEpochMs);
    if (known !== undefined) return known;
    const created = createDraft(this.#labels.get(key) ?? labels, minuteEpochMs);
    minutes.set(minuteEpochMs, created);
    return created;
  }
}

function createDraft(labels: SeriesLabels, minuteEpochMs: number): MinuteDraft {
  return {
    minuteEpochMs,
    labels,
    calls: 0,
    costUsd: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    outputTokens: 0,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
    costByClass: { inputUsd: 0, cacheReadUsd: 0, outputUsd: 0 },
  };
}

/** A record without a prototype: its names come from labels, and `__proto__` is a name like any other. */
function createRecord<T>(): Record<string, T> {
  const record: Record<string, T> = Object.create(null);
  return record;
}

/** Of a version only what its priced calls cost is needed. */
function addToVersion(
  minute: MinuteDraft,
  measure: Measure,
  { promptVersion }: RawUsage,
  amount: number,
): void {
  if (promptVersion === undefined || promptVersion === '') return;
  minute.byPromptVersion ??= createRecord();
  const { byPromptVersion } = minute;
  const version = byPromptVersion[promptVersion] ?? { pricedCalls: 0, costUsd: 0 };
  byPromptVersion[promptVersion] = version;
  if (measure === 'calls') version.pricedCalls += amount;
  if (measure === 'unpriced') version.pricedCalls -= amount;
  if (measure === 'cost') version.costUsd += amount;
}

function addToUser(
  minute: MinuteDraft,
  measure: Measure,
  { user }: RawUsage,
  amount: number,
): void {
  if (user === undefined || (measure !== 'calls' && measure !== 'cost')) return;
  minute.byUser ??= createRecord();
  const { byUser } = minute;
  const part = byUser[user] ?? { calls: 0, costUsd: 0 };
  byUser[user] = part;
  if (measure === 'calls') part.calls += amount;
  else part.costUsd += amount;
}

function addCalls(minute: MinuteDraft, usage: RawUsage, amount: number): void {
  minute.calls += amount;
  if (usage.cache === 'hit') minute.cacheHits += amount;
  if (usage.cache === 'miss') minute.cacheMisses += amount;
  if (usage.isError) minute.errors += amount;
  if (usage.isRetry) minute.retries += amount;
}

/** Token classes by what they are to the rules; writing to a cache is input. */
function kindOf(name: string): 'input' | 'cacheRead' | 'output' | undefined {
  if (name.startsWith('input') || name.startsWith('cache_write')) return 'input';
  if (name.startsWith('cache_read')) return 'cacheRead';
  return name.startsWith('output') || name === 'reasoning' ? 'output' : undefined;
}

function addTokens(minute: MinuteDraft, name: string, amount: number): void {
  const kind = kindOf(name);
  if (kind !== undefined) minute[`${kind}Tokens`] += amount;
}

function addCost(minute: MinuteDraft, name: string, amount: number): void {
  minute.costUsd += amount;
  const kind = kindOf(name);
  if (kind !== undefined) minute.costByClass[`${kind}Usd`] += amount;
}
