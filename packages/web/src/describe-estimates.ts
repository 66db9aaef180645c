import type { Estimates } from '@tokenmeter/server';
import { type Assumptions, MONTH_DAYS } from './explore-link.ts';

/** One model of the comparison. Money is undefined where the model has no price. */
export interface EstimateRow {
  readonly id: string;
  readonly refreshed?: string;
  readonly usdPerCall?: number;
  readonly usdPerMonth?: number;
  /** Against the first model; undefined for the first itself. */
  readonly deltaUsd?: number;
}

/** What was chosen and what it comes to, under the names of the article's widget. */
export interface ExploreRecord {
  readonly user_selections: Assumptions & { readonly priceBook: string };
  readonly calculated_monthly_cost: Readonly<Record<string, number | null>>;
  readonly comparison_delta: Readonly<Record<string, number | null>>;
}

/** Lays the estimates out as a comparison with the first model. */
export function describeEstimates(
  { estimates }: Estimates,
  { callsPerDay }: Assumptions,
): readonly EstimateRow[] {
  const monthly = (usdPerCall: number): number => usdPerCall * callsPerDay * MONTH_DAYS;
  const base = estimates[0]?.usdPerCall;
  return estimates.map(({ id, refreshed, usdPerCall }, index) => ({
    id,
    ...(refreshed !== undefined && { refreshed }),
    ...(usdPerCall !== undefined && { usdPerCall, usdPerMonth: monthly(usdPerCall) }),
    ...(index > 0 &&
      usdPerCall !== undefined &&
      base !== undefined && { deltaUsd: monthly(usdPerCall - base) }),
  }));
}

/** The comparison for machines; null where something has no price. */
export function describeRecord(
  rows: readonly EstimateRow[],
  assumptions: Assumptions,
  priceBook: string,
): ExploreRecord {
  return {
    user_selections: { ...assumptions, priceBook },
    calculated_monthly_cost: Object.fromEntries(
      rows.map(({ id, usdPerMonth }) => [id, usdPerMonth ?? null]),
    ),
    comparison_delta: Object.fromEntries(
      rows.slice(1).map(({ id, deltaUsd }) => [id, deltaUsd ?? null]),
    ),
  };
}
