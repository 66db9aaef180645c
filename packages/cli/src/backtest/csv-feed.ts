import type { Gap, UsageMinute } from '@tokenmeter/anomaly';
import type { ReplayFeed } from './replay-feed.ts';
import { shareParts, sumParts } from './usage-parts.ts';
import { USAGE_NUMBERS, type UsageTable } from './usage-table.ts';

const MINUTE_MS = 60_000;
/** Rules look at windows of five minutes; longer buckets are spread over such. */
const PIECE_MS = 5 * MINUTE_MS;

/** How a table becomes a feed. */
export interface CsvFeedOptions {
  /** In the order of time. */
  readonly gaps: readonly Gap[];
  /** Time between evaluations. */
  readonly stepMs: number;
  /** Length of a bucket of the file; `stepMs` without it. */
  readonly bucketMs?: number;
  /** True when `input_tokens` contains the cached ones. */
  readonly isInputTotal: boolean;
}

/** Creates a feed of the rows of a table, given in the order of time. */
export function createCsvFeed(
  table: UsageTable,
  rows: Uint32Array,
  options: CsvFeedOptions,
): ReplayFeed {
  const { gaps, stepMs, bucketMs = stepMs } = options;
  const first = table.epochMs(rows[0] ?? 0);
  const last = table.epochMs(rows[rows.length - 1] ?? 0);
  const isSplit = table.series.some(
    ({ user, promptVersion }) => user !== undefined || promptVersion !== undefined,
  );
  let next = 0;
  let nextGap = 0;
  /** Pieces of buckets that reach beyond the last evaluation. */
  let later: UsageMinute[] = [];
  return {
    fromEpochMs: Math.floor(first / stepMs) * stepMs,
    toEpochMs: Math.floor(last / stepMs) * stepMs + stepMs,
    next(toEpochMs) {
      const minutes: UsageMinute[] = [];
      for (let row = rows[next]; row !== undefined; row = rows[next]) {
        if (table.epochMs(row) >= toEpochMs) break;
        const minute = readMinute(table, row, options.isInputTotal);
        if (minute !== undefined) minutes.push(minute);
        next += 1;
      }
      const merged = isSplit ? mergeRows(minutes) : minutes;
      const all = bucketMs < 2 * PIECE_MS ? merged : merged.flatMap((one) => spread(one, bucketMs));
      const pieces = [...later, ...all].filter((one) => one.minuteEpochMs < toEpochMs);
      later = [...later, ...all].filter((one) => one.minuteEpochMs >= toEpochMs);
      const firstGap = nextGap;
      while ((gaps[nextGap]?.fromEpochMs ?? Number.POSITIVE_INFINITY) < toEpochMs) nextGap += 1;
      return Promise.resolve({ minutes: pieces, gaps: gaps.slice(firstGap, nextGap) });
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
  if (minute === undefined) return undefined;
  const { promptVersion, user } = table.series[table.seriesOf(row)] ?? {};
  const { calls, unpricedCalls, costUsd, inputTokens, cacheReadTokens } = minute;
  return {
    ...minute,
    inputTokens: isTotal ? inputTokens - cacheReadTokens : inputTokens,
    ...(promptVersion !== undefined && {
      byPromptVersion: { [promptVersion]: { pricedCalls: calls - unpricedCalls, costUsd } },
    }),
    ...(user !== undefined && { byUser: { [user]: { calls, costUsd } } }),
  };
}

function spread(minute: UsageMinute, bucketMs: number): UsageMinute[] {
  const pieces = Math.floor(bucketMs / PIECE_MS);
  const share = { ...minute, ...shareParts(minute, pieces) };
  for (const name of USAGE_NUMBERS) Object.assign(share, { [name]: minute[name] / pieces });
  return Array.from({ length: pieces }, (_, index) => ({
    ...share,
    minuteEpochMs: minute.minuteEpochMs + index * PIECE_MS,
  }));
}

/** Users and prompt versions are parts: the rows of one series and time become one. */
function mergeRows(minutes: readonly UsageMinute[]): UsageMinute[] {
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
  const both = { ...a, ...sumParts(a, b) };
  for (const name of USAGE_NUMBERS) Object.assign(both, { [name]: a[name] + b[name] });
  return both;
}
