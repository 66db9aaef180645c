import { anthropic, asText, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';

function outer(operation: string, provider: string): Record<string, string> {
  return { 'ai.operationId': operation, 'ai.model.id': 'gpt-4o', 'ai.model.provider': provider };
}

function inner(operation: string, provider = 'openai.chat'): Record<string, string> {
  return {
    ...outer(operation, provider),
    'gen_ai.system': provider,
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': GPT,
    'ai.response.model': GPT,
    'ai.response.id': `aitxt-${operation}`,
  };
}

const CLAUDE_INNER = {
  ...inner('ai.generateText.doGenerate', 'anthropic.messages'),
  'ai.model.id': 'claude-sonnet-4-5',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
  'ai.response.model': CLAUDE,
};
const METADATA = JSON.stringify({
  anthropic: {
    usage: {
      input_tokens: 105,
      output_tokens: 305,
      cache_read_input_tokens: 1003,
      cache_creation_input_tokens: 207,
      cache_creation: { ephemeral_5m_input_tokens: 106, ephemeral_1h_input_tokens: 101 },
    },
    cacheCreationInputTokens: 207,
  },
});

/** A span of the AI SDK and the outer one around it. */
function both(operation: string, wrapper: object, call: object): Variant['scopes'] {
  const [first = ''] = operation.split('.do');
  return {
    ai: [
      span({ ...outer(first, 'openai.chat'), ...wrapper }, { spanId: '2a00000000000001' }),
      span({ ...inner(operation), ...call }, { parentSpanId: '2a00000000000001' }),
    ],
  };
}

/** The AI SDK at 5 and 6. */
export const AI_SDK_VARIANTS: readonly Variant[] = [
  {
    note: 'AI SDK 5 generate: promptTokens, and an outer span with the same',
    scopes: both(
      'ai.generateText.doGenerate',
      { 'ai.usage.promptTokens': 901, 'ai.usage.completionTokens': 303 },
      { 'ai.usage.promptTokens': 901, 'ai.usage.completionTokens': 303, [IN]: 901, [OUT]: 303 },
    ),
    calls: [openai({ input: 901, output: 303 })],
  },
  {
    note: 'AI SDK 5 stream: cachedInputTokens and reasoningTokens inside',
    scopes: both(
      'ai.streamText.doStream',
      { 'ai.usage.inputTokens': 903, 'ai.usage.outputTokens': 305 },
      {
        'ai.usage.inputTokens': 903,
        'ai.usage.outputTokens': 305,
        'ai.usage.cachedInputTokens': 402,
        'ai.usage.reasoningTokens': 105,
        [IN]: 903,
        [OUT]: 305,
      },
    ),
    calls: [openai({ input: 501, cache_read: 402, output: 200, reasoning: 105 })],
  },
  {
    note: 'AI SDK 5: two steps, the outer span has the last step only',
    scopes: {
      ai: [
        span(
          { ...outer('ai.generateText', 'openai.chat'), 'ai.usage.promptTokens': 203 },
          { spanId: '2b00000000000001' },
        ),
        span(
          { ...inner('ai.generateText.doGenerate'), 'ai.response.id': 'one', [IN]: 101, [OUT]: 11 },
          { parentSpanId: '2b00000000000001' },
        ),
        span({ 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'search' }),
        span(
          { ...inner('ai.generateText.doGenerate'), 'ai.response.id': 'two', [IN]: 203, [OUT]: 13 },
          { parentSpanId: '2b00000000000001' },
        ),
      ],
    },
    calls: [openai({ input: 101, output: 11 }), openai({ input: 203, output: 13 })],
  },
  {
    note: 'AI SDK 5 over Anthropic: exclusive, cache in the provider metadata',
    scopes: {
      ai: [
        span({
          ...CLAUDE_INNER,
          'ai.usage.promptTokens': 105,
          'ai.usage.completionTokens': 305,
          'ai.usage.cachedInputTokens': 1003,
          'ai.response.providerMetadata': METADATA,
          [IN]: 105,
          [OUT]: 305,
        }),
      ],
    },
    calls: [
      anthropic({
        input: 105,
        cache_read: 1003,
        cache_write_5m: 106,
        cache_write_1h: 101,
        output: 305,
      }),
    ],
  },
  {
    note: 'AI SDK 5 over Anthropic: exclusive though the cache is smaller than the input',
    scopes: {
      ai: [
        span({
          ...CLAUDE_INNER,
          'ai.usage.inputTokens': 5001,
          'ai.usage.outputTokens': 107,
          'ai.usage.cachedInputTokens': 301,
          [IN]: 5001,
          [OUT]: 107,
        }),
      ],
    },
    calls: [anthropic({ input: 5001, cache_read: 301, output: 107 })],
  },
  {
    note: 'AI SDK 5 with names of OpenInference on the same span',
    scopes: {
      ai: [
        span({
          ...CLAUDE_INNER,
          'openinference.span.kind': 'LLM',
          'llm.model_name': CLAUDE,
          'llm.token_count.prompt': 105,
          'llm.token_count.completion': 305,
          'ai.usage.promptTokens': 105,
          'ai.usage.completionTokens': 305,
          'ai.usage.cachedInputTokens': 1003,
          'ai.response.providerMetadata': METADATA,
          [IN]: 105,
          [OUT]: 305,
        }),
      ],
    },
    calls: [
      anthropic({
        input: 105,
        cache_read: 1003,
        cache_write_5m: 106,
        cache_write_1h: 101,
        output: 305,
      }),
    ],
  },
  {
    note: 'AI SDK 6 over Anthropic is inclusive, whatever the provider',
    scopes: {
      ai: [
        span({
          ...CLAUDE_INNER,
          'ai.usage.inputTokens': 1307,
          'ai.usage.outputTokens': 303,
          'ai.usage.inputTokenDetails.noCacheTokens': 104,
          'ai.usage.inputTokenDetails.cacheReadTokens': 1002,
          'ai.usage.inputTokenDetails.cacheWriteTokens': 201,
          'ai.usage.outputTokenDetails.textTokens': 203,
          'ai.usage.outputTokenDetails.reasoningTokens': 100,
          [IN]: 1307,
          [OUT]: 303,
        }),
      ],
    },
    calls: [
      anthropic({ input: 104, cache_read: 1002, cache_write: 201, output: 203, reasoning: 100 }),
    ],
  },
  {
    note: 'AI SDK 6, object stream, counts as text',
    scopes: both(
      'ai.streamObject.doStream',
      { 'ai.usage.inputTokens': '1309', 'ai.usage.outputTokens': '307' },
      asText({
        'ai.usage.inputTokens': 1309,
        'ai.usage.outputTokens': 307,
        'ai.usage.inputTokenDetails.noCacheTokens': 1008,
        'ai.usage.inputTokenDetails.cacheReadTokens': 301,
        [IN]: 1309,
        [OUT]: 307,
      }),
    ),
    calls: [openai({ input: 1008, cache_read: 301, output: 307 })],
  },
  {
    note: 'AI SDK embeddings: ai.usage.tokens on both spans',
    scopes: {
      ai: [
        span(
          {
            'ai.operationId': 'ai.embedMany',
            'ai.model.id': 'text-embedding-3-small',
            'ai.model.provider': 'openai.embedding',
            'ai.usage.tokens': 605,
          },
          { spanId: '2c00000000000001' },
        ),
        span(
          {
            'ai.operationId': 'ai.embedMany.doEmbed',
            'ai.model.id': 'text-embedding-3-small',
            'ai.model.provider': 'openai.embedding',
            'ai.usage.tokens': 605,
          },
          { parentSpanId: '2c00000000000001' },
        ),
      ],
    },
    calls: [{ provider: 'openai', model: 'text-embedding-3-small', tokens: { input: 605 } }],
  },
];
