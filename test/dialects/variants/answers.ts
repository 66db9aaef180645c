import { anthropic, CHAT, CLAUDE, IN, OUT, openai, span, type Variant } from './variant.ts';

/** LangChain's message in its answer, with what it counted itself. */
function langchainAnswer(usage: object): string {
  const message = { lc: 1, type: 'constructor', kwargs: { content: 'x', usage_metadata: usage } };
  return JSON.stringify({ generations: [[{ text: 'x', message }]], llm_output: null });
}

const LANGCHAIN = 'openinference.instrumentation.langchain';

/** Parts that stand in the text of the answer alone, seen in captures of 2026-11-22. */
export const ANSWER_VARIANTS: readonly Variant[] = [
  {
    note: 'OpenInference 0.1.50 for LangChain, OpenAI streamed: parts as LangChain counts them',
    scopes: {
      [LANGCHAIN]: [
        span({
          'openinference.span.kind': 'LLM',
          'llm.provider': 'openai',
          'llm.model_name': 'gpt-4o-2024-08-06',
          'llm.token_count.prompt': 3396,
          'llm.token_count.completion': 7650,
          'output.value': langchainAnswer({
            input_tokens: 3396,
            output_tokens: 7650,
            total_tokens: 11_046,
            input_token_details: { audio: 0, cache_read: 2319 },
            output_token_details: { audio: 0, reasoning: 7095 },
          }),
        }),
      ],
    },
    calls: [openai({ input: 1077, cache_read: 2319, output: 555, reasoning: 7095 })],
  },
  {
    note: 'OpenInference 0.1.50 for LangChain, Anthropic streamed: inclusive',
    scopes: {
      [LANGCHAIN]: [
        span({
          'openinference.span.kind': 'LLM',
          'llm.provider': 'anthropic',
          'llm.model_name': CLAUDE,
          'llm.token_count.prompt': 17_437,
          'llm.token_count.completion': 659,
          'output.value': langchainAnswer({
            input_tokens: 17_437,
            output_tokens: 659,
            input_token_details: { cache_creation: 13_673, cache_read: 2551 },
          }),
        }),
      ],
    },
    calls: [anthropic({ input: 1213, cache_read: 2551, cache_write: 13_673, output: 659 })],
  },
  {
    note: 'Logfire 4 for Anthropic: the model in the request only',
    scopes: {
      'logfire.anthropic': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          request_data: '{"max_tokens":64,"model":"claude-sonnet-4-5"}',
          'logfire.span_type': 'span',
          response_data: JSON.stringify({
            message: { content: 'hello' },
            usage: {
              cache_creation: { ephemeral_1h_input_tokens: 613, ephemeral_5m_input_tokens: 211 },
              cache_creation_input_tokens: 824,
              cache_read_input_tokens: 1007,
              input_tokens: 103,
              output_tokens: 401,
            },
          }),
        }),
      ],
    },
    calls: [
      anthropic({
        input: 103,
        cache_read: 1007,
        cache_write_5m: 211,
        cache_write_1h: 613,
        output: 401,
      }),
    ],
  },
  {
    note: "Logfire 4 for OpenAI's agents: parts and tier in the answer only",
    scopes: {
      'logfire.openai_agents': [
        span({
          ...CHAT,
          'gen_ai.request.model': 'gpt-5-mini',
          'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
          [IN]: 3258,
          [OUT]: 7554,
          response: JSON.stringify({
            service_tier: 'priority',
            usage: {
              input_tokens: 3258,
              input_tokens_details: { cached_tokens: 2232 },
              output_tokens: 7554,
              output_tokens_details: { reasoning_tokens: 7038 },
            },
          }),
        }),
      ],
    },
    calls: [
      {
        provider: 'openai',
        model: 'gpt-5-mini-2025-08-07',
        serviceTier: 'priority',
        tokens: { input: 1026, cache_read: 2232, output: 516, reasoning: 7038 },
      },
    ],
  },
];
