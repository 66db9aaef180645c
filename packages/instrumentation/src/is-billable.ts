import type { CallRecord } from '@tokenmeter/core';

/**
 * True when a call may cost something, so that its tokens, its money or the lack of a price count.
 *
 * Not billable: fetching a stored response again (its tokens were counted when it was made), and calls that failed
 * without reporting usage (a 429 costs nothing; it is no gap in the prices).
 */
export function isBillable(record: CallRecord): boolean {
  if (record.operation === 'fetch_response') return false;
  return record.outcome !== 'error' || record.usage.kind === 'reported';
}
