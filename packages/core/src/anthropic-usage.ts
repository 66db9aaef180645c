import type { TokenCounts, Usage, UsagePass } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import { fieldOf, isRecord, listOf, nameOf, present } from './wire-value.ts';

/** Iterations beyond this many make the usage inconsistent; server tool loops end far earlier. */
const MAX_ITERATIONS = 1000;

/**
 * Usage of Anthropic messages.
 *
 * `input_tokens` excludes both cache counts. Cache writes come split by lifetime in `cache_creation`, in sum as
 * `cache_creation_input_tokens`, or both; what the split leaves over has the default lifetime of 5 minutes.
 * `output_tokens` includes `output_tokens_details.thinking_tokens`. Null means not reported.
 *
 * With `iterations` (beta) the call is their sum, because the counts above leave out compaction; each becomes a pass
 * with a prompt, and maybe a model, of its own.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching (checked 2026-11-21)
 */
export function readAnthropicUsage(raw: unknown): Usage {
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const passes = readPasses(sheet, raw);
  const counts = readCounts(sheet, raw);
  const billed = passes.length > 0 ? sumPasses(passes) : counts;
  const thinking = sheet.count(fieldOf(raw, 'output_tokens_details'), 'thinking_tokens');
  const searches = sheet.count(fieldOf(raw, 'server_tool_use'), 'web_search_requests');
  const tokens = present({
    ...billed,
    output: sheet.rest(billed.output, [thinking], 'output_parts_exceed_total'),
    reasoning: thinking,
  });
  const usage = sheet.usage(tokens, searches ? { web_search: searches } : {});
  return usage.kind === 'reported' && passes.length > 1 ? { ...usage, passes } : usage;
}

function readPasses(sheet: CountSheet, raw: unknown): readonly UsagePass[] {
  const iterations = listOf(fieldOf(raw, 'iterations'));
  if (iterations.length > MAX_ITERATIONS) sheet.fail('too_many_iterations');
  return iterations
    .slice(0, MAX_ITERATIONS)
    .filter(isRecord)
    .map((iteration) => ({
      ...present({ model: nameOf(fieldOf(iteration, 'model')) }),
      tokens: readCounts(sheet, iteration),
    }))
    .filter(({ tokens }) => Object.keys(tokens).length > 0);
}

function sumPasses(passes: readonly UsagePass[]): TokenCounts {
  const sum = { input: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0 };
  for (const { tokens } of passes) {
    sum.input += tokens.input ?? 0;
    sum.cache_read += tokens.cache_read ?? 0;
    sum.cache_write_5m += tokens.cache_write_5m ?? 0;
    sum.cache_write_1h += tokens.cache_write_1h ?? 0;
    sum.output += tokens.output ?? 0;
  }
  return sum;
}

function readCounts(sheet: CountSheet, raw: unknown): TokenCounts {
  return present({
    input: sheet.count(raw, 'input_tokens'),
    cache_read: sheet.count(raw, 'cache_read_input_tokens'),
    ...cacheWrites(sheet, raw),
    output: sheet.count(raw, 'output_tokens'),
  });
}

interface CacheWrites {
  readonly cache_write_5m: number | undefined;
  readonly cache_write_1h: number | undefined;
}

function cacheWrites(sheet: CountSheet, raw: unknown): CacheWrites {
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
