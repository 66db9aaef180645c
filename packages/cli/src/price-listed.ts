import type { ListedPrice, PriceRow, RateCard, TokenRates, UsdRates } from '@tokenmeter/pricing';

/** Tells whether all that a row says of prices, which may be little, is what the listed price says too. */
export function isAsListed(row: PriceRow, listed: ListedPrice): boolean {
  const [period, ...others] = row.periods;
  const isPlain = row.base === undefined && row.variants === undefined && others.length === 0;
  const isAlways = period?.fromEpochMs === undefined && period?.untilEpochMs === undefined;
  if (period === undefined || !isPlain || !isAlways || period.window !== undefined) return false;
  return (
    hasSameRates(period.card.tokens, listed.usdPerMillionTokens) &&
    hasSameFees(period.card, listed) &&
    period.tiers.every((tier) => {
      const same = listed.longContext.find(({ aboveTokens }) => aboveTokens === tier.aboveTokens);
      return same !== undefined && hasSameRates(tier.card.tokens, same.usdPerMillionTokens);
    })
  );
}

function hasSameRates(tokens: TokenRates, listed: UsdRates): boolean {
  const known: Readonly<Record<string, number | undefined>> = listed;
  return Object.entries(tokens).every(([name, rate]) => rate / 1e6 === known[name]);
}

function hasSameFees({ requests, callFee, secondPicoUsd }: RateCard, listed: ListedPrice): boolean {
  const known: Readonly<Record<string, number | undefined>> = listed.usdPerRequest;
  const fees = [
    ...Object.entries(requests),
    ...(callFee === undefined ? [] : [[callFee.requestClass, callFee.picoUsd] as const]),
  ];
  return secondPicoUsd === undefined && fees.every(([name, fee]) => fee / 1e12 === known[name]);
}

/** Lists of token prices rarely name the fees of hosted tools; without them calls that used one would have no cost. */
export function withListedFees(row: PriceRow, listed: ListedPrice | undefined): PriceRow {
  const fees = Object.entries(listed?.usdPerRequest ?? {});
  if (fees.length === 0 || row.base !== undefined || row.isFree === true) return row;
  const picoUsd = Object.fromEntries(fees.map(([name, usd]) => [name, Math.round(usd * 1e12)]));
  const complete = (card: RateCard): RateCard => ({
    ...card,
    requests: card.callFee === undefined ? { ...picoUsd, ...card.requests } : card.requests,
  });
  return {
    ...row,
    periods: row.periods.map((period) => ({
      ...period,
      card: complete(period.card),
      tiers: period.tiers.map((tier) => ({ ...tier, card: complete(tier.card) })),
    })),
  };
}
