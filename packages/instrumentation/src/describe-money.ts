import type { Attributes } from '@opentelemetry/api';
import { type CallRecord, cacheStatus } from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import {
  CALL_COST,
  CALLS,
  COST,
  genAi,
  NO_USAGE,
  TOKENS,
  tokenmeter,
  UNPRICED,
} from '@tokenmeter/semconv';
import type { MetricPoint } from './describe-call.ts';
import { costSourceOf } from './describe-cost.ts';
import { isBillable } from './is-billable.ts';
import { labelVariant, withLabel } from './label-sets.ts';

/** Integer pico-USD in one USD. */
const PICO_USD = 1e12;

/** Class of the one point of a cost that the provider reported as a whole: its split is unknown. */
const WHOLE_COST = 'total';

/** The points of our own counters for one call; `labels` are already bounded. */
export function describeMoney(
  record: CallRecord,
  priced: PricedCall,
  plainLabels: Attributes,
): readonly MetricPoint[] {
  // Looking at a response is no call of a model: the one that made it is.
  if (record.operation === 'fetch_response') return [];
  const isEstimated = record.usage.kind === 'reported' && record.usage.isEstimated === true;
  const labels = isEstimated
    ? withLabel(plainLabels, tokenmeter.usageEstimated, true)
    : plainLabels;
  const points: MetricPoint[] = [callPoint(record, labels)];
  if (!isBillable(record)) return points;
  points.push(...tokenPoints(record, labels), ...costPoints(priced, labels, isEstimated));
  if (priced.kind === 'unpriced') {
    const attributes = withLabel(labels, tokenmeter.reason, priced.reason);
    points.push({ spec: UNPRICED, value: 1, attributes });
  }
  if (record.outcome === 'ok' && (isEstimated || record.usage.kind === 'missing')) {
    const attributes = pick(labels, [genAi.providerName, genAi.operationName]);
    points.push({ spec: NO_USAGE, value: 1, attributes });
  }
  return points;
}

function callPoint(record: CallRecord, labels: Attributes): MetricPoint {
  const { outcome } = record;
  const cache = cacheStatus(record.usage);
  const isRetry = record.resendCount > 0;
  return {
    spec: CALLS,
    value: 1,
    attributes: withLabel(
      withLabel(withLabel(labels, tokenmeter.outcome, outcome), tokenmeter.cache, cache),
      tokenmeter.retry,
      isRetry,
    ),
  };
}

function tokenPoints(record: CallRecord, labels: Attributes): readonly MetricPoint[] {
  if (record.usage.kind !== 'reported') return [];
  return Object.entries(record.usage.tokens).map(([tokenClass, value]) => ({
    spec: TOKENS,
    value,
    attributes: withLabel(labels, tokenmeter.tokenClass, tokenClass),
  }));
}

function costPoints(
  priced: PricedCall,
  labels: Attributes,
  isEstimated: boolean,
): readonly MetricPoint[] {
  if (priced.kind !== 'priced') return [];
  const source = costSourceOf(priced, isEstimated);
  const parts: readonly (readonly [string, number])[] =
    priced.source === 'provider'
      ? [[WHOLE_COST, priced.totalPicoUsd]]
      : Object.entries(priced.picoUsd);
  const points: MetricPoint[] = parts.map(([costClass, picoUsd]) => ({
    spec: COST,
    value: picoUsd / PICO_USD,
    attributes: withLabel(
      withLabel(labels, tokenmeter.costClass, costClass),
      tokenmeter.costSource,
      source,
    ),
  }));
  const perCall = labelVariant(labels, 'per call', () =>
    pick(labels, [
      genAi.providerName,
      genAi.requestModel,
      tokenmeter.feature,
      tokenmeter.usageEstimated,
    ]),
  );
  points.push({ spec: CALL_COST, value: priced.costUsd, attributes: perCall });
  return points;
}

function pick(labels: Attributes, keys: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const key of keys) {
    const value = labels[key];
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}
