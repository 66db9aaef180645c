import type { RequestClass, TokenClass } from '@tokenmeter/core';
import { isObject as isRecord, type ValueProblem } from './price-fields.ts';
import { priceProvider } from './provider-ids.ts';
import { type PriceRow, type RateCard, type RateTier, tierName } from './rate-card.ts';

const TOKEN_KEYS: ReadonlyMap<string, TokenClass> = new Map([
  ['input_cost_per_token', 'input'],
  ['output_cost_per_token', 'output'],
  ['cache_read_input_token_cost', 'cache_read'],
  ['input_cost_per_token_cache_hit', 'cache_read'],
  ['cache_creation_input_token_cost', 'cache_write_5m'],
  ['cache_creation_input_token_cost_above_1hr', 'cache_write_1h'],
  ['cache_read_input_audio_token_cost', 'cache_read_audio'],
  ['cache_read_input_image_token_cost', 'cache_read_image'],
  ['input_cost_per_audio_token', 'input_audio'],
  ['input_cost_per_image_token', 'input_image'],
  ['input_cost_per_video_token', 'input_video'],
  ['output_cost_per_audio_token', 'output_audio'],
  ['output_cost_per_image_token', 'output_image'],
  ['output_cost_per_reasoning_token', 'reasoning'],
]);

const REQUEST_KEYS: ReadonlyMap<string, RequestClass> = new Map([
  ['input_cost_per_query', 'rerank'],
  ['code_interpreter_cost_per_session', 'code_interpreter'],
]);

const TIER_KEY = /^(.+)_above_(\d+)k_tokens$/;

/** Tells whether a JSON value looks like LiteLLM's `model_prices_and_context_window.json`. */
export function isLitellmFile(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.values(value).some(isLitellmEntry);
}

function isLitellmEntry(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  return 'litellm_provider' in entry || Object.keys(entry).some((key) => TOKEN_KEYS.has(key));
}

/** Rows of a LiteLLM price file, or every value that does not fit. An explicit 0 is a price; unknown keys are skipped. */
export function decodeLitellmFile(file: Readonly<Record<string, unknown>>): {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly ValueProblem[];
} {
  const rows: PriceRow[] = [];
  const problems: ValueProblem[] = [];
  for (const [name, entry] of Object.entries(file)) {
    if (name === 'sample_spec') continue;
    if (!isRecord(entry)) {
      problems.push({ path: [name], problem: 'expected an object of prices' });
      continue;
    }
    const row = decodeEntry(name, entry, problems);
    if (row !== undefined) rows.push(row);
  }
  return { rows, problems };
}

function decodeEntry(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  problems: ValueProblem[],
): PriceRow | undefined {
  const declared = entry.litellm_provider;
  if (declared !== undefined && typeof declared !== 'string') {
    problems.push({ path: [name, 'litellm_provider'], problem: 'expected a string' });
    return undefined;
  }
  const { base, tiers } = readRates(name, entry, problems);
  const hasPrice =
    tiers.size > 0 || Object.keys(base.tokens).length > 0 || Object.keys(base.requests).length > 0;
  if (!hasPrice) return undefined;
  const provider = declared === undefined ? '*' : priceProvider(declared);
  const model = withoutProvider(name, declared);
  return {
    id: `${provider}/${model}`,
    provider,
    model,
    periods: [{ card: base, tiers: completeTiers(base, tiers) }],
  };
}

/** LiteLLM writes `azure/gpt-4o` or `azure/eu/gpt-4o` for what a call names by provider and model. */
function withoutProvider(name: string, declared: string | undefined): string {
  const slash = name.indexOf('/');
  if (slash < 0 || declared === undefined) return name;
  return priceProvider(name.slice(0, slash)) === priceProvider(declared)
    ? name.slice(slash + 1)
    : name;
}

interface MutableCard {
  readonly tokens: Partial<Record<TokenClass, number>>;
  readonly requests: Partial<Record<RequestClass, number>>;
}

function readRates(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  problems: ValueProblem[],
): { readonly base: MutableCard; readonly tiers: Map<number, MutableCard> } {
  const base: MutableCard = { tokens: {}, requests: {} };
  const tiers = new Map<number, MutableCard>();
  for (const [key, value] of Object.entries(entry)) {
    const target = targetOf(key, base, tiers);
    if (target === undefined || value === null) continue;
    if (typeof value !== 'number' || value < 0) {
      problems.push({ path: [name, key], problem: 'expected a price in USD of 0 or more' });
    } else target(Math.round(value * 1e12));
  }
  readSearchFee(name, entry, { card: base, problems });
  return { base, tiers };
}

/** What a key sets, or undefined when it is no price that we use. */
function targetOf(
  key: string,
  base: MutableCard,
  tiers: Map<number, MutableCard>,
): ((picoUsd: number) => void) | undefined {
  const tier = TIER_KEY.exec(key);
  const tokenClass = TOKEN_KEYS.get(tier?.[1] ?? key);
  const requestClass = tier === null ? REQUEST_KEYS.get(key) : undefined;
  if (tokenClass !== undefined) {
    return (picoUsd) => {
      const card = tier === null ? base : tierCard(tiers, Number(tier[2]) * 1000);
      card.tokens[tokenClass] = picoUsd;
    };
  }
  if (requestClass === undefined) return undefined;
  return (picoUsd) => {
    base.requests[requestClass] = picoUsd;
  };
}

/** Web search is priced by context size, of which calls do not tell; `medium` is the providers' default. */
function readSearchFee(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  { card, problems }: { readonly card: MutableCard; readonly problems: ValueProblem[] },
): void {
  const fees = entry.search_context_cost_per_query;
  if (!isRecord(fees)) return;
  const fee = fees.search_context_size_medium;
  if (fee === undefined || fee === null) return;
  if (typeof fee !== 'number' || fee < 0) {
    const path = [name, 'search_context_cost_per_query', 'search_context_size_medium'];
    problems.push({ path, problem: 'expected a price in USD of 0 or more' });
  } else card.requests.web_search = Math.round(fee * 1e12);
}

function tierCard(tiers: Map<number, MutableCard>, aboveTokens: number): MutableCard {
  const known = tiers.get(aboveTokens);
  if (known !== undefined) return known;
  const card: MutableCard = { tokens: {}, requests: {} };
  tiers.set(aboveTokens, card);
  return card;
}

/** A class that a tier does not name keeps the rate of the tier below. */
function completeTiers(base: RateCard, tiers: ReadonlyMap<number, MutableCard>): RateTier[] {
  let below = base;
  const complete: RateTier[] = [];
  for (const [aboveTokens, card] of [...tiers].sort(([a], [b]) => a - b)) {
    below = { ...below, tokens: { ...below.tokens, ...card.tokens } };
    complete.push({ name: tierName(aboveTokens), aboveTokens, card: below });
  }
  return complete;
}
