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
import type { Measure } from './describe-call.ts';
import { costSourceOf } from './describe-cost.ts';
import { eachCount } from './each-count.ts';
import { isBillable } from './is-billable.ts';
import { labelVariant, withLabel } from './label-sets.ts';

/** Integer pico-USD in one USD. */
const PICO_USD = 1e12;

const WITHOUT_USAGE = [genAi.providerName, genAi.operationName];

/** Labels of the histogram of costs, whose series are many numbers each. */
const PER_CALL: readonly string[] = [
  genAi.providerName,
  genAi.requestModel,
  tokenmeter.feature,
  tokenmeter.usageEstimated,
];

/** Class of the one point of a cost that the provider reported as a whole: its split is unknown. */
const WHOLE_COST = 'total';

/** Where the measurements of one call go, and under which labels, already bounded. */
interface Target {
  readonly labels: Attributes;
  readonly measure: Measure;
}

/** Measures one call in our own counters. */
export function measureMoney(
  record: CallRecord,
  priced: PricedCall,
  { labels: plainLabels, measure }: Target,
): void {
  // Looking at a response is no call of a model: the one that made it is.
  if (record.operation === 'fetch_response') return;
  const isEstimated = record.usage.kind === 'reported' && record.usage.isEstimated === true;
  const labels = isEstimated
    ? withLabel(plainLabels, tokenmeter.usageEstimated, true)
    : plainLabels;
  const target = { labels, measure };
  measureCall(record, target);
  if (!isBillable(record)) return;
  measureTokens(record, target);
  if (priced.kind === 'priced') measureCost(priced, target, isEstimated);
  else measure(UNPRICED, 1, withLabel(labels, tokenmeter.reason, priced.reason));
  if (record.outcome === 'ok' && (isEstimated || record.usage.kind === 'missing')) {
    measure(
      NO_USAGE,
      1,
      labelVariant(labels, 'no usage', () => pick(labels, WITHOUT_USAGE)),
    );
  }
}

function measureCall(record: CallRecord, { labels, measure }: Target): void {
  const ended = withLabel(labels, tokenmeter.outcome, record.outcome);
  const cached = withLabel(ended, tokenmeter.cache, cacheStatus(record.usage));
  measure(CALLS, 1, withLabel(cached, tokenmeter.retry, record.resendCount > 0));
}

function measureTokens({ usage }: CallRecord, { labels, measure }: Target): void {
  if (usage.kind !== 'reported') return;
  eachCount(usage.tokens, (tokenClass, count) => {
    measure(TOKENS, count, withLabel(labels, tokenmeter.tokenClass, tokenClass));
  });
}

function measureCost(
  priced: Extract<PricedCall, { kind: 'priced' }>,
  { labels, measure }: Target,
  isEstimated: boolean,
): void {
  const source = costSourceOf(priced, isEstimated);
  const measurePart = (costClass: string, picoUsd: number): void => {
    const part = withLabel(labels, tokenmeter.costClass, costClass);
    measure(COST, picoUsd / PICO_USD, withLabel(part, tokenmeter.costSource, source));
  };
  if (priced.source === 'provider') measurePart(WHOLE_COST, priced.totalPicoUsd);
  else eachCount(priced.picoUsd, measurePart);
  const perCall = labelVariant(labels, 'per call', () => pick(labels, PER_CALL));
  measure(CALL_COST, priced.costUsd, perCall);
}

function pick(labels: Attributes, keys: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const key of keys) {
    const value = labels[key];
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}
