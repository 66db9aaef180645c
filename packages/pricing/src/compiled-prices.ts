import type { RequestClass, TokenClass } from '@tokenmeter/core';
import {
  type PriceRow,
  type RateCard,
  type RatePeriod,
  type RateVariant,
  type TokenRates,
  tierName,
} from './rate-card.ts';

/** Short keys of the generated data: tokens, requests, fee of a call. */
interface CompiledCard {
  readonly t: Readonly<Partial<Record<TokenClass, number>>>;
  readonly r?: Readonly<Partial<Record<RequestClass, number>>>;
  readonly c?: number;
}

/** From, until, window with its weekdays and exceptions, long-context cards by threshold. */
interface CompiledPeriod extends CompiledCard {
  readonly f?: number;
  readonly u?: number;
  readonly w?: readonly [number, number];
  readonly d?: readonly number[];
  readonly e?: readonly number[];
  readonly x?: readonly (readonly [number, CompiledCard])[];
}

/** Model, aliases, beginnings, infixes, context window, periods, variants, free, source, date. */
interface CompiledModel {
  readonly m: string;
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly i?: readonly string[];
  readonly n?: number;
  readonly p: readonly CompiledPeriod[];
  readonly v?: Readonly<Record<string, CompiledVariant>>;
  readonly z?: number;
  readonly s?: string;
  readonly d?: string;
}

/** Multiplier, rates, long-context rates by threshold. */
interface CompiledVariant {
  readonly k?: number;
  readonly t?: TokenRates;
  readonly x?: readonly (readonly [number, TokenRates])[];
}

interface CompiledProvider {
  readonly id: string;
  readonly f?: readonly string[];
  readonly rows: readonly CompiledModel[];
}

/** What the generated data holds. */
export interface CompiledPrices {
  readonly rows: readonly PriceRow[];
  readonly fallbackProviders: Readonly<Record<string, readonly string[]>>;
}

/** Rows of the generated JSON text. Throws on any other text: the text is ours. */
export function decodeCompiledPrices(text: string, refreshed: string): CompiledPrices {
  const data: unknown = JSON.parse(text);
  if (!isCompiled(data)) throw new TypeError('expected compiled prices, got another JSON value');
  const fallbackProviders: Record<string, readonly string[]> = {};
  const rows: PriceRow[] = [];
  for (const provider of data) {
    if (provider.f !== undefined) fallbackProviders[provider.id] = provider.f;
    for (const model of provider.rows) rows.push(decodeRow(provider.id, model, refreshed));
  }
  return { rows, fallbackProviders };
}

function isCompiled(data: unknown): data is readonly CompiledProvider[] {
  return Array.isArray(data) && data.every((entry) => 'id' in entry && Array.isArray(entry.rows));
}

function decodeRow(provider: string, model: CompiledModel, refreshed: string): PriceRow {
  return {
    id: `${provider}/${model.m}`,
    provider,
    model: model.m,
    ...(model.a === undefined ? {} : { aliases: model.a }),
    ...(model.b === undefined ? {} : { prefixes: model.b }),
    ...(model.i === undefined ? {} : { infixes: model.i }),
    ...(model.n === undefined ? {} : { contextTokens: model.n }),
    ...(model.z === 1 || isFreeByName(provider, model) ? { isFree: true } : {}),
    ...(model.s === undefined ? {} : { source: model.s }),
    refreshed: model.d ?? refreshed,
    periods: model.p.map(decodePeriod),
    ...(model.v === undefined ? {} : { variants: decodeVariants(model.v) }),
  };
}

function decodeVariants(
  variants: Readonly<Record<string, CompiledVariant>>,
): Readonly<Record<string, RateVariant>> {
  return Object.fromEntries(
    Object.entries(variants).map(([name, { k, t, x }]) => [
      name,
      {
        ...(k === undefined ? {} : { multiplier: k }),
        ...(t === undefined ? {} : { tokens: t }),
        ...(x === undefined
          ? {}
          : { tiers: x.map(([aboveTokens, tokens]) => ({ aboveTokens, tokens })) }),
      },
    ]),
  );
}

/** OpenRouter's `:free` variants cost nothing by definition, and OpenAI's moderation endpoint is free of charge. */
function isFreeByName(provider: string, model: CompiledModel): boolean {
  const isUnpriced = model.p.every((period) => Object.keys(period.t).length === 0);
  const isOpenAiModeration = provider === 'openai' && model.m === 'moderation';
  return isUnpriced && (isOpenAiModeration || model.m.endsWith(':free'));
}

function decodePeriod(period: CompiledPeriod): RatePeriod {
  const window =
    period.w === undefined
      ? {}
      : {
          window: {
            fromSecond: period.w[0],
            toSecond: period.w[1],
            ...(period.d === undefined ? {} : { weekdays: period.d }),
            ...(period.e === undefined ? {} : { exceptDays: period.e }),
          },
        };
  return {
    ...(period.f === undefined ? {} : { fromEpochMs: period.f }),
    ...(period.u === undefined ? {} : { untilEpochMs: period.u }),
    ...window,
    card: decodeCard(period),
    tiers: (period.x ?? []).map(([aboveTokens, card]) => ({
      name: tierName(aboveTokens),
      aboveTokens,
      card: decodeCard(card),
    })),
  };
}

function decodeCard(card: CompiledCard): RateCard {
  return {
    tokens: card.t,
    requests: card.r ?? {},
    ...(card.c === undefined ? {} : { callFee: { requestClass: 'web_search', picoUsd: card.c } }),
  };
}
