import type { PriceModifiers, TokenClass } from '@tokenmeter/core';
import { scaleRates, withMultiplier } from './derive-row.ts';
import type {
  CallFee,
  PriceRow,
  RateCard,
  RatePeriod,
  RateVariant,
  TimeWindow,
} from './rate-card.ts';
import { tierName } from './rate-card.ts';
import { type VendorModifier, vendorModifiers } from './vendor-modifiers.ts';

/** A card with a rate for every class that the vendor bills at another class's rate. */
export interface ReadyCard {
  /** Pico-USD per token by class. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Pico-USD per request by class. */
  readonly requests: ReadonlyMap<string, number>;
  readonly callFee: CallFee | undefined;
  readonly secondPicoUsd: number | undefined;
}

/** A tier with its completed card. */
export interface ReadyTier {
  readonly name: string;
  readonly aboveTokens: number;
  readonly card: ReadyCard;
}

/** A period with its completed cards. */
export interface ReadyPeriod {
  readonly fromEpochMs: number;
  readonly untilEpochMs: number;
  readonly window: TimeWindow | undefined;
  readonly card: ReadyCard;
  readonly tiers: readonly ReadyTier[];
}

/** A row for one set of modifiers, completed once, when that combination is first seen. */
export interface ReadyRow {
  readonly id: string;
  readonly isFree: boolean;
  /** Names of the modifiers that are in the rates. */
  readonly modifiers: readonly string[];
  /** Empty when a modifier has no price in this row. */
  readonly periods: readonly ReadyPeriod[];
}

/** Which class's rate a class without a rate of its own takes; the first that has one. */
type Fallbacks = Readonly<Partial<Record<TokenClass, readonly TokenClass[]>>>;

/**
 * Holds for every vendor: thinking is billed as output, a cache write of unknown lifetime as a 5-minute one (the default
 * lifetime), images and video in the prompt as its text unless a rate says otherwise.
 * Sources: OpenAI, Anthropic and Gemini price pages (2026-11-20).
 */
const ALWAYS: Fallbacks = {
  reasoning: ['output'],
  cache_write: ['cache_write_5m'],
  input_image: ['input'],
  input_video: ['input'],
};

/**
 * Holds where cached tokens are part of the prompt count (OpenAI's shape and Gemini's): a model without a cache rate has
 * no cache discount and no write fee, so its cached tokens cost what input costs. Anthropic and Bedrock report cached
 * tokens outside the input count and always charge their own rate, so nothing may be assumed there.
 */
const CACHE_INSIDE_PROMPT: Fallbacks = {
  cache_read: ['input'],
  cache_write_5m: ['input'],
  cache_write: ['cache_write_5m', 'input'],
  cache_read_image: ['cache_read', 'input_image', 'input'],
  cache_read_audio: ['input_audio'],
};

/** Gemini gives one price for all kinds of input unless audio is listed apart (ai.google.dev/pricing, 2026-11-20). */
const GEMINI: Fallbacks = {
  ...CACHE_INSIDE_PROMPT,
  input_audio: ['input'],
  cache_read_audio: ['cache_read', 'input_audio', 'input'],
};

/** A row for the modifiers of a call. `provider` is the price-table provider of the call. */
export function readyRow(row: PriceRow, provider: string, modifiers: PriceModifiers): ReadyRow {
  const wanted = wantedModifiers(row, provider, modifiers);
  const fallbacks = { ...ALWAYS, ...fallbacksOf(row) };
  const scaled = row.base === undefined ? withMultiplier(row) : row;
  let periods: readonly RatePeriod[] | undefined = scaled.periods;
  for (const modifier of wanted) {
    periods = periods === undefined ? undefined : modifyPeriods(periods, row, modifier);
  }
  const names = wanted.map(({ name }) => name);
  return {
    id: row.id,
    isFree: row.isFree === true,
    modifiers: row.isFree === true ? ['free', ...names] : withDiscount(row, names),
    periods: (periods ?? []).map((period) => completePeriod(period, fallbacks)),
  };
}

function withDiscount(row: PriceRow, names: readonly string[]): readonly string[] {
  return row.multiplier === undefined ? names : [`x${row.multiplier}`, ...names];
}

/** A row for one tier prices that tier itself, so the vendor's factor for it is left out. */
function wantedModifiers(
  row: PriceRow,
  provider: string,
  modifiers: PriceModifiers,
): readonly VendorModifier[] {
  const model = row.model === '*' ? '' : row.model;
  const all = vendorModifiers(
    row.provider === '*' ? provider : rowVendor(row, provider),
    model,
    modifiers,
  );
  return row.when?.serviceTier === undefined
    ? all
    : all.filter((modifier) => modifier.name !== row.when?.serviceTier);
}

/** Azure sells the models of other makers under its own rules; else the row's provider knows its own words. */
function rowVendor(row: PriceRow, provider: string): string {
  return provider === '' ? row.provider : provider;
}

function modifyPeriods(
  periods: readonly RatePeriod[],
  row: PriceRow,
  modifier: VendorModifier,
): readonly RatePeriod[] | undefined {
  const own =
    row.variants !== undefined && Object.hasOwn(row.variants, modifier.name)
      ? row.variants[modifier.name]
      : undefined;
  const variant =
    own ?? (modifier.factor === undefined ? undefined : { multiplier: modifier.factor });
  return variant === undefined ? undefined : periods.map((period) => modifyPeriod(period, variant));
}

function modifyPeriod(period: RatePeriod, variant: RateVariant): RatePeriod {
  const factor = variant.multiplier ?? 1;
  const { tokens } = variant;
  if (tokens === undefined) {
    return {
      ...period,
      card: { ...period.card, tokens: scaleRates(period.card.tokens, factor) },
      tiers: period.tiers.map((tier) => ({
        ...tier,
        card: { ...tier.card, tokens: scaleRates(tier.card.tokens, factor) },
      })),
    };
  }
  const own = (variant.tiers ?? []).map((tier) => ({
    name: tierName(tier.aboveTokens),
    aboveTokens: tier.aboveTokens,
    card: { ...period.card, tokens: scaleRates(tier.tokens, factor) },
  }));
  // A variant with rates of its own says nothing about long prompts unless it has tiers of its own.
  const unknown = period.tiers.map((tier) => ({ ...tier, card: { ...tier.card, tokens: {} } }));
  return {
    ...period,
    card: { ...period.card, tokens: scaleRates(tokens, factor) },
    tiers: own.length > 0 ? own : unknown,
  };
}

function completePeriod(period: RatePeriod, fallbacks: Fallbacks): ReadyPeriod {
  return {
    fromEpochMs: period.fromEpochMs ?? Number.NEGATIVE_INFINITY,
    untilEpochMs: period.untilEpochMs ?? Number.POSITIVE_INFINITY,
    window: period.window,
    card: completeCard(period.card, fallbacks),
    tiers: period.tiers.map((tier) => ({ ...tier, card: completeCard(tier.card, fallbacks) })),
  };
}

function fallbacksOf(row: PriceRow): Fallbacks {
  const isSeparate =
    row.provider === 'anthropic' || row.provider === 'aws' || row.model.includes('claude');
  if (isSeparate) return {};
  return row.provider === 'google' ? GEMINI : CACHE_INSIDE_PROMPT;
}

function completeCard(card: RateCard, fallbacks: Fallbacks): ReadyCard {
  return {
    tokens: new Map([...Object.entries(card.tokens), ...missingRates(card, fallbacks)]),
    requests: new Map(Object.entries(card.requests)),
    callFee: card.callFee,
    secondPicoUsd: card.secondPicoUsd,
  };
}

const FALLBACK_CLASSES = [
  'reasoning',
  'cache_read',
  'cache_write_5m',
  'cache_write',
  'input_audio',
  'input_image',
  'input_video',
  'cache_read_audio',
  'cache_read_image',
] as const satisfies readonly TokenClass[];

function missingRates(card: RateCard, fallbacks: Fallbacks): [TokenClass, number][] {
  const found: [TokenClass, number][] = [];
  for (const tokenClass of FALLBACK_CLASSES) {
    if (card.tokens[tokenClass] !== undefined) continue;
    for (const other of fallbacks[tokenClass] ?? []) {
      const rate = card.tokens[other];
      if (rate === undefined) continue;
      found.push([tokenClass, rate]);
      break;
    }
  }
  return found;
}
