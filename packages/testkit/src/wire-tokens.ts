import type { TokenClass, TokenCounts } from '@tokenmeter/core';
import { providerOf, type ReplayApi } from './reply.ts';

/** Tokens of a call in the classes that its API can express; zero where it has none. */
export interface WireTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Written to a cache of unstated lifetime: OpenAI's `cache_write_tokens`. */
  readonly cacheWrite: number;
  /** Visible output. */
  readonly output: number;
  readonly reasoning: number;
}

const NOTHING: WireTokens = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
};

/**
 * Maps planned classes to those of an API: OpenAI does not say how long a cache write lives, Anthropic always does.
 *
 * Embeddings have input alone. Audio and image classes are not spoken by these APIs here and count as plain input or output.
 */
export function expressTokens(api: ReplayApi, tokens: TokenCounts): WireTokens {
  const count = (...classes: readonly TokenClass[]): number =>
    classes.reduce((sum, name) => sum + (tokens[name] ?? 0), 0);
  if (api === 'openai.embeddings') return { ...NOTHING, input: count('input') };
  const isAnthropic = providerOf(api) === 'anthropic';
  return {
    input: count('input', 'input_audio', 'input_image', 'input_video'),
    cacheRead: count('cache_read', 'cache_read_audio', 'cache_read_image'),
    cacheWrite5m: isAnthropic ? count('cache_write_5m', 'cache_write') : 0,
    cacheWrite1h: isAnthropic ? count('cache_write_1h') : 0,
    cacheWrite: isAnthropic ? 0 : count('cache_write', 'cache_write_5m', 'cache_write_1h'),
    output: count('output', 'output_audio', 'output_image'),
    reasoning: count('reasoning'),
  };
}

/** The same tokens under the shared class names, classes without tokens left out. */
export function toTokenCounts(tokens: WireTokens): TokenCounts {
  const all: Record<string, number> = {
    input: tokens.input,
    cache_read: tokens.cacheRead,
    cache_write_5m: tokens.cacheWrite5m,
    cache_write_1h: tokens.cacheWrite1h,
    cache_write: tokens.cacheWrite,
    output: tokens.output,
    reasoning: tokens.reasoning,
  };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

/** `usage` of chat completions (openai 7.55): totals include cached, written and reasoning tokens. */
export function renderChatUsage(tokens: WireTokens): Record<string, unknown> {
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  const completion = tokens.output + tokens.reasoning;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: tokens.cacheRead,
      audio_tokens: 0,
      ...(tokens.cacheWrite > 0 && { cache_write_tokens: tokens.cacheWrite }),
    },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** `usage` of responses (openai 7.55): totals include cached, written and reasoning tokens. */
export function renderResponsesUsage(tokens: WireTokens): Record<string, unknown> {
  const input = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  const output = tokens.output + tokens.reasoning;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: tokens.cacheRead,
      ...(tokens.cacheWrite > 0 && { cache_write_tokens: tokens.cacheWrite }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: input + output,
  };
}

/** `usage` of messages (@anthropic-ai/sdk 1.11): input excludes both cache classes, output includes thinking. */
export function renderMessagesUsage(
  tokens: WireTokens,
  serviceTier: string,
): Record<string, unknown> {
  return {
    input_tokens: tokens.input,
    cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: tokens.cacheWrite5m,
      ephemeral_1h_input_tokens: tokens.cacheWrite1h,
    },
    output_tokens: tokens.output + tokens.reasoning,
    ...(tokens.reasoning > 0 && { output_tokens_details: { thinking_tokens: tokens.reasoning } }),
    service_tier: serviceTier,
    inference_geo: 'not_available',
  };
}
