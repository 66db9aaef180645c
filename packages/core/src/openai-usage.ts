import type { RequestCounts, TokenClass, Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import type { ResponseDraft } from './response-draft.ts';
import { fieldOf, firstOf, numberOf, present } from './wire-value.ts';

/** xAI reports cost in ticks of 1e-10 USD. */
const USD_PER_TICK = 1e-10;

/** Google's OpenAI-compatible hosts leave thoughts out of `completion_tokens` but not out of `total_tokens`. */
const PROVIDERS_WITH_HIDDEN_THOUGHTS: ReadonlySet<string> = new Set([
  'gcp.gemini',
  'gcp.vertex_ai',
]);

/**
 * Usage of the OpenAI family.
 *
 * Chat: `prompt_tokens`, `completion_tokens`, `*_tokens_details`; responses: `input_tokens`, `output_tokens`. Cached,
 * written, audio and image tokens are parts of the input; reasoning and audio are parts of the output, except where
 * `total_tokens` says that reasoning was added on top (xAI chat). Cached tokens also come as `prompt_cache_hit_tokens`
 * (DeepSeek), `cached_tokens` (Together) and `num_cached_tokens` (Mistral). Cost comes as `cost` (OpenRouter),
 * `cost.total_cost` (Perplexity) and `cost_in_usd_ticks` (xAI).
 * `outputClass` is the class of an output that is not itemised: image and speech APIs report only their sum.
 * Counts that contradict each other make the usage inconsistent.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object (checked against openai 7.55.0, 2026-11-21)
 */
export function readOpenaiUsage(
  draft: ResponseDraft,
  provider: string,
  outputClass: TokenClass = 'output',
): Usage {
  const raw = draft.usage;
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const tokens = {
    ...inputClasses(sheet, raw),
    ...outputClasses(sheet, raw, { provider, outputClass }),
  };
  const requests: RequestCounts = { ...draft.requests, ...requestClasses(sheet, raw) };
  return sheet.usage(present(tokens), requests, providerCost(sheet, raw, provider));
}

function inputClasses(sheet: CountSheet, raw: unknown): object {
  const details = firstOf(
    raw,
    'prompt_tokens_details',
    'input_tokens_details',
    'prompt_token_details',
    'input_token_details',
  );
  const total = sheet.count(raw, 'prompt_tokens', 'input_tokens');
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

/** DeepSeek: hits and misses are all of the prompt. */
function checkCacheMisses(sheet: CountSheet, raw: unknown, total: number | undefined): void {
  const hits = sheet.count(raw, 'prompt_cache_hit_tokens');
  const misses = sheet.count(raw, 'prompt_cache_miss_tokens');
  if (hits === undefined || misses === undefined || total === undefined) return;
  if (hits + misses !== total) sheet.fail('cache_split_mismatch');
}

interface OutputFacts {
  readonly provider: string;
  readonly outputClass: TokenClass;
}

function outputClasses(sheet: CountSheet, raw: unknown, facts: OutputFacts): object {
  const { provider, outputClass } = facts;
  const details = firstOf(raw, 'completion_tokens_details', 'output_tokens_details');
  const reported = sheet.count(raw, 'completion_tokens', 'output_tokens');
  const reasoning = sheet.count(details, 'reasoning_tokens');
  const audio = sheet.count(details, 'audio_tokens');
  const image = sheet.count(details, 'image_tokens');
  const extra = outsideTotal(sheet, raw, { reported, reasoning, provider });
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
  readonly provider: string;
}

/** Reasoning tokens that the reported output does not include, proven by the total; undefined when it includes all. */
function outsideTotal(
  sheet: CountSheet,
  raw: unknown,
  { reported, reasoning, provider }: ReportedOutput,
): number | undefined {
  const input = sheet.count(raw, 'prompt_tokens', 'input_tokens');
  const total = sheet.count(raw, 'total_tokens');
  if (total === undefined || input === undefined) return undefined;
  const outside = total - input - (reported ?? 0);
  if (outside === 0) return undefined;
  if (outside === reasoning) return outside;
  if (outside > 0 && !reasoning && PROVIDERS_WITH_HIDDEN_THOUGHTS.has(provider)) return outside;
  sheet.fail('total_mismatch');
  return undefined;
}

function requestClasses(sheet: CountSheet, raw: unknown): RequestCounts {
  const tools = fieldOf(raw, 'server_tool_use');
  const searches =
    sheet.count(tools, 'web_search_requests') ?? sheet.count(raw, 'num_search_queries');
  return present({ web_search: searches });
}

function providerCost(sheet: CountSheet, raw: unknown, provider: string): number | undefined {
  const ticks = numberOf(fieldOf(raw, 'cost_in_usd_ticks'));
  if (ticks !== undefined) return sheet.costUsd(ticks * USD_PER_TICK);
  const cost = fieldOf(raw, 'cost');
  if (provider === 'perplexity') return sheet.costUsd(fieldOf(cost, 'total_cost'));
  if (provider !== 'openrouter') return undefined;
  // With the caller's own key, `cost` is OpenRouter's fee or 0; the spend is at the upstream provider.
  if (fieldOf(raw, 'is_byok') !== true) return sheet.costUsd(cost);
  return sheet.costUsd(fieldOf(fieldOf(raw, 'cost_details'), 'upstream_inference_cost'));
}
