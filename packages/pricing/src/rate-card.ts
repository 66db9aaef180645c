import type { RequestClass, TokenClass } from '@tokenmeter/core';

/** A fee that every call pays once, whatever its size, such as Perplexity's search fee. */
export interface CallFee {
  readonly requestClass: RequestClass;
  readonly picoUsd: number;
}

/** Prices of one row in one tier. All amounts are integer pico-USD (1 USD = 1e12); absent means that no price is known. */
export interface RateCard {
  /** Pico-USD per token. One USD per million tokens is 1,000,000. */
  readonly tokens: Readonly<Partial<Record<TokenClass, number>>>;
  /** Pico-USD per counted request. */
  readonly requests: Readonly<Partial<Record<RequestClass, number>>>;
  /** Fixed fee of every call, counted under the named class. */
  readonly callFee?: CallFee;
}

/** A card for long prompts: it prices the whole call when the prompt, cached tokens included, is longer. */
export interface RateTier {
  /** Such as `above_200k`. */
  readonly name: string;
  readonly aboveTokens: number;
  readonly card: RateCard;
}

/** Daily hours in UTC, in seconds since midnight; `toSecond` is exclusive and may be smaller than `fromSecond`. */
export interface TimeWindow {
  readonly fromSecond: number;
  readonly toSecond: number;
  /** Days of the week on which the window starts, 0 is Sunday; absent means every day. */
  readonly weekdays?: readonly number[];
}

/** Prices in force for a while. Of the periods that hold a call's start, the last one of the row applies. */
export interface RatePeriod {
  /** Inclusive; absent means since ever. */
  readonly fromEpochMs?: number;
  /** Exclusive; absent means until now. */
  readonly untilEpochMs?: number;
  readonly window?: TimeWindow;
  readonly card: RateCard;
  /** By rising `aboveTokens`. */
  readonly tiers: readonly RateTier[];
}

/** What one provider asks for one model. */
export interface PriceRow {
  /** `provider/model`, unique in its layer. */
  readonly id: string;
  /** Price-table provider, such as `google`; `*` prices the model at any provider. */
  readonly provider: string;
  readonly model: string;
  /** Further exact names, lower-case. */
  readonly aliases?: readonly string[];
  /** Beginnings of names whose rest is only a date or a release word, lower-case. */
  readonly prefixes?: readonly string[];
  /** Parts of names with word boundaries on both sides, lower-case. */
  readonly infixes?: readonly string[];
  /** Says that use costs nothing, which differs from having no price. */
  readonly isFree?: boolean;
  readonly contextTokens?: number;
  /** Where the price was read. */
  readonly source?: string;
  /** Date of that reading, `YYYY-MM-DD`. */
  readonly refreshed?: string;
  readonly periods: readonly RatePeriod[];
}
