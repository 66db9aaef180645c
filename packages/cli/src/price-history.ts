import type { PriceRow, RatePeriod } from '@tokenmeter/pricing';

/** When a refresh came, and which models had a price before any refresh. */
export interface RefreshFacts {
  readonly epochMs: number;
  readonly isBundled: (row: PriceRow) => boolean;
}

const DAY_MS = 86_400_000;

/** What tells rows of one layer apart: their id and what a call must say. */
export function rowKey({ id, when }: PriceRow): string {
  const conditions = [when?.deployment, when?.region, when?.serviceTier];
  return conditions.some((each) => each !== undefined) ? `${id} ${conditions.join(' ')}` : id;
}

/**
 * Rows of a refreshed catalogue such that calls of the past keep their price: a price without dates that differs from the
 * last known one holds from the day of the refresh on, and rows that the source dropped stay. Rows that date themselves,
 * and models that had no price at all before, are taken as they are.
 */
export function continueRows(
  known: readonly PriceRow[],
  fresh: readonly PriceRow[],
  facts: RefreshFacts,
): readonly PriceRow[] {
  const before = new Map(known.map((row) => [rowKey(row), row]));
  const seen = new Set(fresh.map(rowKey));
  const continued = fresh.map((row) => continueRow(before.get(rowKey(row)), row, facts));
  return [...continued, ...known.filter((row) => !seen.has(rowKey(row)))];
}

function continueRow(known: PriceRow | undefined, row: PriceRow, facts: RefreshFacts): PriceRow {
  const isUndated = row.base === undefined && row.periods.every((period) => !isDated(period));
  if (!isUndated) return row;
  if (known === undefined && !facts.isBundled(row)) return row;
  const last = known?.periods.slice(-row.periods.length) ?? [];
  if (known !== undefined && pricesOf(last) === pricesOf(row.periods)) {
    return { ...row, periods: known.periods };
  }
  const fromEpochMs = Math.floor(facts.epochMs / DAY_MS) * DAY_MS;
  const dated = row.periods.map((period) => ({ ...period, fromEpochMs }));
  // A second refresh on one day corrects the first.
  const older = (known?.periods ?? []).filter((period) => period.fromEpochMs !== fromEpochMs);
  return { ...row, periods: [...older, ...dated] };
}

function isDated({ fromEpochMs, untilEpochMs }: RatePeriod): boolean {
  return fromEpochMs !== undefined || untilEpochMs !== undefined;
}

function pricesOf(periods: readonly RatePeriod[]): string {
  return JSON.stringify(
    periods.map(({ card, tiers, window }) => [
      window,
      Object.entries(card.tokens).sort(),
      Object.entries(card.requests).sort(),
      card.callFee,
      card.secondPicoUsd,
      tiers.map((tier) => [tier.aboveTokens, Object.entries(tier.card.tokens).sort()]),
    ]),
  );
}
