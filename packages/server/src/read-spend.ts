import type { GroupBy, SpendSeries } from './api.ts';
import { timeParameter } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';

/** Dimensions by which spend can be grouped, with their columns. Users are known of single calls only. */
const GROUP_COLUMNS: Readonly<Record<GroupBy, string>> = {
  feature: 'feature',
  model: 'model',
  provider: 'provider',
  team: 'team',
  service: 'service',
  environment: 'environment',
  route: 'route',
  user: 'user_id',
};

const MINUTES = `SELECT * FROM usage_1m WHERE minute >= $1 AND minute < $2 AND measure IN ('calls', 'cost', 'unpriced')`;
/** The same figures of single calls, as they were reported. A call counts when it ends, as the counters do. */
const SINGLE_CALLS = `SELECT nullif(user_id, '') AS user_id, end_ts AS minute, cost_pico_usd, 1 AS calls,
  CASE WHEN cost_pico_usd IS NULL THEN 1 ELSE 0 END AS unpriced_calls FROM calls WHERE end_ts >= $1 AND end_ts < $2`;

/** A range of spend to read. */
export interface SpendQuery {
  readonly groupBy: GroupBy;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly stepSeconds: number;
}

/** Keys shown by themselves; smaller ones are summed as `other`. */
const MAX_KEYS = 12;
/** Keys of which `other` is the sum, named with their totals. */
const MAX_REST = 200;
/** Key of calls without the dimension. */
const NO_VALUE = '(none)';
const OTHER = 'other';

interface Growing {
  readonly key: string;
  readonly usd: number[];
  readonly calls: number[];
  totalUsd: number;
  totalCalls: number;
  totalUnpricedCalls: number;
}

function createGrowing(key: string, length: number): Growing {
  return {
    key,
    usd: new Array<number>(length).fill(0),
    calls: new Array<number>(length).fill(0),
    totalUsd: 0,
    totalCalls: 0,
    totalUnpricedCalls: 0,
  };
}

function addInto(target: Growing, source: Growing): void {
  for (const [index, usd] of source.usd.entries())
    target.usd[index] = (target.usd[index] ?? 0) + usd;
  for (const [index, calls] of source.calls.entries()) {
    target.calls[index] = (target.calls[index] ?? 0) + calls;
  }
  target.totalUsd += source.totalUsd;
  target.totalCalls += source.totalCalls;
  target.totalUnpricedCalls += source.totalUnpricedCalls;
}

type Folded = Pick<SpendSeries, 'series' | 'rest'>;

/** Largest first; what is beyond the limit becomes the last entry, and is told by its totals. */
function fold(all: readonly Growing[], length: number): Folded {
  const sorted = all.toSorted(
    (a, b) => b.totalUsd - a.totalUsd || b.totalCalls - a.totalCalls || (a.key < b.key ? -1 : 1),
  );
  if (sorted.length <= MAX_KEYS) return { series: sorted };
  const kept = sorted.slice(0, MAX_KEYS - 1);
  const rest = kept.find((entry) => entry.key === OTHER) ?? createGrowing(OTHER, length);
  const folded = sorted.slice(MAX_KEYS - 1);
  for (const entry of folded) addInto(rest, entry);
  return {
    series: [...kept.filter((entry) => entry !== rest), rest],
    rest: folded.slice(0, MAX_REST).map(({ key, totalUsd, totalCalls, totalUnpricedCalls }) => ({
      key,
      totalUsd,
      totalCalls,
      totalUnpricedCalls,
    })),
  };
}

/** Reads spend in buckets of equal length, aligned to multiples of the step, without holes. */
export async function readSpend(reader: SerialReader, query: SpendQuery): Promise<SpendSeries> {
  const stepMs = query.stepSeconds * 1000;
  const from = Math.floor(query.fromEpochMs / stepMs) * stepMs;
  const times: number[] = [];
  for (let time = from; time < query.toEpochMs; time += stepMs) times.push(time);
  const rows = await reader.rows(
    `SELECT coalesce(${GROUP_COLUMNS[query.groupBy]}, '${NO_VALUE}') AS key,
       ((epoch_ms(minute) - $3) // $4)::DOUBLE AS bucket, coalesce(sum(cost_pico_usd), 0)::DOUBLE / 1e12, sum(calls)::DOUBLE,
       sum(unpriced_calls)::DOUBLE
     FROM (${query.groupBy === 'user' ? SINGLE_CALLS : MINUTES}) GROUP BY ALL`,
    [timeParameter(from), timeParameter(query.toEpochMs), BigInt(from), BigInt(stepMs)],
  );
  const byKey = new Map<string, Growing>();
  for (const [keyValue, bucketValue, usdValue, callsValue, unpricedValue] of rows) {
    const key = String(keyValue);
    const entry = byKey.get(key) ?? createGrowing(key, times.length);
    byKey.set(key, entry);
    const bucket = Number(bucketValue);
    entry.usd[bucket] = (entry.usd[bucket] ?? 0) + Number(usdValue);
    entry.calls[bucket] = (entry.calls[bucket] ?? 0) + Number(callsValue);
    entry.totalUsd += Number(usdValue);
    entry.totalCalls += Number(callsValue);
    entry.totalUnpricedCalls += Number(unpricedValue);
  }
  return {
    groupBy: query.groupBy,
    fromEpochMs: from,
    stepSeconds: query.stepSeconds,
    times,
    ...fold([...byKey.values()], times.length),
  };
}
