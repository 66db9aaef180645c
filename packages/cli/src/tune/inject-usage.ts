import type { SeriesLabels, UsageMinute } from '@tokenmeter/anomaly';

/** What is done to the usage of a feature, and how much. */
export interface Injection {
  /** `calls`: so many times the calls; `cost`: so many times the output and cost of a call; `cache`: this share of hits lost. */
  readonly kind: 'calls' | 'cost' | 'cache';
  readonly size: number;
}

/** True for rows of one feature. */
function isOfFeature(labels: SeriesLabels, feature: SeriesLabels): boolean {
  return (
    labels.service === feature.service &&
    labels.environment === feature.environment &&
    labels.feature === feature.feature
  );
}

/** The rows with an injection into those of one feature. */
export function injectUsage(
  minutes: readonly UsageMinute[],
  feature: SeriesLabels,
  injection: Injection,
): readonly UsageMinute[] {
  return minutes.map((minute) =>
    isOfFeature(minute.labels, feature) ? change(minute, injection) : minute,
  );
}

function change(minute: UsageMinute, { kind, size }: Injection): UsageMinute {
  switch (kind) {
    case 'calls':
      return multiply(minute, size);
    case 'cost':
      return {
        ...minute,
        costUsd: minute.costUsd * size,
        outputTokens: minute.outputTokens * size,
        ...scaledCost(minute, size),
      };
    case 'cache': {
      const lostHits = minute.cacheHits * size;
      const lostTokens = minute.cacheReadTokens * size;
      return {
        ...minute,
        cacheHits: minute.cacheHits - lostHits,
        cacheMisses: minute.cacheMisses + lostHits,
        cacheReadTokens: minute.cacheReadTokens - lostTokens,
        inputTokens: minute.inputTokens + lostTokens,
      };
    }
    default:
      return kind satisfies never;
  }
}

function multiply(minute: UsageMinute, factor: number): UsageMinute {
  return {
    ...minute,
    calls: minute.calls * factor,
    costUsd: minute.costUsd * factor,
    inputTokens: minute.inputTokens * factor,
    cacheReadTokens: minute.cacheReadTokens * factor,
    outputTokens: minute.outputTokens * factor,
    unpricedCalls: minute.unpricedCalls * factor,
    cacheHits: minute.cacheHits * factor,
    cacheMisses: minute.cacheMisses * factor,
    errors: minute.errors * factor,
    retries: minute.retries * factor,
    ...scaledCost(minute, factor),
  };
}

function scaledCost(
  { costByClass }: UsageMinute,
  factor: number,
): Pick<UsageMinute, 'costByClass'> | undefined {
  return (
    costByClass && {
      costByClass: {
        inputUsd: costByClass.inputUsd * factor,
        cacheReadUsd: costByClass.cacheReadUsd * factor,
        outputUsd: costByClass.outputUsd * factor,
      },
    }
  );
}
