import type { Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import { fieldOf, firstOf, listOf, present } from './wire-value.ts';

/**
 * Usage of Bedrock Converse, of Nova models, and of Bedrock's own metrics for invoked models.
 *
 * `inputTokens` excludes both cache counts, which come as `cacheReadInputTokens` or `cacheReadInputTokenCount` (and
 * `…Write…`); `cacheDetails: [{ ttl: '5m' | '1h', inputTokens }]` splits the writes by lifetime, and what it leaves over
 * has no known lifetime. `totalTokens` is accepted with and without the cached tokens. Metrics say
 * `inputTokenCount` and `outputTokenCount`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html (checked 2026-11-21)
 */
export function readBedrockUsage(raw: unknown): Usage {
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const input = sheet.count(raw, 'inputTokens', 'inputTokenCount');
  const output = sheet.count(raw, 'outputTokens', 'outputTokenCount');
  const read = sheet.count(raw, 'cacheReadInputTokens', 'cacheReadInputTokenCount');
  const written = sheet.count(raw, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount');
  checkTotal(sheet, raw, {
    input: input ?? 0,
    output: output ?? 0,
    cached: (read ?? 0) + (written ?? 0),
  });
  const short = writtenFor(sheet, raw, '5m');
  const long = writtenFor(sheet, raw, '1h');
  const rest = sheet.rest(written, [short, long], 'cache_split_mismatch');
  const isSplit = short !== undefined || long !== undefined;
  const tokens = present({
    input,
    cache_read: read,
    cache_write_5m: short,
    cache_write_1h: long,
    cache_write: isSplit && rest === 0 ? undefined : rest,
    output,
  });
  return sheet.usage(tokens, {});
}

interface Sums {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

function checkTotal(sheet: CountSheet, raw: unknown, { input, output, cached }: Sums): void {
  const total = sheet.count(raw, 'totalTokens');
  if (total === undefined || total === input + output || total === input + output + cached) return;
  sheet.fail('total_mismatch');
}

function writtenFor(sheet: CountSheet, raw: unknown, ttl: string): number | undefined {
  let sum: number | undefined;
  for (const entry of listOf(firstOf(raw, 'cacheDetails'))) {
    if (fieldOf(entry, 'ttl') !== ttl) continue;
    const count = sheet.count(entry, 'inputTokens');
    if (count !== undefined) sum = (sum ?? 0) + count;
  }
  return sum;
}
