import type { Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import { fieldOf, present } from './wire-value.ts';

/**
 * Usage of Anthropic messages.
 *
 * `input_tokens` excludes both cache counts. Cache writes come split by lifetime in `cache_creation`, in sum as
 * `cache_creation_input_tokens`, or both; what the split leaves over has the default lifetime of 5 minutes.
 * `output_tokens` includes `output_tokens_details.thinking_tokens`. Null means not reported.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching (checked 2026-11-21)
 */
export function readAnthropicUsage(raw: unknown): Usage {
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const output = sheet.count(raw, 'output_tokens');
  const thinking = sheet.count(fieldOf(raw, 'output_tokens_details'), 'thinking_tokens');
  const searches = sheet.count(fieldOf(raw, 'server_tool_use'), 'web_search_requests');
  const tokens = present({
    input: sheet.count(raw, 'input_tokens'),
    cache_read: sheet.count(raw, 'cache_read_input_tokens'),
    ...cacheWrites(sheet, raw),
    output: sheet.rest(output, [thinking], 'output_parts_exceed_total'),
    reasoning: thinking,
  });
  return sheet.usage(tokens, searches ? { web_search: searches } : {});
}

function cacheWrites(sheet: CountSheet, raw: unknown): object {
  const split = fieldOf(raw, 'cache_creation');
  const total = sheet.count(raw, 'cache_creation_input_tokens');
  const short = sheet.count(split, 'ephemeral_5m_input_tokens');
  const long = sheet.count(split, 'ephemeral_1h_input_tokens');
  const unsplit = sheet.rest(total, [short, long], 'cache_split_mismatch');
  const hasShort =
    short !== undefined || (unsplit !== undefined && (unsplit > 0 || long === undefined));
  return {
    cache_write_5m: hasShort ? (short ?? 0) + (unsplit ?? 0) : undefined,
    cache_write_1h: long,
  };
}
