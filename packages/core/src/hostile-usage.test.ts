import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Usage } from './call-record.ts';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = {
  api: 'openai.chat',
  provider: 'openai',
  operation: 'chat',
  modifiers: {},
};
const MESSAGES: Endpoint = { ...CHAT, api: 'anthropic.messages', provider: 'anthropic' };

const GEMINI: Endpoint = { ...CHAT, api: 'gemini.generate', provider: 'gcp.gemini' };
const CONVERSE: Endpoint = { ...CHAT, api: 'bedrock.converse', provider: 'aws.bedrock' };
const EMBEDDINGS: Endpoint = { ...CHAT, api: 'openai.embeddings', operation: 'embeddings' };

function usageOf(endpoint: Endpoint, usageText: string): Usage {
  const head = { statusCode: 200, contentType: 'application/json' };
  const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, '{}'));
  decoder.push(
    `{"id":"x","type":"message","model":"m","usage":${usageText},"usageMetadata":${usageText}}`,
  );
  return decoder.result().usage;
}

test.for([
  { note: 'a negative count', usage: '{"prompt_tokens":-1}', problem: 'count_negative' },
  { note: 'a fraction', usage: '{"prompt_tokens":1.5}', problem: 'count_fractional' },
  { note: 'a huge number', usage: '{"prompt_tokens":1e308}', problem: 'count_too_large' },
  { note: 'infinity', usage: '{"prompt_tokens":1e999}', problem: 'count_too_large' },
  { note: 'a billion', usage: '{"prompt_tokens":1000000000}', problem: 'count_too_large' },
  {
    note: 'a million searches',
    usage: '{"prompt_tokens":1,"server_tool_use":{"web_search_requests":1000000}}',
    problem: 'count_too_large',
  },
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
    note: 'an output without the input that the total proves',
    usage: '{"completion_tokens":5,"total_tokens":15}',
    problem: 'total_mismatch',
  },
  { note: 'a total alone', usage: '{"total_tokens":9}', problem: 'total_only' },
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

test('a total alone is the input of an embedding', () => {
  expect(usageOf(EMBEDDINGS, '{"total_tokens":9}')).toMatchObject({ tokens: { input: 9 } });
});

test.for([
  { note: 'a negative cost', cost: '-1' },
  { note: 'a text cost', cost: '"0.1"' },
  { note: 'an absurd cost', cost: '1e300' },
  { note: 'an infinite cost', cost: '1e999' },
  { note: 'a cost with a damaged exponent', cost: '4.5e+05' },
  { note: 'a cent more than its token can cost', cost: '10.011' },
])('$note is a problem and no cost, and the tokens stay', ({ cost }) => {
  const endpoint = { ...CHAT, provider: 'openrouter' };
  const decoder = createResponseDecoder(
    endpoint,
    { statusCode: 200 },
    decodeRequest(endpoint, '{}'),
  );
  decoder.push(`{"usage":{"prompt_tokens":1,"cost":${cost}}}`);
  const { usage, problems } = decoder.result();
  expect(usage).toMatchObject({ kind: 'reported', tokens: { input: 1 } });
  expect(usage).not.toHaveProperty('providerCostUsd');
  expect(problems).toEqual(['provider_cost_invalid']);
});

test('a cost is believed up to $10 and $1,000 per million tokens, and no further', () => {
  const endpoint = { ...CHAT, provider: 'openrouter' };
  const most = fc.record({ prompt: fc.nat(100_000), output: fc.nat(100_000) });
  fc.assert(
    fc.property(most, fc.double({ min: 0, max: 1000, noNaN: true }), ({ prompt, output }, cost) => {
      const decoder = createResponseDecoder(
        endpoint,
        { statusCode: 200 },
        decodeRequest(endpoint, '{}'),
      );
      const usage = { prompt_tokens: prompt, completion_tokens: output, cost };
      decoder.push(JSON.stringify({ usage }));
      const result = decoder.result();
      const isBelieved = cost <= 10 + (prompt + output) * 0.001;
      expect(result.usage).toMatchObject({ tokens: { input: prompt, output } });
      expect('providerCostUsd' in result.usage && result.usage.providerCostUsd).toBe(
        isBelieved && cost,
      );
      expect(result.problems).toEqual(isBelieved ? [] : ['provider_cost_invalid']);
    }),
  );
});

test.for([
  {
    note: 'a total that is not the sum',
    endpoint: GEMINI,
    usage: '{"promptTokenCount":5,"candidatesTokenCount":5,"totalTokenCount":11}',
    problem: 'total_mismatch',
  },
  {
    note: 'more cached than prompt',
    endpoint: GEMINI,
    usage: '{"promptTokenCount":5,"cachedContentTokenCount":6}',
    problem: 'input_parts_exceed_total',
  },
  {
    note: 'more cached audio than audio',
    endpoint: GEMINI,
    usage:
      '{"promptTokenCount":9,"cachedContentTokenCount":6,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":1}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":2}]}',
    problem: 'cache_parts_exceed_total',
  },
  {
    note: 'a text in the details',
    endpoint: GEMINI,
    usage: '{"promptTokenCount":9,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":"1"}]}',
    problem: 'count_not_a_number',
  },
  {
    note: 'a total that is no sum of Bedrock',
    endpoint: CONVERSE,
    usage: '{"inputTokens":5,"outputTokens":5,"totalTokens":11}',
    problem: 'total_mismatch',
  },
  {
    note: 'details above the cache writes',
    endpoint: CONVERSE,
    usage: '{"cacheWriteInputTokens":5,"cacheDetails":[{"ttl":"1h","inputTokens":6}]}',
    problem: 'cache_split_mismatch',
  },
])('$note is inconsistent', ({ endpoint, usage, problem }) => {
  expect(usageOf(endpoint, usage)).toMatchObject({ kind: 'inconsistent', problem });
});
