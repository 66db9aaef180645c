import type { TokenClass } from '@tokenmeter/core';

const TOKEN_KEYS: ReadonlyMap<string, TokenClass> = new Map([
  ['input_cost_per_token', 'input'],
  ['output_cost_per_token', 'output'],
  ['cache_read_input_token_cost', 'cache_read'],
  ['input_cost_per_token_cache_hit', 'cache_read'],
  ['cache_creation_input_token_cost', 'cache_write_5m'],
  ['cache_creation_input_token_cost_above_1hr', 'cache_write_1h'],
  ['cache_read_input_audio_token_cost', 'cache_read_audio'],
  ['cache_read_input_token_cost_per_audio_token', 'cache_read_audio'],
  ['cache_read_input_image_token_cost', 'cache_read_image'],
  ['input_cost_per_audio_token', 'input_audio'],
  ['input_cost_per_image_token', 'input_image'],
  ['input_cost_per_video_token', 'input_video'],
  ['output_cost_per_audio_token', 'output_audio'],
  ['output_cost_per_image_token', 'output_image'],
  ['output_cost_per_reasoning_token', 'reasoning'],
]);

const VARIANTS: ReadonlyMap<string, string> = new Map([
  ['batches', 'batch'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['ultrafast', 'ultrafast'],
  ['balanced', 'balanced'],
]);

const KEY =
  /^([a-z_0-9]+?)(?:_above_(\d{1,5})k_tokens)?(?:_(batches|flex|priority|ultrafast|balanced))?$/;

/** What a key of a LiteLLM entry prices. */
export interface LitellmKey {
  readonly tokenClass: TokenClass;
  /** Threshold of `…_above_200k_tokens`, in tokens. */
  readonly aboveTokens?: number;
  /** Such as `batch`, `flex` or `priority`. */
  readonly variant?: string;
}

/** Reads a key such as `input_cost_per_token_above_272k_tokens_priority`; undefined when it prices no token class. */
export function parseLitellmKey(key: string): LitellmKey | undefined {
  const match = key.length > 200 ? null : KEY.exec(key);
  const tokenClass = TOKEN_KEYS.get(match?.[1] ?? '');
  if (match === null || tokenClass === undefined) return undefined;
  const variant = VARIANTS.get(match[3] ?? '');
  return {
    tokenClass,
    ...(match[2] === undefined ? {} : { aboveTokens: Number(match[2]) * 1000 }),
    ...(variant === undefined ? {} : { variant }),
  };
}
