import type { RequestCounts, TokenClass, Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import { believedCost, vercelCost } from './provider-cost.ts';
import type { ResponseDraft } from './response-draft.ts';
import { fieldOf, firstOf, present } from './wire-value.ts';

/** xAI reports cost in ticks of 1e-10 USD. */
const USD_PER_TICK = 1e-10;

/** Google's OpenAI-compatible hosts leave thoughts out of `completion_tokens` but not out of `total_tokens`. */
const PROVIDERS_WITH_HIDDEN_THOUGHTS: ReadonlySet<string> = new Set([
  'gcp.gemini',
  'gcp.vertex_ai',
]);

/** Proxies pass Google's totals on as they are. */
function isGemini(draft: ResponseDraft): boolean {
  return draft.model?.includes('gemini') === true;
}

/** What sets an API apart. */
export interface OpenaiUsageKind {
  /** Class of an output that is not itemised: image and speech APIs report only their sum. Default `output`. */
  readonly outputClass?: TokenClass;
  readonly isEmbedding?: boolean;
}

/**
 * Usage of the OpenAI family.
 *
 * Chat: `prompt_tokens`, `completion_tokens`, `*_tokens_details`; responses: `input_tokens`, `output_tokens`. Cached,
 * written, audio and image tokens are parts of the input; reasoning and audio are parts of the output, except where
 * `total_tokens` says that reasoning was added on top (xAI chat). Cached tokens also come as `prompt_cache_hit_tokens`
 * (DeepSeek), `cached_tokens` (Together) and `num_cached_tokens` (Mistral). Cost comes as `cost` (OpenRouter),
 * `cost.total_cost` (Perplexity), `cost` beside `market_cost` (Vercel's gateway), `cost` (LiteLLM, where it is told to) and `cost_in_usd_ticks` (xAI); it is believed up to $10 and $0.001 for each token.
 * xAI reports it for pictures too, which have no counts. Counts that contradict each other make the usage inconsistent.
 * Mistral bills sound by the second beside the tokens (`prompt_audio_seconds`), which is a problem: it has no price.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object (checked against openai 7.55.0, 2026-11-21)
 */
export function readOpenaiUsage(
  draft: ResponseDraft,
  provider: string,
  kind: OpenaiUsageKind = {},
): Usage {
  const raw = draft.usage;
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const tokens = {
    ...inputClasses(sheet, raw, kind.isEmbedding === true),
    ...outputClasses(sheet, raw, {
      outputClass: kind.outputClass ?? 'output',
      hidesThoughts: PROVIDERS_WITH_HIDDEN_THOUGHTS.has(provider) || isGemini(draft),
    }),
  };
  const requests: RequestCounts = { ...draft.requests, ...requestClasses(sheet, raw) };
  if (Number(fieldOf(raw, 'prompt_audio_seconds')) > 0) draft.problems.add('billed_by_duration');
  const counts = present(tokens);
  const cost = believedCost(draft, reportedCost(raw, provider), counts);
  return sheet.usage(counts, requests, cost);
}

function inputClasses(sheet: CountSheet, raw: unknown, isEmbedding: boolean): object {
  const details = firstOf(
    raw,
    'prompt_tokens_details',
    'input_tokens_details',
    'prompt_token_details',
    'input_token_details',
  );
  const reported = sheet.count(raw, 'prompt_tokens', 'input_tokens');
  const total = reported ?? onlyTotal(sheet, raw, isEmbedding);
  const cached =
    sheet.count(details, 'cached_tokens') ??
    sheet.count(raw, 'prompt_cache_hit_tokens', 'cached_tokens', 'num_cached_tokens');
  const written = sheet.count(details, 'cache_write_tokens');
  const audio = sheet.count(details, 'audio_tokens');
  const image = sheet.count(details, 'image_tokens');
  checkCacheMisses(sheet, raw, total);
  return {
    input: sheet.rest(total, [cached, written, audio, image], 'input_parts_exceed_total'),
    cache_read: cached,
    cache_write: written,
    input_audio: audio,
    input_image: image,
  };
}

/** An embedding's total is its input (Voyage reports nothing else); a chat's total alone cannot be split. */
function onlyTotal(sheet: CountSheet, raw: unknown, isEmbedding: boolean): number | undefined {
  const total = sheet.count(raw, 'total_tokens');
  const hasOutput = sheet.count(raw, 'completion_tokens', 'output_tokens') !== undefined;
  if (total === undefined || hasOutput) return undefined;
  if (!isEmbedding) sheet.fail('total_only');
  return total;
}

/** DeepSeek: hits and misses are all of the prompt. */
function checkCacheMisses(sheet: CountSheet, raw: unknown, total: number | undefined): void {
  const hits = sheet.count(raw, 'prompt_cache_hit_tokens');
  const misses = sheet.count(raw, 'prompt_cache_miss_tokens');
  if (hits === undefined || misses === undefined || total === undefined) return;
  if (hits + misses !== total) sheet.fail('cache_split_mismatch');
}

interface OutputFacts {
  readonly outputClass: TokenClass;
  readonly hidesThoughts: boolean;
}

function outputClasses(sheet: CountSheet, raw: unknown, facts: OutputFacts): object {
  const { outputClass, hidesThoughts } = facts;
  const details = firstOf(raw, 'completion_tokens_details', 'output_tokens_details');
  const reported = sheet.count(raw, 'completion_tokens', 'output_tokens');
  const reasoning = sheet.count(details, 'reasoning_tokens');
  const audio = sheet.count(details, 'audio_tokens');
  const image = sheet.count(details, 'image_tokens');
  const extra = outsideTotal(sheet, raw, { reported, reasoning, hidesThoughts });
  const total = extra === undefined ? reported : (reported ?? 0) + extra;
  const thought = extra ?? reasoning;
  if (details === undefined && outputClass !== 'output') return { [outputClass]: total };
  return {
    output: sheet.rest(total, [thought, audio, image], 'output_parts_exceed_total'),
    reasoning: thought,
    output_audio: audio,
    output_image: image,
  };
}

interface ReportedOutput {
  readonly reported: number | undefined;
  readonly reasoning: number | undefined;
  readonly hidesThoughts: boolean;
}

/** Reasoning tokens that the reported output does not include, proven by the total; undefined when it includes all. */
function outsideTotal(
  sheet: CountSheet,
  raw: unknown,
  { reported, reasoning, hidesThoughts }: ReportedOutput,
): number | undefined {
  const input = sheet.count(raw, 'prompt_tokens', 'input_tokens');
  const total = sheet.count(raw, 'total_tokens');
  if (total === undefined) return undefined;
  if (input === undefined) {
    if (reported !== undefined && reported !== total) sheet.fail('total_mismatch');
    return undefined;
  }
  const outside = total - input - (reported ?? 0);
  if (outside === 0) return undefined;
  if (outside === reasoning) return outside;
  if (outside > 0 && !reasoning && hidesThoughts) return outside;
  sheet.fail('total_mismatch');
  return undefined;
}

function requestClasses(sheet: CountSheet, raw: unknown): RequestCounts {
  const tools = fieldOf(raw, 'server_tool_use');
  const searches =
    sheet.count(tools, 'web_search_requests') ?? sheet.count(raw, 'num_search_queries');
  return searches ? { web_search: searches } : {};
}

/** The cost as received, in USD; of any type. */
function reportedCost(raw: unknown, provider: string): unknown {
  const ticks = fieldOf(raw, 'cost_in_usd_ticks');
  if (ticks !== undefined) return typeof ticks === 'number' ? ticks * USD_PER_TICK : ticks;
  const cost = fieldOf(raw, 'cost');
  if (provider === 'perplexity') return fieldOf(cost, 'total_cost');
  if (provider === 'vercel') return vercelCost(cost, fieldOf(raw, 'market_cost'));
  if (provider === 'litellm') return cost === 0 ? undefined : cost;
  if (provider !== 'openrouter') return undefined;
  // With the caller's own key, `cost` is OpenRouter's fee or 0; the spend is at the upstream provider.
  if (fieldOf(raw, 'is_byok') !== true) return cost;
  return fieldOf(fieldOf(raw, 'cost_details'), 'upstream_inference_cost');
}
