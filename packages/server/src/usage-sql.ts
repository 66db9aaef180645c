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
  // One row for each prompt version first: its name, priced calls and cost are one text in the row of all of them.
  return `SELECT started, service, environment, feature, team, provider, model, sum(calls), sum(cost), sum(input), sum(cached),
  sum(output), sum(unpriced), sum(hits), sum(misses), sum(errors), sum(retries), sum(input_usd), sum(cached_usd),
  sum(output_usd), string_agg(version || chr(31) || (calls - unpriced) || chr(31) || cost, chr(30)) FILTER (version <> '')
  FROM (SELECT epoch_ms(${minute})::DOUBLE AS started, service, coalesce(environment, '') AS environment, feature,
  coalesce(team, '') AS team, provider, model, coalesce(prompt_version, '') AS version, sum(calls)::DOUBLE AS calls,
  sum(cost_pico_usd)::DOUBLE / 1e12 AS cost,
  coalesce(sum(tokens) FILTER (token_class LIKE 'input%' OR token_class LIKE 'cache_write%'), 0)::DOUBLE AS input,
  coalesce(sum(tokens) FILTER (token_class LIKE 'cache_read%'), 0)::DOUBLE AS cached,
  coalesce(sum(tokens) FILTER (token_class LIKE 'output%' OR token_class = 'reasoning'), 0)::DOUBLE AS output,
  sum(unpriced_calls)::DOUBLE AS unpriced, coalesce(sum(calls) FILTER (cache = 'hit'), 0)::DOUBLE AS hits,
  coalesce(sum(calls) FILTER (cache = 'miss'), 0)::DOUBLE AS misses,
  coalesce(sum(calls) FILTER (outcome = 'error'), 0)::DOUBLE AS errors,
  coalesce(sum(calls) FILTER (retry = 'true'), 0)::DOUBLE AS retries,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'input%' OR cost_class LIKE 'cache_write%'), 0)::DOUBLE / 1e12
    AS input_usd,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'cache_read%'), 0)::DOUBLE / 1e12 AS cached_usd,
  coalesce(sum(cost_pico_usd) FILTER (cost_class LIKE 'output%' OR cost_class = 'reasoning'), 0)::DOUBLE / 1e12
    AS output_usd
  FROM usage_1m WHERE minute >= ${from} AND minute < ${to} AND measure IN ('calls', 'tokens', 'cost', 'unpriced')
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1`;
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
    ...readVersions(row[20]),
  };
}

/** Reads what the query wrote of prompt versions; nothing where no call named one. */
function readVersions(value: unknown): Pick<UsageMinute, 'byPromptVersion'> {
  if (typeof value !== 'string' || value === '') return {};
  const versions = value.split('\u001e').map((text) => {
    const [version = '', calls, cost] = text.split('\u001f');
    return [version, { pricedCalls: Number(calls ?? 0), costUsd: Number(cost ?? 0) }] as const;
  });
  return { byPromptVersion: Object.fromEntries(versions) };
}
