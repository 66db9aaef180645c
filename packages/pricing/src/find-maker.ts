import { MAKERS } from './find-rows.ts';
import type { PriceBook } from './price-book.ts';

/** Makers whose name in the conventions differs from that of the price table. */
const MAKER_NAMES: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  'x-ai': 'x_ai',
  moonshotai: 'moonshot_ai',
};

/** `gen_ai.provider.name` of a maker as the price table calls it. */
export function makerName(maker: string): string {
  return MAKER_NAMES[maker] ?? maker;
}

/**
 * Who makes a model, as `gen_ai.provider.name`: the first maker with a price for it. Undefined for a model that none of
 * them has. For calls that name no provider.
 */
export function findMaker(book: PriceBook, model: string): string | undefined {
  const maker = MAKERS.find((name) => book.find(name, model) !== undefined);
  return maker === undefined ? undefined : makerName(maker);
}
