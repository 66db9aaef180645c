import { decodeCompiledPrices } from './compiled-prices.ts';
import { PRICE_DATA, PRICE_DATA_DATE, PRICE_DATA_VERSION } from './generated/price-data.ts';
import { createPriceBook, type PriceBook } from './price-book.ts';

/**
 * The prices that come with this package. Each call decodes them anew (a few milliseconds), so keep the book: it
 * remembers the models that it has found.
 */
export function bundledPriceBook(): PriceBook {
  const { rows, fallbackProviders } = decodeCompiledPrices(PRICE_DATA, PRICE_DATA_DATE);
  return createPriceBook([
    {
      name: 'bundled',
      source: 'snapshot',
      mode: 'overlay',
      version: PRICE_DATA_VERSION,
      date: PRICE_DATA_DATE,
      fallbackProviders,
      rows,
    },
  ]);
}
