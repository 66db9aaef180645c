import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCounts } from './index.ts';

test.for([
  {
    note: 'own classes',
    usage: { input: 10, cache_read: 2, web_search: 1 },
    want: { tokens: { input: 10, cache_read: 2 }, requests: { web_search: 1 } },
  },
  {
    note: 'inclusive totals',
    semantics: 'inclusive' as const,
    usage: {
      input_tokens: 1000,
      cache_read_tokens: 300,
      cache_write_tokens: 100,
      cache_write_1h_tokens: 40,
      input_audio_tokens: 50,
      cache_audio_read_tokens: 20,
      output_tokens: 500,
      output_reasoning_tokens: 200,
    },
    want: {
      tokens: {
        input: 570,
        cache_read: 280,
        cache_write_1h: 40,
        cache_write: 60,
        cache_read_audio: 20,
        input_audio: 30,
        output: 300,
        reasoning: 200,
      },
      requests: {},
    },
  },
  {
    note: 'exclusive totals',
    semantics: 'exclusive' as const,
    usage: { input_tokens: 600, cache_read_tokens: 300, cache_write_tokens: 100, output_tokens: 5 },
    want: {
      tokens: { input: 600, cache_read: 300, cache_write: 100, output: 5 },
      requests: {},
    },
  },
])('$note become disjoint classes', ({ usage, semantics, want }) => {
  expect(decodeCounts(usage, semantics)).toEqual({ kind: 'reported', ...want, raw: usage });
});

test.for([
  { note: 'null', usage: null, want: 'missing' },
  { note: 'nothing', usage: {}, want: 'missing' },
  { note: 'nulls', usage: { input: null }, want: 'missing' },
  { note: 'a text', usage: 'many', want: 'inconsistent' },
  { note: 'a text as count', usage: { input: '5' }, want: 'inconsistent' },
  { note: 'a negative count', usage: { input: -5 }, want: 'inconsistent' },
  { note: 'half a token', usage: { input: 0.5 }, want: 'inconsistent' },
  { note: 'a typing error', usage: { inputs: 5 }, want: 'inconsistent' },
  {
    note: 'more cached than all',
    semantics: 'inclusive' as const,
    usage: { input_tokens: 5, cache_read_tokens: 6 },
    want: 'inconsistent',
  },
])('$note is $want', ({ usage, semantics, want }) => {
  expect(decodeCounts(usage, semantics).kind).toBe(want);
});

test('classes of inclusive totals sum to the totals', () => {
  const count = fc.nat(1000);
  fc.assert(
    fc.property(count, count, count, count, count, (plain, read, write, text, reasoning) => {
      const usage = {
        input_tokens: plain + read + write,
        cache_read_tokens: read,
        cache_write_tokens: write,
        output_tokens: text + reasoning,
        output_reasoning_tokens: reasoning,
      };
      const decoded = decodeCounts(usage, 'inclusive');
      const tokens = decoded.kind === 'reported' ? Object.values(decoded.tokens) : [];
      const sum = tokens.reduce((total, each) => total + each, 0);
      expect(sum).toBe(usage.input_tokens + usage.output_tokens);
    }),
  );
});

test('whatever JSON comes, it never throws', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(undefined, 'inclusive', 'exclusive'),
      (usage, semantics) => {
        expect(decodeCounts(usage, semantics).kind).toMatch(/reported|missing|inconsistent/);
      },
    ),
  );
});
