import type { GroupBy, SpendSeries } from './api.ts';
import { timeParameter } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';

/** Dimensions by which spend can be grouped, with the column of `usage_1m`. */
const GROUP_COLUMNS: Readonly<Record<GroupBy, string>> = {
  feature: 'feature',
  model: 'model',
  provider: 'provider',
  team: 'team',
  service: 'service',
  environment: 'environment',
  route: 'route',
};

/** A range of spend to read. */
export interface SpendQuery {
  readonly groupBy: GroupBy;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly stepSeconds: number;
}

/** Keys shown by themselves; smaller ones are summed as `other`. */
const MAX_KEYS = 12;
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

/** Largest first; what is beyond the limit becomes the last entry. */
function fold(all: readonly Growing[], length: number): readonly Growing[] {
  const sorted = all.toSorted(
    (a, b) => b.totalUsd - a.totalUsd || b.totalCalls - a.totalCalls || (a.key < b.key ? -1 : 1),
  );
  if (sorted.length <= MAX_KEYS) return sorted;
  const kept = sorted.slice(0, MAX_KEYS - 1);
  const rest = kept.find((entry) => entry.key === OTHER) ?? createGrowing(OTHER, length);
  for (const entry of sorted.slice(MAX_KEYS - 1)) addInto(rest, entry);
  return [...kept.filter((entry) => entry !== rest), rest];
}

/** Reads spend in buckets of equal length, aligned to multiples of the step, without holes. */
export async function readSpend(reader: SerialReader, query: SpendQuery): Promise<SpendSeries> {
  const stepMs = query.stepSeconds * 1000;
  const from = Math.floor(query.fromEpochMs / stepMs) * stepMs;
  const times: number[] = [];
  for (let time = from; time < query.toEpochMs; time += stepMs) times.push(time);
  const rows = await reader.rows(
    `SELECT coalesce(${GROUP_COLUMNS[query.groupBy]}, '${NO_VALUE}') AS key,
       ((epoch_ms(minute) - $3) // $4)::DOUBLE AS bucket, sum(cost_pico_usd)::DOUBLE / 1e12, sum(calls)::DOUBLE,
       sum(unpriced_calls)::DOUBLE
     FROM usage_1m WHERE minute >= $1 AND minute < $2 AND measure IN ('calls', 'cost', 'unpriced')
     GROUP BY ALL`,
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
    series: fold([...byKey.values()], times.length),
  };
}
