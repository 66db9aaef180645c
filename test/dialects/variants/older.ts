import { anthropic, GPT, IN, OUT, openai, span, type Variant } from './variant.ts';

const BEDROCK = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const AI_BEDROCK = {
  'ai.model.provider': 'amazon-bedrock',
  'ai.model.id': BEDROCK,
  'ai.response.model': BEDROCK,
} as const;
const WRITTEN = { bedrock: { usage: { cacheWriteInputTokens: 2001 } } };

function bedrock(tokens: Readonly<Record<string, number>>): Variant['calls'][number] {
  return { provider: 'aws.bedrock', model: BEDROCK, tokens };
}

/** Versions of libraries that other users still run, seen in captures of 2026-11-22. */
export const OLDER_VARIANTS: readonly Variant[] = [
  {
    note: 'OpenLLMetry 0.53: reasoning under its old prefix',
    scopes: {
      'opentelemetry.instrumentation.openai.v1': [
        span({
          'llm.request.type': 'chat',
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': GPT,
          [IN]: 3396,
          [OUT]: 7650,
          'gen_ai.usage.cache_read_input_tokens': 2319,
          'llm.usage.reasoning_tokens': 7095,
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555, reasoning: 7095 })],
  },
  {
    note: 'OpenInference 0.1.12: a response of which only the answer tells',
    scopes: {
      'openinference.instrumentation.openai': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.invocation_parameters': '{"input": "hello", "model": "gpt-4o"}',
          'output.value': JSON.stringify({
            id: 'resp_1',
            model: GPT,
            usage: {
              input_tokens: 4040,
              input_tokens_details: { cached_tokens: 2725 },
              output_tokens: 737,
              output_tokens_details: { reasoning_tokens: 0 },
            },
          }),
        }),
      ],
    },
    calls: [openai({ input: 1315, cache_read: 2725, output: 737 })],
  },
  {
    note: 'OpenInference 0.1.12: cached and reasoning only in the answer',
    scopes: {
      'openinference.instrumentation.openai': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.model_name': GPT,
          'llm.token_count.prompt': 3396,
          'llm.token_count.completion': 7650,
          'output.value': JSON.stringify({
            usage: {
              completion_tokens_details: { reasoning_tokens: 7095 },
              prompt_tokens_details: { cached_tokens: 2319 },
            },
          }),
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555, reasoning: 7095 })],
  },
  {
    note: 'OpenLIT 1.11 for JavaScript: parts under names of its own',
    scopes: {
      '@openlit/instrumentation-openai': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.model': GPT,
          [IN]: 3396,
          [OUT]: 7650,
          'gen_ai.usage.prompt_tokens_details.cache_read': 2319,
          'gen_ai.usage.completion_tokens_details.reasoning': 7095,
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555, reasoning: 7095 })],
  },
  {
    note: 'Langfuse 4 for JavaScript: totals hold their parts',
    scopes: {
      'langfuse-sdk': [
        span({
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': GPT,
          'langfuse.observation.usage_details': JSON.stringify({
            input: 3396,
            output: 7650,
            total: 11_046,
            input_cached_tokens: 2319,
            output_reasoning_tokens: 7095,
          }),
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555, reasoning: 7095 })],
  },
  {
    note: 'AI SDK 4 over Anthropic: cache counts by themselves, input without them',
    scopes: {
      ai: [
        span({
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.prompt.format': 'prompt',
          'ai.model.provider': 'anthropic.messages',
          'ai.model.id': 'claude-sonnet-4-5',
          'ai.response.providerMetadata':
            '{"anthropic":{"cacheCreationInputTokens":42500,"cacheReadInputTokens":4204}}',
          'ai.usage.promptTokens': 2182,
          'ai.usage.completionTokens': 1400,
        }),
      ],
    },
    calls: [anthropic({ input: 2182, cache_read: 4204, cache_write: 42_500, output: 1400 })],
  },
  {
    note: 'AI SDK 4 over another provider: metadata under its name',
    scopes: {
      ai: [
        span({
          'ai.operationId': 'ai.generateText.doGenerate',
          'gen_ai.system': 'deepseek.chat',
          'gen_ai.request.model': 'deepseek-chat',
          'ai.response.providerMetadata':
            '{"deepseek":{"reasoningTokens":160,"cachedPromptTokens":3334}}',
          [IN]: 5006,
          [OUT]: 877,
        }),
      ],
    },
    calls: [
      {
        provider: 'deepseek',
        model: 'deepseek-chat',
        tokens: { input: 1672, cache_read: 3334, output: 717, reasoning: 160 },
      },
    ],
  },
  {
    note: 'AI SDK 5 over Bedrock, an object: input without what the cache held',
    scopes: {
      ai: [
        span({
          'ai.operationId': 'ai.generateObject.doGenerate',
          'ai.request.headers.user-agent': 'ai/5.0.277',
          ...AI_BEDROCK,
          'ai.response.providerMetadata': JSON.stringify(WRITTEN),
          [IN]: 3001,
          [OUT]: 71,
        }),
      ],
    },
    calls: [bedrock({ input: 3001, cache_write: 2001, output: 71 })],
  },
  {
    note: 'AI SDK 6 over Bedrock, an object: input with it',
    scopes: {
      ai: [
        span({
          'ai.operationId': 'ai.generateObject.doGenerate',
          'ai.request.headers.user-agent': 'ai/6.0.326',
          ...AI_BEDROCK,
          'ai.response.providerMetadata': JSON.stringify(WRITTEN),
          [IN]: 3001,
          [OUT]: 71,
        }),
      ],
    },
    calls: [bedrock({ input: 1000, cache_write: 2001, output: 71 })],
  },
  {
    note: 'Langtrace: a word of its own for responses, and a flat name for what was cached',
    scopes: {
      'langtrace_python_sdk.instrumentation.openai.instrumentation': [
        span({
          'gen_ai.operation.name': 'openai.responses.create',
          'gen_ai.system': 'openai',
          'gen_ai.response.model': GPT,
          'gen_ai.response_id': 'resp_1',
          'gen_ai.usage.cached_tokens': 2319,
          [IN]: 3396,
          [OUT]: 555,
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555 })],
  },
  {
    note: 'failures inside one another are one',
    scopes: {
      outer: [
        span(
          { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': GPT },
          { spanId: 'f'.repeat(16), traceId: '6'.repeat(32), isError: true },
        ),
      ],
      inner: [
        span(
          { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': GPT },
          {
            spanId: 'e'.repeat(16),
            parentSpanId: 'f'.repeat(16),
            traceId: '6'.repeat(32),
            isError: true,
          },
        ),
      ],
    },
    calls: [openai()],
  },
  {
    note: 'streams that nobody read, inside one another, are one call',
    scopes: {
      outer: [
        span(
          { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': GPT },
          { spanId: 'd'.repeat(16), traceId: '7'.repeat(32) },
        ),
      ],
      inner: [
        span(
          { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': GPT },
          { spanId: 'c'.repeat(16), parentSpanId: 'd'.repeat(16), traceId: '7'.repeat(32) },
        ),
      ],
    },
    calls: [openai()],
    unpriced: ['no_usage'],
  },
];
