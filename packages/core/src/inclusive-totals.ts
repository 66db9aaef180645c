import { TOKEN_CLASSES, type TokenClass, type TokenCounts } from './call-record.ts';

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

type Total = keyof InclusiveTotals;

/** The totals that a class is part of. */
const TOTALS: Readonly<Record<TokenClass, readonly Total[]>> = {
  input: ['inputTokens'],
  cache_read: ['inputTokens', 'cacheReadTokens'],
  cache_read_audio: ['inputTokens', 'cacheReadTokens', 'audioInputTokens'],
  cache_read_image: ['inputTokens', 'cacheReadTokens', 'imageInputTokens'],
  cache_write: ['inputTokens', 'cacheWriteTokens'],
  cache_write_5m: ['inputTokens', 'cacheWriteTokens'],
  cache_write_1h: ['inputTokens', 'cacheWriteTokens'],
  input_audio: ['inputTokens', 'audioInputTokens'],
  input_image: ['inputTokens', 'imageInputTokens'],
  input_video: ['inputTokens', 'videoInputTokens'],
  output: ['outputTokens'],
  reasoning: ['outputTokens', 'reasoningTokens'],
  output_audio: ['outputTokens', 'audioOutputTokens'],
  output_image: ['outputTokens', 'imageOutputTokens'],
};

/**
 * Rebuilds the inclusive totals of the GenAI conventions from disjoint classes. A total is undefined when none of its
 * classes was reported.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai (at 6fd0d76, 2026-10-09)
 */
export function inclusiveTotals(tokens: TokenCounts): InclusiveTotals {
  const totals: { -readonly [K in Total]?: number } = {};
  for (const name of TOKEN_CLASSES) {
    const count = tokens[name];
    if (count === undefined) continue;
    for (const total of TOTALS[name]) totals[total] = (totals[total] ?? 0) + count;
  }
  return totals;
}
