import { anthropic, asText, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const SYSTEM_ONLY = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const READ = 'gen_ai.usage.cache_read.input_tokens';
const WRITTEN = 'gen_ai.usage.cache_creation.input_tokens';
const WRITE = 'gen_ai.usage.cache_write.input_tokens';
const REASONED = 'gen_ai.usage.reasoning.output_tokens';
const V2 = 'opentelemetry.instrumentation.openai_v2';
const GENAI = 'opentelemetry.instrumentation.google_genai';
const BOTOCORE = 'opentelemetry.instrumentation.botocore.bedrock-runtime';
const BEDROCK_CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const GEMINI = {
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.provider.name': 'gemini',
  'gen_ai.request.model': 'gemini-2.5-flash',
  'gen_ai.response.model': 'gemini-2.5-flash',
} as const;
const BEDROCK = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'aws.bedrock',
  'gen_ai.request.model': BEDROCK_CLAUDE,
} as const;
const NATIVE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
} as const;

/** Instrumentations in the conventions' own words: contrib's, Google's, the SDKs' own, and ones that nobody here knows. */
export const CONVENTION_VARIANTS: readonly Variant[] = [
  {
    note: 'openai-v2: provider.name, input inclusive, no cache, no reasoning',
    scopes: { [V2]: [span({ ...CHAT, [IN]: 1201, [OUT]: 307 })] },
    calls: [openai({ input: 1201, output: 307 })],
  },
  {
    note: 'openai-v2 of another age: gen_ai.system only',
    scopes: { [V2]: [span({ ...SYSTEM_ONLY, [IN]: 1203, [OUT]: 311 })] },
    calls: [openai({ input: 1203, output: 311 })],
  },
  {
    note: 'openai-v2: text completion of the old API',
    scopes: {
      [V2]: [span({ ...CHAT, 'gen_ai.operation.name': 'text_completion', [IN]: 57, [OUT]: 41 })],
    },
    calls: [openai({ input: 57, output: 41 })],
  },
  {
    note: 'js contrib: embeddings by gen_ai.system, no output at all',
    scopes: {
      '@opentelemetry/instrumentation-openai': [
        span({
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'text-embedding-3-small',
          [IN]: 905,
        }),
      ],
    },
    calls: [{ provider: 'openai', model: 'text-embedding-3-small', tokens: { input: 905 } }],
  },
  {
    note: 'js contrib: a stream whose usage nobody asked for is a call without usage',
    scopes: { '@opentelemetry/instrumentation-openai': [span(SYSTEM_ONLY)] },
    calls: [openai()],
    unpriced: ['no_usage'],
  },
  {
    note: 'errors carry no usage, and are no gap in the prices',
    scopes: {
      [V2]: [span({ ...CHAT, 'error.type': 'RateLimitError' }, { isError: true })],
    },
    calls: [openai()],
  },
  {
    note: 'openai-v2: counts as text',
    scopes: { [V2]: [span(asText({ ...CHAT, [IN]: 1207, [OUT]: 313 }))] },
    calls: [openai({ input: 1207, output: 313 })],
  },
  {
    note: 'google-genai: provider gemini, cached and thought tokens inside the totals',
    scopes: {
      [GENAI]: [
        span({
          ...GEMINI,
          [IN]: 2011,
          [OUT]: 709,
          [READ]: 503,
          [REASONED]: 401,
          'gen_ai.usage.text.input_tokens': 2011,
        }),
      ],
    },
    calls: [
      {
        provider: 'google',
        model: 'gemini-2.5-flash',
        tokens: { input: 1508, cache_read: 503, output: 308, reasoning: 401 },
      },
    ],
  },
  {
    note: 'google-genai: counts as text',
    scopes: { [GENAI]: [span(asText({ ...GEMINI, [IN]: 601, [OUT]: 211, [READ]: 101 }))] },
    calls: [
      {
        provider: 'google',
        model: 'gemini-2.5-flash',
        tokens: { input: 500, cache_read: 101, output: 211 },
      },
    ],
  },
  {
    note: 'google-genai: a stream inside an agent of the same scope',
    scopes: {
      [GENAI]: [
        span(
          { ...GEMINI, 'gen_ai.operation.name': 'invoke_agent', [IN]: 701, [OUT]: 203 },
          { spanId: 'a000000000000001' },
        ),
        span({ ...GEMINI, [IN]: 701, [OUT]: 203 }, { parentSpanId: 'a000000000000001' }),
      ],
    },
    calls: [{ provider: 'google', model: 'gemini-2.5-flash', tokens: { input: 701, output: 203 } }],
  },
  {
    note: 'botocore: input leaves out what the cache held, more than the input',
    scopes: {
      [BOTOCORE]: [span({ ...BEDROCK, [IN]: 103, [OUT]: 211, [READ]: 1009, [WRITTEN]: 307 })],
    },
    calls: [
      {
        provider: 'aws',
        model: BEDROCK_CLAUDE,
        tokens: { input: 103, cache_read: 1009, cache_write: 307, output: 211 },
      },
    ],
  },
  {
    note: 'botocore: input leaves out what the cache held, less than the input',
    scopes: {
      [BOTOCORE]: [
        span({
          ...BEDROCK,
          'gen_ai.provider.name': 'aws.bedrock',
          [IN]: 5003,
          [OUT]: 211,
          [READ]: 101,
        }),
      ],
    },
    calls: [
      {
        provider: 'aws',
        model: BEDROCK_CLAUDE,
        tokens: { input: 5003, cache_read: 101, output: 211 },
      },
    ],
  },
  {
    note: 'botocore: counts as text, no cache',
    scopes: { [BOTOCORE]: [span(asText({ ...BEDROCK, [IN]: 4001, [OUT]: 219 }))] },
    calls: [{ provider: 'aws', model: BEDROCK_CLAUDE, tokens: { input: 4001, output: 219 } }],
  },
  {
    note: 'Anthropic native: cache_write, both lifetimes, all inside the input',
    scopes: {
      'com.anthropic.sdk.python': [
        span({
          ...NATIVE,
          [IN]: 1511,
          [OUT]: 419,
          [READ]: 503,
          [WRITE]: 307,
          'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 206,
          'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 101,
        }),
      ],
    },
    calls: [
      anthropic({
        input: 701,
        cache_read: 503,
        cache_write_5m: 206,
        cache_write_1h: 101,
        output: 419,
      }),
    ],
  },
  {
    note: 'Anthropic native of another version: cache_creation, thinking, a stream',
    scopes: {
      'com.anthropic.sdk.typescript': [
        span({ ...NATIVE, [IN]: 1409, [OUT]: 907, [WRITTEN]: 409, [REASONED]: 500 }),
      ],
    },
    calls: [anthropic({ input: 1000, cache_write: 409, output: 407, reasoning: 500 })],
  },
  {
    note: 'Anthropic native: an hour only, as text',
    scopes: {
      'com.anthropic.sdk.go': [
        span(
          asText({
            ...NATIVE,
            [IN]: 1301,
            [OUT]: 203,
            [WRITE]: 301,
            'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 301,
          }),
        ),
      ],
    },
    calls: [anthropic({ input: 1000, cache_write_1h: 301, output: 203 })],
  },
  {
    note: 'an unknown scope with current names just works',
    scopes: {
      'some.library.of.tomorrow': [
        span({ ...CHAT, [IN]: 1303, [OUT]: 509, [READ]: 301, [REASONED]: 211 }),
      ],
    },
    calls: [openai({ input: 1002, cache_read: 301, output: 298, reasoning: 211 })],
  },
  {
    note: 'an unknown scope with impossible numbers of Anthropic counts exclusively',
    scopes: {
      'some.library.of.tomorrow': [span({ ...NATIVE, [IN]: 11, [OUT]: 509, [READ]: 4001 })],
    },
    calls: [anthropic({ input: 11, cache_read: 4001, output: 509 })],
  },
  {
    note: 'an agent with the sum of its calls, a tool, and the calls below',
    scopes: {
      'some.library.of.tomorrow': [
        span(
          { ...CHAT, 'gen_ai.operation.name': 'invoke_agent', [IN]: 303, [OUT]: 103 },
          { spanId: 'b000000000000001' },
        ),
        span({ ...CHAT, [IN]: 101, [OUT]: 51 }, { parentSpanId: 'b000000000000001' }),
        span(
          { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
          { parentSpanId: 'b000000000000001' },
        ),
        span({ ...CHAT, [IN]: 202, [OUT]: 52 }, { parentSpanId: 'b000000000000001' }),
      ],
    },
    calls: [openai({ input: 101, output: 51 }), openai({ input: 202, output: 52 })],
  },
  {
    note: 'a model that no row knows',
    scopes: {
      [V2]: [
        span({
          ...CHAT,
          'gen_ai.request.model': 'house-model-9',
          'gen_ai.response.model': 'house-model-9',
          [IN]: 11,
          [OUT]: 7,
        }),
      ],
    },
    calls: [{ provider: 'openai', model: 'house-model-9', tokens: { input: 11, output: 7 } }],
    unpriced: ['unknown_model'],
  },
];
