import type { RequestClass, TokenClass } from '@tokenmeter/core';
import { parseLitellmKey } from './litellm-keys.ts';
import { readOffPeakWindows } from './litellm-off-peak.ts';
import { FieldReader, isObject, type ValueProblem } from './price-fields.ts';
import { priceProvider } from './provider-ids.ts';
import {
  type PriceRow,
  type RateCard,
  type RatePeriod,
  type RateTier,
  type RateVariant,
  type TokenRates,
  tierName,
} from './rate-card.ts';

/** Tells whether a JSON value looks like LiteLLM's `model_prices_and_context_window.json`. */
export function isLitellmFile(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.values(value).some(isLitellmEntry);
}

function isLitellmEntry(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  return (
    'litellm_provider' in entry ||
    Object.keys(entry).some((key) => parseLitellmKey(key) !== undefined)
  );
}

/**
 * Rows of a LiteLLM price file, or every value that does not fit. An explicit 0 is a price, null is none; unknown keys
 * are skipped, and so are entries without any price that a call can use (per image, per character, …).
 */
export function decodeLitellmFile(value: unknown): {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly ValueProblem[];
} {
  const problems: ValueProblem[] = [];
  if (!isObject(value)) return { rows: [], problems };
  const file = new FieldReader(value, [], problems);
  const rows = file.keys().flatMap((name) => {
    const entry = name === 'sample_spec' ? undefined : file.object(name);
    const row = entry === undefined ? undefined : decodeEntry(name, entry);
    return row === undefined ? [] : [row];
  });
  return { rows, problems };
}

function decodeEntry(name: string, entry: FieldReader): PriceRow | undefined {
  const declared = entry.text('litellm_provider');
  const sheet = readSheet(entry);
  const requests = readRequests(entry);
  const ranged = [...completeTiers(sheet.base, sheet.tiers), ...rangedTiers(entry)];
  const tokens = { ...firstRange(entry), ...sheet.base };
  const hasPrice = Object.keys({ ...tokens, ...requests }).length > 0 || ranged.length > 0;
  if (!hasPrice) return undefined;
  const provider = declared === undefined ? '*' : priceProvider(declared);
  const { model, region } = placeOf(name, declared);
  const card: RateCard = { tokens, requests, ...readCallFee(entry) };
  const tiers = ranged.map((tier) => ({ ...tier, card: { ...card, tokens: tier.card.tokens } }));
  const variants = { ...multipliers(entry), ...completeVariants(tokens, sheet) };
  const contextTokens = entry.raw('max_input_tokens');
  return {
    id: `${provider}/${model}${region === undefined ? '' : `@${region}`}`,
    provider,
    model,
    ...(region === undefined ? {} : { when: { region } }),
    ...(typeof contextTokens === 'number' ? { contextTokens } : {}),
    ...(Object.keys(variants).length === 0 ? {} : { variants }),
    periods: [{ card, tiers }, ...offPeak(entry, card)],
  };
}

const REGION = /^(us|eu|global|[a-z]{2}(?:-gov)?-[a-z]+-\d)\/(.+)$/;

/** LiteLLM writes `azure/gpt-4o` or `azure/eu/gpt-4o` for what a call names by provider, region and model. */
function placeOf(
  name: string,
  declared: string | undefined,
): { readonly model: string; readonly region?: string } {
  const slash = name.indexOf('/');
  const isOwn =
    slash > 0 &&
    declared !== undefined &&
    priceProvider(name.slice(0, slash)) === priceProvider(declared);
  const model = isOwn ? name.slice(slash + 1) : name;
  const match = isOwn ? REGION.exec(model) : null;
  const [, region, rest] = match ?? [];
  return region === undefined || rest === undefined ? { model } : { model: rest, region };
}

type Rates = Partial<Record<TokenClass, number>>;

/** Rates by threshold for the plain price and for each variant; threshold 0 is the base. */
interface Sheet {
  readonly base: Rates;
  readonly tiers: Map<number, Rates>;
  readonly variants: Map<string, Map<number, Rates>>;
}

function readSheet(entry: FieldReader): Sheet {
  const plain = new Map<number, Rates>([[0, {}]]);
  const variants = new Map<string, Map<number, Rates>>();
  for (const key of entry.keys()) {
    const target = parseLitellmKey(key);
    const rate = target === undefined ? undefined : readRate(entry, key);
    if (target === undefined || rate === undefined) continue;
    const cards =
      target.variant === undefined ? plain : ensure(variants, target.variant, () => new Map());
    ensure(cards, target.aboveTokens ?? 0, () => ({}))[target.tokenClass] = rate;
  }
  const base = plain.get(0) ?? {};
  plain.delete(0);
  return { base, tiers: plain, variants };
}

function ensure<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

/** USD per token as integer pico-USD; null means not priced. */
function readRate(entry: FieldReader, key: string): number | undefined {
  if (entry.raw(key) === null) return undefined;
  const usd = entry.usd(key);
  if (usd === undefined) return undefined;
  return usd > 1 ? entry.refuse(key, 'expected at most 1 USD per token') : Math.round(usd * 1e12);
}

/** A class that a tier does not name keeps the rate of the tier below. */
function completeTiers(base: Rates, tiers: ReadonlyMap<number, Rates>): RateTier[] {
  let below: TokenRates = base;
  return [...tiers]
    .sort(([a], [b]) => a - b)
    .map(([aboveTokens, rates]) => {
      below = { ...below, ...rates };
      return tierOf(aboveTokens, below);
    });
}

function tierOf(aboveTokens: number, tokens: TokenRates): RateTier {
  return { name: tierName(aboveTokens), aboveTokens, card: { tokens, requests: {} } };
}

/** A class that a variant does not name keeps its plain rate, as in LiteLLM's own arithmetic. */
function completeVariants(base: TokenRates, sheet: Sheet): Record<string, RateVariant> {
  return Object.fromEntries(
    [...sheet.variants].map(([name, cards]) => {
      const tokens = { ...base, ...cards.get(0) };
      const tiers = [...cards]
        .filter(([aboveTokens]) => aboveTokens > 0)
        .sort(([a], [b]) => a - b)
        .map(([aboveTokens, rates]) => ({ aboveTokens, tokens: { ...tokens, ...rates } }));
      return [name, { tokens, ...(tiers.length === 0 ? {} : { tiers }) }];
    }),
  );
}

/** `provider_specific_entry: { fast: 2, us: 1.1 }` and `regional_processing_uplift_multiplier_{eu,us}: 1.1`. */
function multipliers(entry: FieldReader): Record<string, RateVariant> {
  const own = isObject(entry.raw('provider_specific_entry'))
    ? entry.object('provider_specific_entry')
    : undefined;
  const factors = [
    ['fast', own?.raw('fast')],
    ['us-only', own?.raw('us')],
    ['regional', entry.raw('regional_endpoint_uplift_multiplier')],
    ['regional', entry.raw('regional_processing_uplift_multiplier_us')],
    ['regional', entry.raw('regional_processing_uplift_multiplier_eu')],
  ] as const;
  const variants: Record<string, RateVariant> = {};
  for (const [name, multiplier] of factors) {
    if (typeof multiplier === 'number' && multiplier >= 0) variants[name] = { multiplier };
  }
  return variants;
}

/** Web search is priced by context size, of which calls do not tell; `medium` is the providers' default. */
function readRequests(entry: FieldReader): Partial<Record<RequestClass, number>> {
  const requests: Partial<Record<RequestClass, number>> = {};
  const sizes = entry.raw('search_context_cost_per_query');
  const search = isObject(sizes)
    ? entry.object('search_context_cost_per_query')?.usd('search_context_size_medium')
    : undefined;
  const rerank =
    entry.raw('input_cost_per_query') === null ? undefined : entry.usd('input_cost_per_query');
  if (search !== undefined) {
    requests.web_search = Math.round(search * 1e12);
    requests.grounding = requests.web_search;
  }
  if (rerank !== undefined && rerank > 0) requests.rerank = Math.round(rerank * 1e12);
  return requests;
}

function readCallFee(entry: FieldReader): Pick<RateCard, 'callFee'> {
  const usd = entry.raw('input_cost_per_request');
  if (typeof usd !== 'number' || usd <= 0) return {};
  const requestClass = entry.raw('mode') === 'rerank' ? 'rerank' : 'web_search';
  return { callFee: { requestClass, picoUsd: Math.round(usd * 1e12) } };
}

interface Range {
  readonly from: number;
  readonly tokens: TokenRates;
}

/** `tiered_pricing: [{ range: [0, 32000], input_cost_per_token, … }, { range: [32000, 128000], … }]`. */
function readRanges(entry: FieldReader): readonly Range[] {
  if (!Array.isArray(entry.raw('tiered_pricing'))) return [];
  return (entry.objects('tiered_pricing') ?? []).flatMap((reader) => {
    const range = reader.raw('range');
    const from: unknown = Array.isArray(range) ? range[0] : undefined;
    if (typeof from !== 'number' || from < 0) return [];
    return [{ from, tokens: readSheet(reader).base }];
  });
}

function firstRange(entry: FieldReader): TokenRates {
  return readRanges(entry).find(({ from }) => from === 0)?.tokens ?? {};
}

function rangedTiers(entry: FieldReader): RateTier[] {
  return readRanges(entry)
    .filter(({ from }) => from > 0)
    .sort((a, b) => a.from - b.from)
    .map(({ from, tokens }) => tierOf(from, tokens));
}

/** `off_peak_pricing: { hours_utc: "16:30-00:30", input_cost_per_token, … }`, or with a list of windows. */
function offPeak(entry: FieldReader, card: RateCard): readonly RatePeriod[] {
  if (!isObject(entry.raw('off_peak_pricing'))) return [];
  const reader = entry.object('off_peak_pricing');
  if (reader === undefined) return [];
  const tokens = { ...card.tokens, ...readSheet(reader).base };
  return readOffPeakWindows(reader).map((window) => ({
    window,
    card: { ...card, tokens },
    tiers: [],
  }));
}
