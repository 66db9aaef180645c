import { type PriceBook, priceCall } from '@tokenmeter/pricing';
import { FEATURE_TABLE, type Feature, type FeatureName } from './features.ts';
import { CLASSES, type CountedCalls, type DemoClass } from './history-totals.ts';

/** Tokens of the sample call from which a rate is taken; far below any long-context tier. */
const SAMPLE_TOKENS = 1000;

/** Rates of one feature at one time, in integer pico-USD per token. */
export interface TokenRates {
  readonly picoUsdPerToken: Readonly<Record<DemoClass, number>>;
  readonly source: string;
  readonly bookVersion: string;
}

/** Takes the rates of a feature's model from the price book, as the metered application would. Throws if it has none. */
export function ratesAt(feature: FeatureName, epochMs: number, book: PriceBook): TokenRates {
  const priced = priceCall(sampleCall(FEATURE_TABLE[feature], epochMs), book);
  if (priced.kind === 'unpriced') {
    const { servedModel } = FEATURE_TABLE[feature];
    throw new TypeError(`expected a price for ${servedModel}, got ${priced.reason}`);
  }
  const rate = (name: DemoClass): number => (priced.picoUsd[name] ?? 0) / SAMPLE_TOKENS;
  return {
    picoUsdPerToken: {
      input: rate('input'),
      cache_read: rate('cache_read'),
      output: rate('output'),
    },
    source: priced.source,
    bookVersion: priced.bookVersion,
  };
}

/** Prices calls at given rates. */
export function countCalls(drawn: Omit<CountedCalls, 'picoUsd'>, rates: TokenRates): CountedCalls {
  const cost = (name: DemoClass): number => drawn.tokens[name] * rates.picoUsdPerToken[name];
  return {
    ...drawn,
    picoUsd: { input: cost('input'), cache_read: cost('cache_read'), output: cost('output') },
  };
}

function sampleCall(feature: Feature, epochMs: number): Parameters<typeof priceCall>[0] {
  const tokens = Object.fromEntries(CLASSES.map((name) => [name, SAMPLE_TOKENS]));
  return {
    provider: feature.provider,
    requestModel: feature.model,
    responseModel: feature.servedModel,
    startEpochMs: epochMs,
    modifiers: {},
    usage: { kind: 'reported', tokens, requests: {}, raw: undefined },
  };
}
