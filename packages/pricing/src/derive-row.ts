import type { PriceRow, RateCard, RatePeriod, TokenRates } from './rate-card.ts';

/** The rates times a factor, rounded to whole pico-USD. */
export function scaleRates(rates: TokenRates, factor: number): TokenRates {
  if (factor === 1) return rates;
  return Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [name, roundHalfUp(rate * factor)]),
  );
}

/** Rounds a product whose exact decimal value may lie a hair below .5, as 0.1 × 1.1 does. */
function roundHalfUp(value: number): number {
  return Math.round(value + value * Number.EPSILON);
}

/** A row with its multiplier applied to its own rates. */
export function withMultiplier(row: PriceRow): PriceRow {
  const { multiplier } = row;
  if (multiplier === undefined) return row;
  return { ...row, periods: row.periods.map((period) => scalePeriod(period, multiplier)) };
}

function scalePeriod(period: RatePeriod, factor: number): RatePeriod {
  return {
    ...period,
    card: scaleCard(period.card, factor),
    tiers: period.tiers.map((tier) => ({ ...tier, card: scaleCard(tier.card, factor) })),
  };
}

function scaleCard(card: RateCard, factor: number): RateCard {
  return { ...card, tokens: scaleRates(card.tokens, factor) };
}

/**
 * A row that refers to a base: the base's prices times the row's multiplier, under the row's own rates, for the time in
 * which both are in force.
 */
export function deriveRow(row: PriceRow, base: PriceRow): PriceRow {
  const own = row.periods.length === 0 ? [{ card: EMPTY, tiers: [] }] : row.periods;
  const periods = own.flatMap((period) =>
    base.periods.flatMap((from) => {
      const merged = mergePeriods(period, from, row.multiplier ?? 1);
      return merged === undefined ? [] : [merged];
    }),
  );
  const variants = { ...base.variants, ...row.variants };
  return {
    ...row,
    // Vendor rules, such as which tier means what, are those of the base.
    provider: base.provider,
    model: base.model,
    ...(base.isFree === undefined ? {} : { isFree: base.isFree }),
    ...(Object.keys(variants).length === 0 ? {} : { variants }),
    periods,
  };
}

const EMPTY: RateCard = { tokens: {}, requests: {} };

function mergePeriods(own: RatePeriod, base: RatePeriod, factor: number): RatePeriod | undefined {
  const fromEpochMs = Math.max(
    own.fromEpochMs ?? Number.NEGATIVE_INFINITY,
    base.fromEpochMs ?? Number.NEGATIVE_INFINITY,
  );
  const untilEpochMs = Math.min(
    own.untilEpochMs ?? Number.POSITIVE_INFINITY,
    base.untilEpochMs ?? Number.POSITIVE_INFINITY,
  );
  if (fromEpochMs >= untilEpochMs) return undefined;
  const window = own.window ?? base.window;
  return {
    fromEpochMs,
    untilEpochMs,
    ...(window === undefined ? {} : { window }),
    card: mergeCards(own.card, base.card, factor),
    tiers:
      own.tiers.length > 0
        ? own.tiers
        : base.tiers.map((tier) => ({ ...tier, card: scaleCard(tier.card, factor) })),
  };
}

function mergeCards(own: RateCard, base: RateCard, factor: number): RateCard {
  return {
    ...base,
    ...own,
    tokens: { ...scaleRates(base.tokens, factor), ...own.tokens },
    requests: { ...base.requests, ...own.requests },
  };
}
