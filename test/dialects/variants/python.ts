import { anthropic, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const ALL = 'gen_ai.usage.total_tokens';
const READ = 'gen_ai.usage.cache_read.input_tokens';
const WRITTEN = 'gen_ai.usage.cache_creation.input_tokens';
const OPENAI = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const ANTHROPIC = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
} as const;
const LITELLM = {
  'llm.request.type': 'completion',
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const RAW_OPENAI = JSON.stringify({
  prompt_tokens: 2003,
  completion_tokens: 601,
  prompt_tokens_details: { cached_tokens: 1001, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 211 },
  total_tokens: 2604,
});
const RAW_RESPONSES = JSON.stringify({
  input_tokens: 2005,
  output_tokens: 607,
  input_tokens_details: { cached_tokens: 1003 },
  output_tokens_details: { reasoning_tokens: 223 },
});
const RAW_ANTHROPIC = JSON.stringify({
  input_tokens: 103,
  output_tokens: 401,
  cache_read_input_tokens: 1007,
  cache_creation_input_tokens: 209,
  cache_creation: { ephemeral_5m_input_tokens: 108, ephemeral_1h_input_tokens: 101 },
  service_tier: 'standard',
});

/** OpenLIT, LiteLLM, Logfire and pydantic-ai. */
export const PYTHON_VARIANTS: readonly Variant[] = [
  ...['openlit.instrumentation.anthropic', '@openlit/instrumentation-anthropic'].map(
    (scope): Variant => ({
      note: `${scope}: exclusive, and a cost of its own price table`,
      scopes: {
        [scope]: [
          span({
            ...ANTHROPIC,
            [IN]: 3001,
            [OUT]: 203,
            'gen_ai.client.token.usage': 3204,
            [READ]: 907,
            [WRITTEN]: 401,
            'gen_ai.usage.cost': 0.5,
          }),
        ],
      },
      calls: [anthropic({ input: 3001, cache_read: 907, cache_write: 401, output: 203 })],
    }),
  ),
  ...[
    'openlit.instrumentation.openai',
    '@openlit/instrumentation-openai',
    '@openlit/instrumentation-vllm',
  ].map(
    (scope): Variant => ({
      note: `${scope}: inclusive, and a cost of its own price table`,
      scopes: {
        [scope]: [
          span({
            ...OPENAI,
            [IN]: 3007,
            [OUT]: 503,
            [READ]: 2003,
            'gen_ai.usage.reasoning_tokens': 101,
            'gen_ai.usage.cost': 0.5,
          }),
        ],
      },
      calls: [openai({ input: 1004, cache_read: 2003, output: 402, reasoning: 101 })],
    }),
  ),
  {
    note: 'LiteLLM callback: gen_ai.cost.* is a claim, the raw child is no call',
    scopes: {
      litellm: [
        span(
          { ...LITELLM, [IN]: 501, [OUT]: 203, [ALL]: 704, 'gen_ai.cost.total_cost': 0.9 },
          { name: 'litellm_request', spanId: 'd000000000000001' },
        ),
        span(
          {
            'llm.openai.model': GPT,
            'llm.openai.usage': "{'prompt_tokens': 501, 'completion_tokens': 203}",
          },
          { name: 'raw_gen_ai_request', parentSpanId: 'd000000000000001' },
        ),
      ],
    },
    calls: [openai({ input: 501, output: 203 })],
  },
  {
    note: 'LiteLLM callback: an empty system is none; the name tells the provider',
    scopes: {
      litellm: [
        span({
          ...LITELLM,
          'gen_ai.system': '',
          'gen_ai.request.model': 'anthropic/claude-sonnet-4-5',
          'gen_ai.response.model': CLAUDE,
          [IN]: 509,
          [OUT]: 207,
        }),
      ],
    },
    calls: [anthropic({ input: 509, output: 207 })],
  },
  {
    note: 'Logfire over chat completions: cached and reasoning only in the raw usage',
    scopes: {
      'logfire.openai': [
        span({
          ...OPENAI,
          'gen_ai.system': 'openai',
          [IN]: 2003,
          [OUT]: 601,
          'gen_ai.usage.raw': RAW_OPENAI,
        }),
      ],
    },
    calls: [openai({ input: 1002, cache_read: 1001, output: 390, reasoning: 211 })],
  },
  {
    note: 'Logfire over responses',
    scopes: {
      'logfire.openai': [
        span({ ...OPENAI, [IN]: 2005, [OUT]: 607, 'gen_ai.usage.raw': RAW_RESPONSES }),
      ],
    },
    calls: [openai({ input: 1002, cache_read: 1003, output: 384, reasoning: 223 })],
  },
  {
    note: 'Logfire over Anthropic: raw exclusive, scalars inclusive',
    scopes: {
      'logfire.anthropic': [
        span({ ...ANTHROPIC, [IN]: 1319, [OUT]: 401, 'gen_ai.usage.raw': RAW_ANTHROPIC }),
      ],
    },
    calls: [
      anthropic({
        input: 103,
        cache_read: 1007,
        cache_write_5m: 108,
        cache_write_1h: 101,
        output: 401,
      }),
    ],
  },
  {
    note: 'Logfire streams: usage on a second span',
    scopes: {
      'logfire.openai': [
        span(
          {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4o',
            'logfire.span_type': 'span',
          },
          { spanId: 'e000000000000001' },
        ),
        span(
          {
            ...OPENAI,
            'logfire.span_type': 'log',
            'logfire.msg': 'streaming response from gpt-4o took 0.50s',
            [IN]: 307,
            [OUT]: 109,
          },
          { parentSpanId: 'e000000000000001' },
        ),
      ],
    },
    calls: [openai({ input: 307, output: 109 })],
  },
  {
    note: 'pydantic-ai: an agent sums, its call is charged, operation.cost is a claim',
    scopes: {
      'pydantic-ai': [
        span(
          {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.agent.name': 'agent',
            'gen_ai.aggregated_usage.input_tokens': 1201,
            'gen_ai.aggregated_usage.output_tokens': 401,
          },
          { spanId: 'f000000000000001' },
        ),
        span(
          {
            ...ANTHROPIC,
            'gen_ai.system': 'anthropic',
            [IN]: 1201,
            [OUT]: 401,
            [READ]: 300,
            [WRITTEN]: 201,
            'gen_ai.usage.details.ephemeral_1h_input_tokens': 201,
            'gen_ai.usage.details.ephemeral_5m_input_tokens': 0,
            'operation.cost': 0.7,
          },
          { parentSpanId: 'f000000000000001' },
        ),
      ],
    },
    calls: [anthropic({ input: 700, cache_read: 300, cache_write_1h: 201, output: 401 })],
  },
  {
    note: 'pydantic-ai over OpenAI: reasoning among the details',
    scopes: {
      'pydantic-ai': [
        span({
          ...OPENAI,
          [IN]: 803,
          [OUT]: 405,
          [READ]: 302,
          'gen_ai.usage.details.reasoning_tokens': 205,
          'gen_ai.usage.details.cached_tokens': 302,
        }),
      ],
    },
    calls: [openai({ input: 501, cache_read: 302, output: 200, reasoning: 205 })],
  },
];
