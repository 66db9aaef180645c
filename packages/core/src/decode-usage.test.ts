import fc from 'fast-check';
import { expect, test } from 'vitest';
import { API_NAMES, type ApiName, decodeUsage, isApiName } from './index.ts';

const CASES: readonly {
  note: string;
  api: ApiName;
  provider?: string;
  model?: string;
  usage: unknown;
  tokens: object;
  more?: object;
  modifiers?: object;
}[] = [
  {
    note: 'cached and reasoning tokens leave their totals',
    api: 'openai.chat',
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 600 },
      completion_tokens_details: { reasoning_tokens: 100 },
    },
    tokens: { input: 400, cache_read: 600, output: 200, reasoning: 100 },
  },
  {
    note: 'the responses API has other names',
    api: 'openai.responses',
    usage: {
      input_tokens: 50,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 57,
    },
    tokens: { input: 50, cache_read: 0, output: 7, reasoning: 0 },
  },
  {
    note: 'an embedding has its total only',
    api: 'openai.embeddings',
    usage: { total_tokens: 12 },
    tokens: { input: 12 },
  },
  {
    note: 'Anthropic counts cached tokens apart and names its tier',
    api: 'anthropic.messages',
    provider: 'anthropic',
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 40,
      service_tier: 'batch',
      server_tool_use: { web_search_requests: 2 },
    },
    tokens: { input: 10, cache_read: 2000, cache_write_5m: 100, cache_write_1h: 200, output: 40 },
    more: { requests: { web_search: 2 } },
    modifiers: { serviceTier: 'batch' },
  },
  {
    note: 'Gemini has thoughts and tool prompts outside',
    api: 'gemini.generate',
    provider: 'gcp.vertex_ai',
    usage: {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      toolUsePromptTokenCount: 5,
      totalTokenCount: 155,
      trafficType: 'ON_DEMAND_FLEX',
    },
    tokens: { input: 45, cache_read: 60, output: 20, reasoning: 30 },
    modifiers: { serviceTier: 'flex' },
  },
  {
    note: 'Gemini interactions have words of their own',
    api: 'gemini.generate',
    usage: { total_input_tokens: 9, total_output_tokens: 4, total_thought_tokens: 2 },
    tokens: { input: 9, output: 4, reasoning: 2 },
  },
  {
    note: 'Bedrock splits cache writes by lifetime',
    api: 'bedrock.converse',
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 315,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 200,
      cacheDetails: [
        { ttl: '5m', inputTokens: 50 },
        { ttl: '1h', inputTokens: 150 },
      ],
    },
    tokens: { input: 10, cache_read: 100, cache_write_5m: 50, cache_write_1h: 150, output: 5 },
  },
  {
    note: 'an invoked Llama has loose counts',
    api: 'bedrock.invoke',
    usage: { prompt_token_count: 8, generation_token_count: 3 },
    tokens: { input: 8, output: 3 },
  },
  {
    note: 'an invoked Claude has Anthropic’s usage',
    api: 'bedrock.invoke',
    usage: { input_tokens: 8, output_tokens: 3, cache_read_input_tokens: 1 },
    tokens: { input: 8, cache_read: 1, output: 3 },
  },
  {
    note: 'Mistral’s bare cached count is read',
    api: 'mistral.chat',
    usage: { prompt_tokens: 10, num_cached_tokens: 4, completion_tokens: 2, total_tokens: 12 },
    tokens: { input: 6, cache_read: 4, output: 2 },
  },
  {
    note: 'Cohere bills its units',
    api: 'cohere.chat',
    usage: {
      billed_units: { input_tokens: 431, output_tokens: 6 },
      tokens: { input_tokens: 2190, output_tokens: 6 },
    },
    tokens: { input: 431, output: 6 },
  },
  {
    note: 'a rerank is counted',
    api: 'cohere.rerank',
    usage: { billed_units: { search_units: 1 } },
    tokens: {},
    more: { requests: { rerank: 1 } },
  },
  {
    note: 'Ollama has its counts in the response',
    api: 'ollama.chat',
    usage: { model: 'llama', done: true, prompt_eval_count: 26, eval_count: 298 },
    tokens: { input: 26, output: 298 },
  },
  {
    note: 'OpenRouter reports a cost',
    api: 'openai.chat',
    provider: 'openrouter',
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.0123 },
    tokens: { input: 10, output: 5 },
    more: { providerCostUsd: 0.0123 },
  },
];

test.for(CASES)('$note', ({ api, provider = 'openai', model, usage, tokens, more, modifiers }) => {
  const facts = { provider, ...(model === undefined ? {} : { model }) };
  expect(decodeUsage(api, usage, facts)).toEqual({
    usage: { kind: 'reported', tokens, requests: {}, ...more, raw: expect.anything() },
    modifiers: modifiers ?? {},
  });
});

test.for([
  { note: 'null', api: 'openai.chat', usage: null, want: { kind: 'missing' } },
  { note: 'nothing', api: 'gemini.generate', usage: undefined, want: { kind: 'missing' } },
  { note: 'no counts', api: 'anthropic.messages', usage: {}, want: { kind: 'missing' } },
  { note: 'no object for Ollama', api: 'ollama.chat', usage: 5, want: { kind: 'missing' } },
  {
    note: 'more cached than prompt',
    api: 'openai.chat',
    usage: { prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 6 } },
    want: { kind: 'inconsistent', problem: 'input_parts_exceed_total' },
  },
  {
    note: 'a negative count',
    api: 'bedrock.converse',
    usage: { inputTokens: -1 },
    want: { kind: 'inconsistent', problem: 'count_negative' },
  },
  {
    note: 'a text',
    api: 'openai.chat',
    usage: 'many',
    want: { kind: 'inconsistent', problem: 'usage_not_an_object' },
  },
] as const)('$note is no usage for $api', ({ api, usage, want }) => {
  expect(decodeUsage(api, usage, { provider: 'openai' })?.usage).toMatchObject(want);
});

test('custom calls have no wire format', () => {
  expect(decodeUsage('custom', { input: 1 }, { provider: 'openai' })).toBeUndefined();
});

test('only declared names are APIs', () => {
  expect(API_NAMES.filter(isApiName)).toEqual(API_NAMES);
  expect(['', 'openai', '__proto__', 'constructor'].filter(isApiName)).toEqual([]);
});

test('any JSON is taken for any API without a throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...API_NAMES), fc.jsonValue(), (api, usage) => {
      const decoded = decodeUsage(api, usage, { provider: 'openai', model: 'm' });
      const counts = decoded?.usage.kind === 'reported' ? decoded.usage.tokens : {};
      expect(Object.values(counts).every((count) => count >= 0)).toBe(true);
    }),
  );
});
