import type { TokenCounts } from './call-record.ts';

/** Totals as the GenAI conventions define them. Parts are subsets: cache and media of input, reasoning of output. */
export interface InclusiveTotals {
  /** All input tokens, cached and written ones included. */
  readonly inputTokens: number | undefined;
  /** All output tokens, reasoning included. */
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly audioInputTokens: number | undefined;
  readonly audioOutputTokens: number | undefined;
  readonly imageInputTokens: number | undefined;
  readonly imageOutputTokens: number | undefined;
  readonly videoInputTokens: number | undefined;
}

/**
 * Rebuilds the inclusive totals of the GenAI conventions from disjoint classes. A total is undefined when none of its
 * classes was reported.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai (at 6fd0d76, 2026-10-09)
 */
export function inclusiveTotals(tokens: TokenCounts): InclusiveTotals {
  const cacheRead = sum(sum(tokens.cache_read, tokens.cache_read_audio), tokens.cache_read_image);
  const cacheWrite = sum(sum(tokens.cache_write, tokens.cache_write_5m), tokens.cache_write_1h);
  const { input, input_audio, input_image, input_video } = tokens;
  const fresh = sum(sum(input, input_audio), sum(input_image, input_video));
  const { output, reasoning, output_audio, output_image } = tokens;
  return {
    inputTokens: sum(fresh, sum(cacheRead, cacheWrite)),
    outputTokens: sum(sum(output, reasoning), sum(output_audio, output_image)),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: reasoning,
    audioInputTokens: sum(input_audio, tokens.cache_read_audio),
    audioOutputTokens: output_audio,
    imageInputTokens: sum(input_image, tokens.cache_read_image),
    imageOutputTokens: output_image,
    videoInputTokens: input_video,
  };
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : left + right;
}
