import type { Usage } from './call-record.ts';
import { inclusiveTotals } from './inclusive-totals.ts';

/**
 * Tells whether the provider's prompt cache served a part of the input. `none`: the response has no cache figures, so
 * the call says nothing about the hit rate.
 */
export function cacheStatus(usage: Usage): 'hit' | 'miss' | 'none' {
  if (usage.kind !== 'reported') return 'none';
  const { cacheReadTokens, cacheWriteTokens } = inclusiveTotals(usage.tokens);
  if (cacheReadTokens === undefined && cacheWriteTokens === undefined) return 'none';
  return (cacheReadTokens ?? 0) > 0 ? 'hit' : 'miss';
}
