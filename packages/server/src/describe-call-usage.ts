import { general } from '@tokenmeter/semconv';
import { type CallRow, callText, isUnbilled } from './describe-call.ts';
import { toPriceableCall } from './price-basis.ts';
import { totalsOf } from './price-foreign-call.ts';
import { createUsageSeries, sharedDimensions, type UsageSeries } from './usage-series.ts';

/** Usage that one call adds to a series. */
export interface UsageAmount {
  readonly series: UsageSeries;
  readonly amount: bigint;
}

function cacheOf(call: CallRow): string {
  if (call.cacheReadTokens === undefined && call.cacheWriteTokens === undefined) return 'none';
  return (call.cacheReadTokens ?? 0) > 0 ? 'hit' : 'miss';
}

/** Disjoint token classes from the inclusive totals of the conventions. Parts beyond their total leave 0, never less. */
function tokensOf(call: CallRow): readonly (readonly [string, number])[] {
  // What contradicts itself is nobody's count.
  if (callText(call, 'unpriced_reason') === 'inconsistent_usage') return [];
  const { usage } = toPriceableCall(totalsOf(call), call.priceBasis);
  if (usage.kind === 'reported') return Object.entries(usage.tokens);
  const cacheRead = call.cacheReadTokens ?? 0;
  const cacheWrite = call.cacheWriteTokens ?? 0;
  const reasoning = call.reasoningTokens ?? 0;
  return [
    ['input', Math.max(0, (call.inputTokens ?? 0) - cacheRead - cacheWrite)],
    ['cache_read', cacheRead],
    ['cache_write', cacheWrite],
    ['output', Math.max(0, (call.outputTokens ?? 0) - reasoning)],
    ['reasoning', reasoning],
  ];
}

/** Cost by part; what the parts leave of the total, or all of it, is `total`. */
function costsOf(call: CallRow, totalPicoUsd: bigint): readonly (readonly [string, bigint])[] {
  const sum = call.costParts.reduce((total, [, amount]) => total + amount, 0n);
  if (call.costParts.length === 0 || sum > totalPicoUsd) return [['total', totalPicoUsd]];
  return sum === totalPicoUsd ? call.costParts : [...call.costParts, ['total', totalPicoUsd - sum]];
}

/**
 * The usage of a call that no counter counts, in the shape of the counters. A call without a cost is unpriced with the
 * reason `not_priced` unless the span gives one.
 */
export function describeCallUsage(call: CallRow): readonly UsageAmount[] {
  const shared = { ...sharedDimensions(call.attributes, call.resource), origin: 'span' };
  const usage: UsageAmount[] = [
    {
      series: createUsageSeries({
        ...shared,
        measure: 'calls',
        outcome: callText(call, 'outcome'),
        cache: cacheOf(call),
        retry: String(call.attributes.has(general.httpRequestResendCount) && call.resendCount > 0),
      }),
      amount: 1n,
    },
  ];
  for (const [tokenClass, tokens] of tokensOf(call)) {
    if (tokens === 0) continue;
    const series = createUsageSeries({ ...shared, measure: 'tokens', token_class: tokenClass });
    usage.push({ series, amount: BigInt(tokens) });
  }
  if (call.costPicoUsd === undefined) {
    if (isUnbilled(call)) return usage;
    const reason = callText(call, 'unpriced_reason') || 'not_priced';
    usage.push({
      series: createUsageSeries({ ...shared, measure: 'unpriced', reason }),
      amount: 1n,
    });
    return usage;
  }
  const source = callText(call, 'cost_source');
  for (const [costClass, amount] of costsOf(call, call.costPicoUsd)) {
    if (amount === 0n) continue;
    const values = { ...shared, measure: 'cost', cost_class: costClass, cost_source: source };
    usage.push({ series: createUsageSeries(values), amount });
  }
  return usage;
}
