import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Usage } from './call-record.ts';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';
import { inclusiveTotals } from './inclusive-totals.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = {
  api: 'openai.chat',
  provider: 'openai',
  operation: 'chat',
  modifiers: {},
};
const MESSAGES: Endpoint = { ...CHAT, api: 'anthropic.messages', provider: 'anthropic' };

function usageOf(endpoint: Endpoint, usageText: string): Usage {
  const head = { statusCode: 200, contentType: 'application/json' };
  const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, '{}'));
  decoder.push(`{"id":"x","type":"message","model":"m","usage":${usageText}}`);
  return decoder.result().usage;
}

test.for([
  { note: 'a negative count', usage: '{"prompt_tokens":-1}', problem: 'count_negative' },
  { note: 'a fraction', usage: '{"prompt_tokens":1.5}', problem: 'count_fractional' },
  { note: 'a huge number', usage: '{"prompt_tokens":1e308}', problem: 'count_too_large' },
  { note: 'infinity', usage: '{"prompt_tokens":1e999}', problem: 'count_too_large' },
  { note: 'text', usage: '{"prompt_tokens":"12"}', problem: 'count_not_a_number' },
  { note: 'a list', usage: '{"prompt_tokens":[12]}', problem: 'count_not_a_number' },
  { note: 'a boolean', usage: '{"prompt_tokens":true}', problem: 'count_not_a_number' },
  { note: 'usage as a list', usage: '[1,2]', problem: 'usage_not_an_object' },
  { note: 'usage as text', usage: '"10 tokens"', problem: 'usage_not_an_object' },
  {
    note: 'more reasoning than output',
    usage: '{"completion_tokens":1,"completion_tokens_details":{"reasoning_tokens":2}}',
    problem: 'output_parts_exceed_total',
  },
  {
    note: 'a total below its parts',
    usage: '{"prompt_tokens":5,"completion_tokens":5,"total_tokens":9}',
    problem: 'total_mismatch',
  },
  {
    note: 'hits and misses that are not the prompt',
    usage: '{"prompt_tokens":5,"prompt_cache_hit_tokens":1,"prompt_cache_miss_tokens":1}',
    problem: 'cache_split_mismatch',
  },
])('$note is inconsistent, never a number', ({ usage, problem }) => {
  expect(usageOf(CHAT, usage)).toMatchObject({ kind: 'inconsistent', problem });
});

test.for([
  {
    note: 'a cache split above its total',
    usage: '{"cache_creation_input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":2}}',
    problem: 'cache_split_mismatch',
  },
  {
    note: 'thinking above the output',
    usage: '{"output_tokens":1,"output_tokens_details":{"thinking_tokens":2}}',
    problem: 'output_parts_exceed_total',
  },
  { note: 'a text count', usage: '{"input_tokens":"7"}', problem: 'count_not_a_number' },
])('$note is inconsistent for Anthropic', ({ usage, problem }) => {
  expect(usageOf(MESSAGES, usage)).toMatchObject({ kind: 'inconsistent', problem });
});

test.for([
  { note: 'null', usage: 'null' },
  { note: 'an empty object', usage: '{}' },
  { note: 'nulls only', usage: '{"prompt_tokens":null,"input_tokens":null}' },
  { note: 'a prototype in disguise', usage: '{"__proto__":{"prompt_tokens":5,"input_tokens":5}}' },
])('$note is missing usage', ({ usage }) => {
  expect(usageOf(CHAT, usage)).toEqual({ kind: 'missing' });
  expect(usageOf(MESSAGES, usage)).toEqual({ kind: 'missing' });
});

test('zero is reported as zero', () => {
  const usage = usageOf(CHAT, '{"prompt_tokens":0,"completion_tokens":0}');
  expect(usage).toMatchObject({ kind: 'reported', tokens: { input: 0, output: 0 } });
});

test('the audit copy keeps numbers and known words only', () => {
  const usage = usageOf(
    CHAT,
    '{"prompt_tokens":1,"service_tier":"flex","note":"secret words","n":"-3","deep":{"text":"secret"},"__proto__":{"a":1}}',
  );
  expect(usage).toMatchObject({ kind: 'reported' });
  expect('raw' in usage && usage.raw).toEqual({
    prompt_tokens: 1,
    service_tier: 'flex',
    n: '-3',
    deep: {},
  });
});

const count = fc.nat(1_000_000);

test('the classes of OpenAI usage sum to the reported totals', () => {
  fc.assert(
    fc.property(count, count, count, count, (cached, uncached, visible, reasoning) => {
      const [input, output] = [cached + uncached, visible + reasoning];
      const usage = usageOf(
        CHAT,
        JSON.stringify({
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: input + output,
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: cached,
        reasoningTokens: reasoning,
      });
    }),
  );
});

test('the classes of Anthropic usage sum to input plus both cache counts', () => {
  fc.assert(
    fc.property(count, count, count, count, (input, read, short, long) => {
      const usage = usageOf(
        MESSAGES,
        JSON.stringify({
          input_tokens: input,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: short + long,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
          output_tokens: 1,
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: input + read + short + long,
        outputTokens: 1,
        cacheReadTokens: read,
        cacheWriteTokens: short + long,
      });
    }),
  );
});

test('any JSON and any text decode without throwing and without a bad number', () => {
  const anyUsage = fc.dictionary(
    fc.constantFrom(
      'prompt_tokens',
      'completion_tokens',
      'total_tokens',
      'prompt_tokens_details',
      'input_tokens',
      'output_tokens',
      'cache_creation',
      'cost',
      '__proto__',
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(CHAT, MESSAGES, { ...CHAT, api: 'openai.responses' as const }),
      fc.jsonValue(),
      anyUsage,
      fc.string(),
      (endpoint, body, usage, text) => {
        const request = decodeRequest(endpoint, JSON.stringify(body));
        decodeRequest(endpoint, text);
        for (const wire of [
          JSON.stringify(body),
          JSON.stringify({ usage }),
          `data: ${JSON.stringify({ usage })}\n\n${text}`,
          text,
        ]) {
          const decoder = createResponseDecoder(endpoint, { statusCode: 200 }, request);
          decoder.push(wire);
          const result = decoder.result().usage;
          const counts = result.kind === 'reported' ? Object.values(result.tokens) : [];
          expect(counts.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
        }
      },
    ),
    { numRuns: 500 },
  );
});
