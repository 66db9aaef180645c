import { anthropic, asText, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

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
const OLD = {
  'llm.request.type': 'chat',
  'gen_ai.system': 'OpenAI',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const OLD_ANTHROPIC = {
  ...OLD,
  'gen_ai.system': 'Anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
} as const;
/** OpenLLMetry of two ages. */
export const OPENLLMETRY_VARIANTS: readonly Variant[] = [
  {
    note: 'OpenLLMetry 0.62: totals, cached and flat reasoning inside them',
    scopes: {
      'opentelemetry.instrumentation.openai.v1': [
        span({
          ...OPENAI,
          [IN]: 1501,
          [OUT]: 409,
          [ALL]: 1910,
          [READ]: 601,
          'gen_ai.usage.reasoning_tokens': 103,
        }),
      ],
    },
    calls: [openai({ input: 900, cache_read: 601, output: 306, reasoning: 103 })],
  },
  {
    note: 'OpenLLMetry 0.62 over Anthropic is inclusive',
    scopes: {
      'opentelemetry.instrumentation.anthropic': [
        span({ ...ANTHROPIC, [IN]: 1601, [OUT]: 307, [ALL]: 1908, [READ]: 701, [WRITTEN]: 203 }),
      ],
    },
    calls: [anthropic({ input: 697, cache_read: 701, cache_write: 203, output: 307 })],
  },
  {
    note: 'OpenLLMetry 0.62 on Bedrock: the model stripped, input exclusive',
    scopes: {
      'opentelemetry.instrumentation.bedrock': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'aws.bedrock',
          'gen_ai.request.model': 'claude-sonnet-4-5-20250929-v1:0',
          [IN]: 107,
          [OUT]: 311,
          [READ]: 53,
          [WRITTEN]: 29,
        }),
      ],
    },
    calls: [
      {
        provider: 'aws',
        model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
        tokens: { input: 107, cache_read: 53, cache_write: 29, output: 311 },
      },
    ],
  },
  {
    note: 'OpenLLMetry 0.40: every key another',
    scopes: {
      'opentelemetry.instrumentation.openai.v1': [
        span({
          ...OLD,
          'gen_ai.usage.prompt_tokens': 1401,
          'gen_ai.usage.completion_tokens': 303,
          'llm.usage.total_tokens': 1704,
          'gen_ai.usage.cache_read_input_tokens': 401,
        }),
      ],
    },
    calls: [openai({ input: 1000, cache_read: 401, output: 303 })],
  },
  {
    note: 'OpenLLMetry 0.40 over Anthropic, as text',
    scopes: {
      'opentelemetry.instrumentation.anthropic': [
        span(
          asText({
            ...OLD_ANTHROPIC,
            'gen_ai.usage.prompt_tokens': 1407,
            'gen_ai.usage.completion_tokens': 305,
            'llm.usage.total_tokens': 1712,
            'gen_ai.usage.cache_read_input_tokens': 301,
            'gen_ai.usage.cache_creation_input_tokens': 106,
          }),
        ),
      ],
    },
    calls: [anthropic({ input: 1000, cache_read: 301, cache_write: 106, output: 305 })],
  },
  {
    note: 'OpenLLMetry 0.40: a legacy completion and an embedding',
    scopes: {
      'opentelemetry.instrumentation.openai.v1': [
        span({
          ...OLD,
          'llm.request.type': 'completion',
          'gen_ai.usage.prompt_tokens': 61,
          'gen_ai.usage.completion_tokens': 43,
        }),
        span({
          'llm.request.type': 'embedding',
          'gen_ai.system': 'OpenAI',
          'gen_ai.request.model': 'text-embedding-3-small',
          'gen_ai.response.model': 'text-embedding-3-small',
          'gen_ai.usage.prompt_tokens': 809,
          'llm.usage.total_tokens': 809,
        }),
      ],
    },
    calls: [
      openai({ input: 61, output: 43 }),
      { provider: 'openai', model: 'text-embedding-3-small', tokens: { input: 809 } },
    ],
  },
  {
    note: 'OpenLLMetry 0.40 messages.stream(): an explicit 0 and 0 is no usage',
    scopes: {
      'opentelemetry.instrumentation.anthropic': [
        span({
          ...OLD_ANTHROPIC,
          'gen_ai.usage.prompt_tokens': 0,
          'gen_ai.usage.completion_tokens': 0,
          'llm.usage.total_tokens': 0,
        }),
      ],
    },
    calls: [anthropic()],
    unpriced: ['no_usage'],
  },
  {
    note: 'OpenLLMetry: workflow, task, agent and tool around a call',
    scopes: {
      'opentelemetry.instrumentation.langchain': [
        span({ 'traceloop.span.kind': 'workflow', [IN]: 71 }, { spanId: 'c000000000000001' }),
        span(
          { 'traceloop.span.kind': 'agent', 'gen_ai.agent.name': 'a' },
          { spanId: 'c000000000000002', parentSpanId: 'c000000000000001' },
        ),
        span({ 'traceloop.span.kind': 'tool' }, { parentSpanId: 'c000000000000002' }),
        span(
          { ...OPENAI, 'llm.request.type': 'chat', [IN]: 71, [OUT]: 31, [ALL]: 102 },
          { parentSpanId: 'c000000000000002' },
        ),
      ],
    },
    calls: [openai({ input: 71, output: 31 })],
  },
];
