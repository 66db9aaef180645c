import type { RequestClass, TokenClass } from '@tokenmeter/core';
import type { CallFee, PriceRow, RateCard, TimeWindow } from './rate-card.ts';

/** A card with a rate for every class that the vendor bills at another class's rate. */
export interface ReadyCard {
  readonly tokens: Readonly<Partial<Record<TokenClass, number>>>;
  readonly requests: Readonly<Partial<Record<RequestClass, number>>>;
  readonly callFee: CallFee | undefined;
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

/** A row whose cards are completed once, when a model is first seen. */
export interface ReadyRow {
  readonly id: string;
  readonly isFree: boolean;
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

/** Completes the cards of a row by the rules above. */
export function completeRow(row: PriceRow): ReadyRow {
  const fallbacks = { ...ALWAYS, ...fallbacksOf(row) };
  return {
    id: row.id,
    isFree: row.isFree === true,
    periods: row.periods.map((period) => ({
      fromEpochMs: period.fromEpochMs ?? Number.NEGATIVE_INFINITY,
      untilEpochMs: period.untilEpochMs ?? Number.POSITIVE_INFINITY,
      window: period.window,
      card: completeCard(period.card, fallbacks),
      tiers: period.tiers.map((tier) => ({ ...tier, card: completeCard(tier.card, fallbacks) })),
    })),
  };
}

function fallbacksOf(row: PriceRow): Fallbacks {
  const isSeparate =
    row.provider === 'anthropic' || row.provider === 'aws' || row.model.includes('claude');
  if (isSeparate) return {};
  return row.provider === 'google' ? GEMINI : CACHE_INSIDE_PROMPT;
}

function completeCard(card: RateCard, fallbacks: Fallbacks): ReadyCard {
  const tokens: Partial<Record<TokenClass, number>> = { ...card.tokens };
  for (const [tokenClass, rate] of missingRates(card, fallbacks)) tokens[tokenClass] = rate;
  return { tokens, requests: card.requests, callFee: card.callFee };
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
