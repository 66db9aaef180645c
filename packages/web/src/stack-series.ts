import type { SpendSeries } from '@tokenmeter/server';

/** Spend over time, ready to be drawn as stacked bars. */
export interface Stack {
  /** From the bottom of each bar to its top; the largest spender is at the bottom, `other` at the top. */
  readonly layers: readonly {
    readonly key: string;
    readonly usd: readonly number[];
    /** This layer plus all below it. */
    readonly top: readonly number[];
  }[];
  /** Bucket starts in epoch milliseconds. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  readonly totals: readonly number[];
}

function sumColumns(columns: readonly (readonly number[])[], length: number): readonly number[] {
  return Array.from({ length }, (_, index) =>
    columns.reduce((sum, column) => sum + (column[index] ?? 0), 0),
  );
}

/** Stacks the largest series and merges the rest into `other`; the bars add up to the whole spend. */
export function stackSeries(spend: SpendSeries, maxLayers = 8): Stack {
  const length = spend.times.length;
  const named = spend.series.filter(({ key, totalUsd }) => key !== 'other' && totalUsd > 0);
  const kept = named.slice(0, maxLayers);
  const rest = spend.series.filter((one) => !kept.includes(one) && one.totalUsd > 0);
  const layers = kept.map(({ key, usd }) => ({ key, usd }));
  if (rest.length > 0) {
    layers.push({
      key: 'other',
      usd: sumColumns(
        rest.map(({ usd }) => usd),
        length,
      ),
    });
  }
  const stacked = layers.map((layer, index) => ({
    ...layer,
    top: sumColumns(
      layers.slice(0, index + 1).map(({ usd }) => usd),
      length,
    ),
  }));
  const totals = stacked.at(-1)?.top ?? sumColumns([], length);
  return { layers: stacked, times: spend.times, stepSeconds: spend.stepSeconds, totals };
}
