import type { UsageMinute } from '@tokenmeter/anomaly';

/**
 * Renders the query for usage by series and bucket of the half-open range [from, to), both given as SQL.
 *
 * The model is the served one where known; writing to the cache counts as input. `readUsageRow` reads its rows.
 */
export function renderUsageSql(range: {
  readonly from: string;
  readonly to: string;
  readonly bucketMinutes: number;
}): string {
  const { from, to, bucketMinutes } = range;
  const minute =
    bucketMinutes === 1 ? 'minute' : `time_bucket(INTERVAL '${bucketMinutes} minutes', minute)`;
  return `SELECT epoch_ms(${minute})::DOUBLE AS at, service, coalesce(environment, ''), feature, coalesce(team, ''),
  provider, model, sum(calls)::DOUBLE, sum(cost_pico_usd)::DOUBLE / 1e12,
  coalesce(sum(tokens) FILTER (token_class LIKE 'input%' OR token_class LIKE 'cache_write%'), 0)::DOUBLE,
  coalesce(sum(tokens) FILTER (token_class LIKE 'cache_read%'), 0)::DOUBLE,
  coalesce(sum(tokens) FILTER (token_class LIKE 'output%' OR token_class = 'reasoning'), 0)::DOUBLE,
  sum(unpriced_calls)::DOUBLE, coalesce(sum(calls) FILTER (cache = 'hit'), 0)::DOUBLE,
  coalesce(sum(calls) FILTER (cache = 'miss'), 0)::DOUBLE, coalesce(sum(calls) FILTER (outcome = 'error'), 0)::DOUBLE,
  coalesce(sum(calls) FILTER (retry = 'true'), 0)::DOUBLE,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'input%' OR cost_class LIKE 'cache_write%'), 0)::DOUBLE / 1e12,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'cache_read%'), 0)::DOUBLE / 1e12,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'output%' OR cost_class = 'reasoning'), 0)::DOUBLE / 1e12
  FROM usage_1m WHERE minute >= ${from} AND minute < ${to} AND measure IN ('calls', 'tokens', 'cost', 'unpriced')
  GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1`;
}

/** Reads one row of `renderUsageSql`. */
export function readUsageRow(row: readonly unknown[]): UsageMinute {
  const text = (index: number): string => String(row[index] ?? '');
  const number = (index: number): number => Number(row[index] ?? 0);
  const environment = text(2);
  const team = text(4);
  return {
    minuteEpochMs: number(0),
    labels: {
      service: text(1),
      ...(environment !== '' && { environment }),
      feature: text(3),
      ...(team !== '' && { team }),
      provider: text(5),
      model: text(6),
    },
    calls: number(7),
    costUsd: number(8),
    inputTokens: number(9),
    cacheReadTokens: number(10),
    outputTokens: number(11),
    unpricedCalls: number(12),
    cacheHits: number(13),
    cacheMisses: number(14),
    errors: number(15),
    retries: number(16),
    costByClass: { inputUsd: number(17), cacheReadUsd: number(18), outputUsd: number(19) },
  };
}
