import { expect, test } from 'vitest';
import { cacheStatus } from './cache-status.ts';
import type { TokenCounts } from './call-record.ts';
import { inclusiveTotals } from './inclusive-totals.ts';

test('totals include their parts', () => {
  const tokens = {
    input: 1,
    cache_read: 2,
    cache_write_5m: 4,
    cache_write_1h: 8,
    cache_write: 16,
    cache_read_audio: 32,
    input_audio: 64,
    input_image: 128,
    input_video: 256,
    output: 1,
    reasoning: 2,
    output_audio: 4,
    output_image: 8,
  };
  expect(inclusiveTotals(tokens)).toEqual({
    inputTokens: 511,
    outputTokens: 15,
    cacheReadTokens: 34,
    cacheWriteTokens: 28,
    reasoningTokens: 2,
    audioInputTokens: 96,
    audioOutputTokens: 4,
    imageInputTokens: 128,
    imageOutputTokens: 8,
    videoInputTokens: 256,
  });
});

test('what was not reported stays undefined, zero stays zero', () => {
  expect(inclusiveTotals({})).toEqual({});
  expect(inclusiveTotals({ input: 0 })).toEqual({ inputTokens: 0 });
});

test.for<{ tokens: TokenCounts; want: string }>([
  { tokens: { input: 5, cache_read: 1 }, want: 'hit' },
  { tokens: { input: 5, cache_read_audio: 1 }, want: 'hit' },
  { tokens: { input: 5, cache_read: 0 }, want: 'miss' },
  { tokens: { input: 5, cache_write_5m: 9 }, want: 'miss' },
  { tokens: { input: 5 }, want: 'none' },
])('$tokens is a cache $want', ({ tokens, want }) => {
  expect(cacheStatus({ kind: 'reported', tokens, requests: {}, raw: {} })).toBe(want);
});

test('missing usage says nothing about the cache', () => {
  expect(cacheStatus({ kind: 'missing' })).toBe('none');
});
