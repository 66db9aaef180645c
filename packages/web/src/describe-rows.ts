import type { SpendSeries } from '@tokenmeter/server';

/** One line of the table under the chart. */
export interface SpendRow {
  readonly key: string;
  /** Undefined when no call of this line has a price. */
  readonly usd?: number;
  /** Part of the whole spend, 0 to 1; undefined when there is no spend. */
  readonly share?: number;
  readonly calls: number;
  /** USD per priced call. */
  readonly usdPerCall?: number;
  /** Calls without a price, as far as the server told. */
  readonly unpricedCalls: number;
}

/** The table: its lines in order of spend, and their sum. */
export interface SpendRows {
  readonly rows: readonly SpendRow[];
  /** The lines that `other` is the sum of, as far as the server named them. */
  readonly rest: readonly SpendRow[];
  readonly total: SpendRow;
}

interface Sum {
  readonly key: string;
  readonly usd: number;
  readonly calls: number;
  readonly unpricedCalls: number | undefined;
}

function describeRow(sum: Sum, totalUsd: number): SpendRow {
  const unpricedCalls = sum.unpricedCalls ?? 0;
  const pricedCalls = sum.calls - unpricedCalls;
  const row = { key: sum.key, calls: sum.calls, unpricedCalls };
  // A server that does not count unpriced calls leaves "free" and "unpriced" apart to nobody: then nothing is said.
  const isUnknown = pricedCalls <= 0 || (sum.usd === 0 && sum.unpricedCalls === undefined);
  if (isUnknown) return row;
  return {
    ...row,
    usd: sum.usd,
    usdPerCall: sum.usd / pricedCalls,
    ...(totalUsd > 0 ? { share: sum.usd / totalUsd } : {}),
  };
}

function toSum(
  one: Pick<
    SpendSeries['series'][number],
    'key' | 'totalUsd' | 'totalCalls' | 'totalUnpricedCalls'
  >,
): Sum {
  const { key, totalUsd: usd, totalCalls: calls, totalUnpricedCalls: unpricedCalls } = one;
  return { key, usd, calls, unpricedCalls };
}

/** Lays out spend by key as a table; the total is the sum of its lines. */
export function describeRows(spend: SpendSeries): SpendRows {
  const sums = spend.series.map(toSum);
  const totalUsd = sums.reduce((total, { usd }) => total + usd, 0);
  const total: Sum = {
    key: 'Total',
    usd: totalUsd,
    calls: sums.reduce((count, { calls }) => count + calls, 0),
    unpricedCalls: sums.every((one) => one.unpricedCalls === undefined)
      ? undefined
      : sums.reduce((count, one) => count + (one.unpricedCalls ?? 0), 0),
  };
  return {
    rows: sums.map((sum) => describeRow(sum, totalUsd)),
    rest: (spend.rest ?? []).map((one) => describeRow(toSum(one), totalUsd)),
    total: describeRow(total, totalUsd),
  };
}
