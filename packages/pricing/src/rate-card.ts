import type { RequestClass, TokenClass } from '@tokenmeter/core';

/** Pico-USD per token by class. One USD per million tokens is 1,000,000. Absent means that no price is known. */
export type TokenRates = Readonly<Partial<Record<TokenClass, number>>>;

/** A fee that every call pays once, whatever its size, such as Perplexity's search fee. */
export interface CallFee {
  readonly requestClass: RequestClass;
  readonly picoUsd: number;
}

/** Prices of one row in one tier. All amounts are integer pico-USD (1 USD = 1e12). */
export interface RateCard {
  readonly tokens: TokenRates;
  /** Pico-USD per counted request. */
  readonly requests: Readonly<Partial<Record<RequestClass, number>>>;
  readonly callFee?: CallFee;
  /** Pico-USD per second of the call, for machines rented by time. */
  readonly secondPicoUsd?: number;
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
  /** UTC days without the window, as days since 1970-01-01. */
  readonly exceptDays?: readonly number[];
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

/** How a service tier or another modifier changes the token rates of a row: by a factor, or by rates of its own. */
export interface RateVariant {
  readonly multiplier?: number;
  readonly tokens?: TokenRates;
  /** Own rates above a prompt length; without them, long prompts have no price in a variant with own rates. */
  readonly tiers?: readonly { readonly aboveTokens: number; readonly tokens: TokenRates }[];
}

/** What a call must say, besides provider and model, for a row to apply. Lower-case. */
export interface RowConditions {
  readonly deployment?: string;
  readonly region?: string;
  readonly serviceTier?: string;
}

/** What one provider asks for one model. */
export interface PriceRow {
  /** `provider/model`, unique in its layer but for conditions. */
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
  /** Names with `*` for any text, lower-case. */
  readonly globs?: readonly string[];
  readonly when?: RowConditions;
  /** Takes the prices of another row, `provider/model`, or of the same model in the layers below. */
  readonly base?: string | 'below';
  /** Factor on every token rate, such as 0.85 for a discount of 15 %. */
  readonly multiplier?: number;
  /** Says that use costs nothing, which differs from having no price. */
  readonly isFree?: boolean;
  readonly contextTokens?: number;
  /** Where the price was read. */
  readonly source?: string;
  /** Date of that reading, `YYYY-MM-DD`. */
  readonly refreshed?: string;
  readonly periods: readonly RatePeriod[];
  /** By modifier name, such as `priority`. */
  readonly variants?: Readonly<Record<string, RateVariant>>;
}

/** Names a long-context tier by its threshold: `above_200k`. */
export function tierName(aboveTokens: number): string {
  return aboveTokens % 1000 === 0 ? `above_${aboveTokens / 1000}k` : `above_${aboveTokens}`;
}
