import { usageOfSeries } from './explain.ts';
import { BLOCK_MS, type ScopeHistory, type SeriesHistory, usageIn } from './history.ts';
import { normaliseModel } from './model-name.ts';
import { shareOnset } from './share-onset.ts';
import { MINUTE_MS } from './time.ts';
import { FIELD, fieldIn, type RingWindow, windowOf } from './usage-ring.ts';
import { addUsage, createUsageSum, type UsageSum } from './usage-sum.ts';

/** What a model of a feature was used for, under all of its names. */
export interface ModelUsage {
  readonly model: string;
  readonly usual: UsageSum;
  readonly firstEpochMs: number;
  readonly series: readonly SeriesHistory[];
}

/** The models of a feature. */
export function modelsOf(scope: ScopeHistory): ModelUsage[] {
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

/**
 * What a model costs over what the others of the feature do, at the same tokens per call: the feature's own usual ones.
 * Undefined where one of them has no cost.
 */
export function dearnessOf(
  models: readonly ModelUsage[],
  model: ModelUsage,
  at: { readonly minutes: number; readonly epochMs: number },
): number | undefined {
  const usual = createUsageSum();
  for (const one of models) if (one !== model) addUsage(usual, one.usual);
  const present = createUsageSum();
  const window = windowOf(blockAt(at.epochMs), at.minutes);
  for (const one of model.series) addUsage(present, usageOfSeries(one, window));
  if (usual.costUsd <= 0 || present.costUsd <= 0) return undefined;
  const usualTokenUsd = usual.inputUsd + usual.cacheReadUsd + usual.outputUsd;
  const same =
    usual.inputTokens * priceOf(present.inputUsd, present.inputTokens) +
    usual.cacheReadTokens * priceOf(present.cacheReadUsd, present.cacheReadTokens) +
    usual.outputTokens * priceOf(present.outputUsd, present.outputTokens);
  if (usualTokenUsd > 0) return same / usualTokenUsd;
  return present.costUsd / present.calls / (usual.costUsd / Math.max(1, usual.calls));
}

function priceOf(usd: number, tokens: number): number {
  return tokens > 0 ? usd / tokens : 0;
}

/** Number of the block that an instant closes or lies in. */
export function blockAt(epochMs: number): number {
  return Math.ceil(epochMs / BLOCK_MS) - 1;
}

/** Calls of a model in a trailing window. */
export function callsOf(model: ModelUsage, minutes: number, epochMs: number): number {
  const window = windowOf(blockAt(epochMs), minutes);
  return model.series.reduce((sum, one) => sum + fieldIn(one.ring, window, FIELD.calls), 0);
}

/** Calls of a model in a trailing window, and their share of those of its feature. */
export function shareOf(
  model: ModelUsage,
  { scope, epochMs }: { readonly scope: ScopeHistory; readonly epochMs: number },
  minutes: number,
): { readonly calls: number; readonly share: number } {
  const calls = callsOf(model, minutes, epochMs);
  const all = usageIn(scope, blockAt(epochMs), minutes).calls;
  return { calls, share: all > 0 ? calls / all : 0 };
}

/** When a model most likely began to take its share of the calls of a window; what is new began with its first call. */
export function shareOnsetOf(
  { firstEpochMs, series }: ModelUsage,
  { scope, epochMs }: { readonly scope: ScopeHistory; readonly epochMs: number },
  minutes: number,
): number {
  if (firstEpochMs >= epochMs - minutes * MINUTE_MS) return firstEpochMs;
  const callsIn = (of: readonly SeriesHistory[], window: RingWindow): number =>
    of.reduce((sum, { ring }) => sum + fieldIn(ring, window, FIELD.calls), 0);
  const sumOf = (window: RingWindow): { readonly value: number; readonly weight: number } => ({
    value: callsIn(series, window),
    weight: callsIn(scope.series, window),
  });
  return Math.max(firstEpochMs, shareOnset(sumOf, { epochMs, minutes }));
}
