import { listPrices } from './list-prices.ts';
import type { PriceBook } from './price-book.ts';

/**
 * The book as `model-catalog.json`: `{ version, models: [{ id, provider, model, refreshed, free?, context_tokens?,
 * usd_per_million_tokens, long_context?, usd_per_request?, source? }] }`, with the prices in force at `epochMs`. Ends with
 * a line break. The same book and time give the same text.
 */
export function renderModelCatalog(book: PriceBook, epochMs: number): string {
  const models = listPrices(book, epochMs).map((price) => ({
    id: price.id,
    provider: price.provider,
    model: price.model,
    refreshed: price.refreshed,
    ...(price.isFree ? { free: true } : {}),
    ...(price.contextTokens === undefined ? {} : { context_tokens: price.contextTokens }),
    usd_per_million_tokens: price.usdPerMillionTokens,
    ...(price.longContext.length === 0
      ? {}
      : {
          long_context: price.longContext.map(({ aboveTokens, usdPerMillionTokens }) => ({
            above_tokens: aboveTokens,
            usd_per_million_tokens: usdPerMillionTokens,
          })),
        }),
    ...(Object.keys(price.usdPerRequest).length === 0
      ? {}
      : { usd_per_request: price.usdPerRequest }),
    ...(price.source === undefined ? {} : { source: price.source }),
  }));
  const rows = models.map((model) => `    ${JSON.stringify(model)}`).join(',\n');
  return `{\n  "version": ${JSON.stringify(book.version)},\n  "models": [\n${rows}\n  ]\n}\n`;
}
