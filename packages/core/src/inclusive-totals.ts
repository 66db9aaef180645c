import type { TokenClass, TokenCounts } from './call-record.ts';
import { present } from './wire-value.ts';

/** Totals as the GenAI conventions define them. Parts are subsets: cache and media of input, reasoning of output. */
export interface InclusiveTotals {
  /** All input tokens, cached and written ones included. */
  readonly inputTokens?: number;
  /** All output tokens, reasoning included. */
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  readonly imageInputTokens?: number;
  readonly imageOutputTokens?: number;
  readonly videoInputTokens?: number;
}

const CACHE_READS: readonly TokenClass[] = ['cache_read', 'cache_read_audio', 'cache_read_image'];
const CACHE_WRITES: readonly TokenClass[] = ['cache_write', 'cache_write_5m', 'cache_write_1h'];
const MEDIA_INPUTS: readonly TokenClass[] = ['input_audio', 'input_image', 'input_video'];
const INPUTS: readonly TokenClass[] = ['input', ...CACHE_READS, ...CACHE_WRITES, ...MEDIA_INPUTS];
const OUTPUTS: readonly TokenClass[] = ['output', 'reasoning', 'output_audio', 'output_image'];

/**
 * Rebuilds the inclusive totals of the GenAI conventions from disjoint classes. A total is undefined when none of its
 * classes was reported.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai (at 6fd0d76, 2026-10-09)
 */
export function inclusiveTotals(tokens: TokenCounts): InclusiveTotals {
  return present({
    inputTokens: sum(tokens, INPUTS),
    outputTokens: sum(tokens, OUTPUTS),
    cacheReadTokens: sum(tokens, CACHE_READS),
    cacheWriteTokens: sum(tokens, CACHE_WRITES),
    reasoningTokens: tokens.reasoning,
    audioInputTokens: sum(tokens, ['input_audio', 'cache_read_audio']),
    audioOutputTokens: tokens.output_audio,
    imageInputTokens: sum(tokens, ['input_image', 'cache_read_image']),
    imageOutputTokens: tokens.output_image,
    videoInputTokens: tokens.input_video,
  });
}

function sum(tokens: TokenCounts, classes: readonly TokenClass[]): number | undefined {
  let total: number | undefined;
  for (const name of classes) {
    const count = tokens[name];
    if (count !== undefined) total = (total ?? 0) + count;
  }
  return total;
}
