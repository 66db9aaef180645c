import { DuckDBTimestampTZValue } from '@duckdb/node-api';
import type { PriceBook } from '@tokenmeter/pricing';
import type { Overview, SpendTotal } from './api.ts';
import { startOfDay, startOfHour } from './calendar.ts';
import type { MonthReader } from './read-month.ts';
import type { SerialReader } from './serial-reader.ts';

/** What the figures depend on beside the ledger. */
export interface OverviewOptions {
  readonly nowEpochMs: number;
  readonly timeZone: string;
  readonly priceBook?: (() => PriceBook) | undefined;
  readonly month: MonthReader;
}

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const BURN_MINUTES = 5;

/** An instant as the engine's parameter. */
export function timeParameter(epochMs: number): DuckDBTimestampTZValue {
  return new DuckDBTimestampTZValue(BigInt(Math.round(epochMs * 1000)));
}

const INPUT_CLASSES = `(token_class LIKE 'input%' OR token_class LIKE 'cache_%')`;

const TOTALS = `coalesce(sum(cost_pico_usd), 0)::DOUBLE / 1e12, coalesce(sum(calls), 0)::DOUBLE,
  coalesce(sum(unpriced_calls), 0)::DOUBLE, coalesce(sum(calls) FILTER (outcome = 'error'), 0)::DOUBLE,
  coalesce(sum(tokens) FILTER (${INPUT_CLASSES}), 0)::DOUBLE,
  coalesce(sum(tokens) FILTER (NOT ${INPUT_CLASSES}), 0)::DOUBLE,
  coalesce(sum(tokens) FILTER (token_class LIKE 'cache_read%'), 0)::DOUBLE`;

async function totalSince(reader: SerialReader, fromEpochMs: number): Promise<SpendTotal> {
  const [row] = await reader.rows(`SELECT ${TOTALS} FROM usage_1m WHERE minute >= $1`, [
    timeParameter(fromEpochMs),
  ]);
  const [usd, calls, unpricedCalls, errorCalls, inputTokens, outputTokens, cacheReadTokens] = (
    row ?? []
  ).map(Number);
  return {
    usd: usd ?? 0,
    calls: calls ?? 0,
    unpricedCalls: unpricedCalls ?? 0,
    errorCalls: errorCalls ?? 0,
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cacheReadTokens: cacheReadTokens ?? 0,
  };
}

/** USD of the minutes in [from, to), as they were reported. */
export async function usdBetween(reader: SerialReader, from: number, to: number): Promise<number> {
  const [row] = await reader.rows(
    `SELECT coalesce(sum(cost_pico_usd), 0)::DOUBLE / 1e12 FROM usage_1m
     WHERE minute >= $1 AND minute < $2 AND measure = 'cost'`,
    [timeParameter(from), timeParameter(to)],
  );
  return Number(row?.[0] ?? 0);
}

/** Burn of the five minutes that end with the last whole minute, so that the minute under way does not lower it. */
async function burnAt(reader: SerialReader, epochMs: number): Promise<number> {
  const end = Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
  const from = end - (BURN_MINUTES - 1) * MINUTE_MS;
  const minutes = (epochMs - from) / MINUTE_MS;
  const usd = await usdBetween(reader, from, Math.ceil(epochMs));
  return (usd * 60) / Math.max(1, minutes);
}

async function readLastWeek(
  reader: SerialReader,
  { nowEpochMs, timeZone }: OverviewOptions,
  firstDataEpochMs: number | undefined,
): Promise<Overview['lastWeek']> {
  const then = nowEpochMs - WEEK_MS;
  const from = startOfDay(then, timeZone);
  // A day that the ledger saw only in part would make today look large.
  if (firstDataEpochMs === undefined || firstDataEpochMs > from) return undefined;
  return {
    todayUsd: await usdBetween(reader, from, then),
    burnUsdPerHour: await burnAt(reader, then),
  };
}

async function readCoverage(reader: SerialReader, from: number): Promise<Overview['coverage']> {
  const [row] = await reader.rows(
    `SELECT coalesce(sum(recognised_requests), 0)::DOUBLE, coalesce(sum(metered_requests), 0)::DOUBLE
     FROM usage_1m WHERE minute >= $1 AND measure IN ('recognised', 'metered')`,
    [timeParameter(from)],
  );
  return { recognised: Number(row?.[0] ?? 0), metered: Number(row?.[1] ?? 0) };
}

async function readUnpriced(
  reader: SerialReader,
  from: number,
): Promise<Overview['unpricedModels']> {
  const rows = await reader.rows(
    `SELECT model, sum(unpriced_calls)::DOUBLE AS calls FROM usage_1m
     WHERE minute >= $1 AND measure = 'unpriced' GROUP BY model HAVING sum(unpriced_calls) > 0
     ORDER BY calls DESC, model LIMIT 20`,
    [timeParameter(from)],
  );
  return rows.map(([model, calls]) => ({ model: String(model), calls: Number(calls) }));
}

async function readExtent(
  reader: SerialReader,
): Promise<Pick<Overview, 'firstDataEpochMs' | 'lastDataEpochMs' | 'hasSeededData'>> {
  const [row] = await reader.rows(
    `SELECT (SELECT epoch_ms(min(minute)) FROM usage_points)::DOUBLE, (SELECT epoch_ms(max(minute)) FROM usage_points)::DOUBLE,
     (SELECT count(*) > 0 FROM usage_series WHERE seeded = 'true')`,
  );
  const [first, last, seeded] = row ?? [];
  return {
    ...(typeof first === 'number' && { firstDataEpochMs: first }),
    ...(typeof last === 'number' && { lastDataEpochMs: last }),
    hasSeededData: seeded === true,
  };
}

async function readPriceVersions(reader: SerialReader, from: number): Promise<readonly string[]> {
  const rows = await reader.rows(
    `SELECT DISTINCT price_version FROM calls WHERE start_ts >= $1 AND price_version <> '' ORDER BY 1 LIMIT 20`,
    [timeParameter(from)],
  );
  return rows.map(([version]) => String(version));
}

/** Reads the tiles of the page. "Today" begins at midnight in the time zone. */
export async function readOverview(
  reader: SerialReader,
  options: OverviewOptions,
): Promise<Overview> {
  const { nowEpochMs, timeZone, priceBook } = options;
  const dayFrom = startOfDay(nowEpochMs, timeZone);
  const extent = await readExtent(reader);
  const lastWeek = await readLastWeek(reader, options, extent.firstDataEpochMs);
  return {
    nowEpochMs,
    timeZone,
    today: await totalSince(reader, dayFrom),
    thisHour: await totalSince(reader, startOfHour(nowEpochMs, timeZone)),
    month: await options.month(nowEpochMs),
    burnUsdPerHour: await burnAt(reader, nowEpochMs),
    ...(lastWeek !== undefined && { lastWeek }),
    coverage: await readCoverage(reader, dayFrom),
    unpricedModels: await readUnpriced(reader, dayFrom),
    priceBookVersions: await readPriceVersions(reader, dayFrom),
    ...(priceBook !== undefined && { priceBookInForce: priceBook().version }),
    ...extent,
  };
}
