import type { Gap, UsageMinute } from '@tokenmeter/anomaly';
import type { ReplayFeed } from './replay-feed.ts';
import type { UsageTable } from './usage-table.ts';

const MINUTE_MS = 60_000;
/** Rules look at windows of five minutes; longer buckets are spread over such. */
const PIECE_MS = 5 * MINUTE_MS;

/** How a table becomes a feed. */
export interface CsvFeedOptions {
  readonly gaps: readonly Gap[];
  /** Length of a bucket and time between evaluations. */
  readonly stepMs: number;
  /** True when `input_tokens` contains the cached ones. */
  readonly isInputTotal: boolean;
}

/** Creates a feed of the rows of a table, given in the order of time. */
export function createCsvFeed(
  table: UsageTable,
  rows: Uint32Array,
  options: CsvFeedOptions,
): ReplayFeed {
  const { stepMs } = options;
  const first = table.epochMs(rows[0] ?? 0);
  const last = table.epochMs(rows[rows.length - 1] ?? 0);
  const hasUsers = table.series.some((series) => series.user !== undefined);
  let next = 0;
  return {
    fromEpochMs: Math.floor(first / stepMs) * stepMs,
    toEpochMs: Math.floor(last / stepMs) * stepMs + stepMs,
    next(toEpochMs) {
      const minutes: UsageMinute[] = [];
      for (let row = rows[next]; row !== undefined; row = rows[next]) {
        if (table.epochMs(row) >= toEpochMs) break;
        const minute = readMinute(table, row, options.isInputTotal);
        if (minute !== undefined) minutes.push(...spread(minute, stepMs));
        next += 1;
      }
      const merged = hasUsers ? mergeUsers(minutes) : minutes;
      return Promise.resolve({ minutes: merged, gaps: options.gaps });
    },
  };
}

/** The length that all times are whole multiples of, counted from the first: the buckets of the file. A minute at least. */
export function bucketOf(table: UsageTable, rows: Uint32Array): number {
  let bucket = 0;
  const first = table.epochMs(rows[0] ?? 0);
  for (const row of rows) {
    bucket = divisor(table.epochMs(row) - first, bucket);
    if (bucket === MINUTE_MS) break;
  }
  return bucket === 0 ? MINUTE_MS : bucket;
}

function divisor(a: number, b: number): number {
  let [large, small] = a > b ? [a, b] : [b, a];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}

/**
 * True when the file counts cached tokens as part of `input_tokens`: some are cached and nowhere are more cached than there
 * is input.
 */
export function isInputTotal(table: UsageTable): boolean {
  let hasCached = false;
  for (let row = 0; row < table.length; row += 1) {
    const cached = table.cacheReadTokens(row);
    if (cached > table.inputTokens(row)) return false;
    hasCached ||= cached > 0;
  }
  return hasCached;
}

function readMinute(table: UsageTable, row: number, isTotal: boolean): UsageMinute | undefined {
  const minute = table.minute(row, table.epochMs(row));
  if (minute === undefined || !isTotal) return minute;
  return { ...minute, inputTokens: minute.inputTokens - minute.cacheReadTokens };
}

function spread(minute: UsageMinute, bucketMs: number): UsageMinute[] {
  const pieces = Math.floor(bucketMs / PIECE_MS);
  if (pieces <= 1) return [minute];
  return Array.from({ length: pieces }, (_, index) => ({
    ...minute,
    minuteEpochMs: minute.minuteEpochMs + index * PIECE_MS,
    calls: minute.calls / pieces,
    costUsd: minute.costUsd / pieces,
    inputTokens: minute.inputTokens / pieces,
    cacheReadTokens: minute.cacheReadTokens / pieces,
    outputTokens: minute.outputTokens / pieces,
    unpricedCalls: minute.unpricedCalls / pieces,
    errors: minute.errors / pieces,
    retries: minute.retries / pieces,
  }));
}

/** Rules know no users: the rows of one series and time become one. */
function mergeUsers(minutes: readonly UsageMinute[]): UsageMinute[] {
  const merged = new Map<UsageMinute['labels'], Map<number, UsageMinute>>();
  for (const minute of minutes) {
    let byTime = merged.get(minute.labels);
    if (byTime === undefined) {
      byTime = new Map();
      merged.set(minute.labels, byTime);
    }
    const known = byTime.get(minute.minuteEpochMs);
    byTime.set(minute.minuteEpochMs, known === undefined ? minute : sum(known, minute));
  }
  return [...merged.values()].flatMap((byTime) => [...byTime.values()]);
}

function sum(a: UsageMinute, b: UsageMinute): UsageMinute {
  return {
    ...a,
    calls: a.calls + b.calls,
    costUsd: a.costUsd + b.costUsd,
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
    errors: a.errors + b.errors,
    retries: a.retries + b.retries,
  };
}
