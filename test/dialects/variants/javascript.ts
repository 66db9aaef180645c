import { anthropic, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const READ = 'gen_ai.usage.cache_read.input_tokens';
const WRITTEN = 'gen_ai.usage.cache_creation.input_tokens';
const USAGE = 'langfuse.observation.usage_details';

/** The AI SDK at 7, Traceloop, and Langfuse. */
export const JAVASCRIPT_VARIANTS: readonly Variant[] = [
  {
    note: 'AI SDK 7: an agent and its step repeat the keys of the call',
    scopes: {
      gen_ai: [
        span(
          {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.provider.name': 'anthropic',
            'gen_ai.request.model': 'claude-sonnet-4-5',
            [IN]: 1405,
            [OUT]: 301,
            [READ]: 1001,
            [WRITTEN]: 203,
          },
          { spanId: '2d00000000000001' },
        ),
        span(
          { 'gen_ai.operation.name': 'agent_step' },
          { spanId: '2d00000000000002', parentSpanId: '2d00000000000001' },
        ),
        span(
          {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'anthropic',
            'gen_ai.request.model': 'claude-sonnet-4-5',
            'gen_ai.response.model': CLAUDE,
            [IN]: 1405,
            [OUT]: 301,
            [READ]: 1001,
            [WRITTEN]: 203,
          },
          { parentSpanId: '2d00000000000002' },
        ),
      ],
    },
    calls: [anthropic({ input: 201, cache_read: 1001, cache_write: 203, output: 301 })],
  },
  {
    note: 'AI SDK 7: an outer embeddings span around the call',
    scopes: {
      gen_ai: [1, 2].map((at) =>
        span(
          {
            'gen_ai.operation.name': 'embeddings',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'text-embedding-3-small',
            [IN]: 609,
          },
          at === 1 ? { spanId: '2e00000000000001' } : { parentSpanId: '2e00000000000001' },
        ),
      ),
    },
    calls: [{ provider: 'openai', model: 'text-embedding-3-small', tokens: { input: 609 } }],
  },
  {
    note: 'Traceloop over Anthropic: exclusive, the total is input and output',
    scopes: {
      '@traceloop/instrumentation-anthropic': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.response.model': CLAUDE,
          [IN]: 2003,
          [OUT]: 201,
          'gen_ai.usage.total_tokens': 2204,
          [READ]: 505,
          [WRITTEN]: 307,
        }),
      ],
    },
    calls: [anthropic({ input: 2003, cache_read: 505, cache_write: 307, output: 201 })],
  },
  {
    note: 'Traceloop over OpenAI: a total, no cache',
    scopes: {
      '@traceloop/instrumentation-openai': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': GPT,
          [IN]: 2005,
          [OUT]: 203,
          'gen_ai.usage.total_tokens': 2208,
        }),
      ],
    },
    calls: [openai({ input: 2005, output: 203 })],
  },
  {
    note: 'Langfuse: no provider, input and output without cached and reasoning',
    scopes: {
      'langfuse-sdk': [
        span({
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': GPT,
          [USAGE]: JSON.stringify({
            input: 503,
            output: 205,
            input_cached_tokens: 301,
            output_reasoning_tokens: 107,
            total: 1116,
          }),
        }),
      ],
    },
    calls: [openai({ input: 503, cache_read: 301, output: 205, reasoning: 107 })],
  },
  {
    note: 'Langfuse: a span, a tool and an agent are no calls; an error has no usage',
    scopes: {
      'langfuse-sdk': [
        ...['span', 'tool', 'agent', 'chain'].map((type) =>
          span({ 'langfuse.observation.type': type, [USAGE]: '{"input":5,"output":5}' }),
        ),
        span({
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': GPT,
          'langfuse.observation.level': 'ERROR',
        }),
      ],
    },
    calls: [openai()],
  },
  {
    note: 'Langfuse over LangChain: other words, a model of Anthropic',
    scopes: {
      'langfuse-sdk': [
        span({
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': CLAUDE,
          [USAGE]: JSON.stringify({
            input: 301,
            output: 103,
            input_cache_read: 507,
            input_cache_creation: 205,
            output_reasoning: 0,
          }),
        }),
      ],
    },
    calls: [anthropic({ input: 301, cache_read: 507, cache_write: 205, output: 103 })],
  },
];
