import type { RequestClass, TokenClass } from '@tokenmeter/core';
import type { CostClass } from './priced-call.ts';

/** Token classes of the prompt; their sum, cached tokens included, chooses the long-context card. */
export const PROMPT_CLASSES: readonly TokenClass[] = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write',
  'cache_read_audio',
  'cache_read_image',
  'input_audio',
  'input_image',
  'input_video',
];

const ANSWER_CLASSES: readonly TokenClass[] = [
  'output',
  'reasoning',
  'output_audio',
  'output_image',
];

/** All token classes. */
export const TOKEN_CLASS_NAMES: readonly TokenClass[] = [...PROMPT_CLASSES, ...ANSWER_CLASSES];

/** Counted requests that may have a fee. */
export const REQUEST_CLASS_NAMES: readonly RequestClass[] = [
  'web_search',
  'file_search',
  'code_interpreter',
  'rerank',
  'grounding',
];

/** All classes of cost. */
export const COST_CLASSES: readonly CostClass[] = [...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES];
