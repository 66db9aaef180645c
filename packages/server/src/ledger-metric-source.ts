import type { Gap, UsageMinute } from '@tokenmeter/anomaly';
import type { MetricSource, SourceRead } from '@tokenmeter/worker';
import { timeParameter } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';

const MINUTE_MS = 60_000;
/** How long after its end a minute may still grow: the export interval of 15 s and some way. */
const SETTLE_SECONDS = 20;

const SQL = `SELECT epoch_ms(minute)::DOUBLE AS at, service, coalesce(environment, ''), feature, coalesce(team, ''),
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
  FROM usage_1m WHERE minute >= $1 AND minute < $2 AND measure IN ('calls', 'tokens', 'cost', 'unpriced')
  GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1`;

function toMinute(row: readonly unknown[]): UsageMinute {
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

/** A source that is told which minutes were written. */
export interface LedgerMetricSource extends MetricSource {
  /** Notes the earliest minute of a commit. */
  written(minuteEpochMs: number): void;
}

/** Stretches inside [from, to) that nobody received. */
type SourceGaps = (fromEpochMs: number, toEpochMs: number) => readonly Gap[];

/**
 * The ledger as a source of usage for the worker. A minute is complete 20 seconds after its end; the model is the served
 * one where known. Writing to the cache counts as input. Never rejects.
 */
export function createLedgerMetricSource(
  reader: SerialReader,
  clock: () => number,
  gaps: SourceGaps,
): LedgerMetricSource {
  let earliestWritten = Number.POSITIVE_INFINITY;
  const read = async (fromEpochMs: number, toEpochMs: number): Promise<SourceRead> => {
    const watermarkEpochMs = Math.floor((clock() - SETTLE_SECONDS * 1000) / MINUTE_MS) * MINUTE_MS;
    const revised = earliestWritten;
    earliestWritten = Number.POSITIVE_INFINITY;
    try {
      const rows = await reader.rows(SQL, [timeParameter(fromEpochMs), timeParameter(toEpochMs)]);
      return {
        ok: true,
        minutes: rows.map(toMinute),
        gaps: gaps(fromEpochMs, toEpochMs),
        watermarkEpochMs,
        ...(revised < fromEpochMs && { revisedFromEpochMs: revised }),
      };
    } catch (error) {
      earliestWritten = Math.min(earliestWritten, revised);
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, isRetryable: true, reason };
    }
  };
  return {
    name: 'ledger',
    settleSeconds: SETTLE_SECONDS,
    read: ({ fromEpochMs, toEpochMs, signal }) =>
      signal.aborted
        ? Promise.resolve({ ok: false, isRetryable: true, reason: 'the read was aborted' })
        : read(fromEpochMs, toEpochMs),
    written: (minuteEpochMs) => {
      earliestWritten = Math.min(earliestWritten, minuteEpochMs);
    },
  };
}
