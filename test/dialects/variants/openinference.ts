import { anthropic, asText, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const PROMPT = 'llm.token_count.prompt';
const COMPLETION = 'llm.token_count.completion';
const TOTAL = 'llm.token_count.total';
const READ = 'llm.token_count.prompt_details.cache_read';
const WRITE = 'llm.token_count.prompt_details.cache_write';
const REASONED = 'llm.token_count.completion_details.reasoning';
const LLM = {
  'openinference.span.kind': 'LLM',
  'llm.provider': 'openai',
  'llm.system': 'openai',
  'llm.model_name': GPT,
} as const;
const CLAUDE_LLM = {
  'openinference.span.kind': 'LLM',
  'llm.provider': 'anthropic',
  'llm.system': 'anthropic',
  'llm.model_name': CLAUDE,
} as const;
const NATIVE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
} as const;
const OI_OPENAI = 'openinference.instrumentation.openai';
const OI_ANTHROPIC = 'openinference.instrumentation.anthropic';
const OI_LITELLM = 'openinference.instrumentation.litellm';
const ANSWER = JSON.stringify({
  id: 'msg_variant_1',
  type: 'message',
  model: CLAUDE,
  usage: {
    input_tokens: 103,
    output_tokens: 401,
    cache_read_input_tokens: 1007,
    cache_creation_input_tokens: 209,
    cache_creation: { ephemeral_5m_input_tokens: 108, ephemeral_1h_input_tokens: 101 },
  },
});

/** OpenInference in Python and JavaScript, under frameworks and over other instrumentations. */
export const OPENINFERENCE_VARIANTS: readonly Variant[] = [
  {
    note: 'OpenInference over OpenAI: cached and reasoning inside the totals',
    scopes: {
      [OI_OPENAI]: [
        span({
          ...LLM,
          [PROMPT]: 1701,
          [COMPLETION]: 507,
          [TOTAL]: 2208,
          [READ]: 701,
          [REASONED]: 203,
        }),
      ],
    },
    calls: [openai({ input: 1000, cache_read: 701, output: 304, reasoning: 203 })],
  },
  {
    note: 'OpenInference: counts as text, another package',
    scopes: {
      '@arizeai/openinference-instrumentation-openai': [
        span(asText({ ...LLM, [PROMPT]: 1703, [COMPLETION]: 509, [READ]: 703 })),
      ],
    },
    calls: [openai({ input: 1000, cache_read: 703, output: 509 })],
  },
  {
    note: 'OpenInference: llm.system alone names the provider',
    scopes: {
      [OI_OPENAI]: [
        span({
          'openinference.span.kind': 'LLM',
          'llm.system': 'openai',
          'llm.model_name': GPT,
          [PROMPT]: 91,
          [COMPLETION]: 37,
        }),
      ],
    },
    calls: [openai({ input: 91, output: 37 })],
  },
  {
    note: 'OpenInference: nobody names the provider, the model does',
    scopes: {
      'openinference.instrumentation.haystack': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.model_name': GPT,
          [PROMPT]: 93,
          [COMPLETION]: 41,
        }),
      ],
    },
    calls: [openai({ input: 93, output: 41 })],
  },
  {
    note: 'OpenInference: a stream without usage',
    scopes: { [OI_OPENAI]: [span(LLM)] },
    calls: [openai()],
    unpriced: ['no_usage'],
  },
  {
    note: 'OpenInference: embeddings by embedding.model_name',
    scopes: {
      [OI_OPENAI]: [
        span({
          'openinference.span.kind': 'EMBEDDING',
          'llm.provider': 'openai',
          'embedding.model_name': 'text-embedding-3-small',
          [PROMPT]: 407,
          [TOTAL]: 407,
        }),
      ],
    },
    calls: [{ provider: 'openai', model: 'text-embedding-3-small', tokens: { input: 407 } }],
  },
  {
    note: 'OpenInference over Anthropic: the answer tells lifetimes, the counts are inclusive',
    scopes: {
      [OI_ANTHROPIC]: [
        span({
          ...CLAUDE_LLM,
          [PROMPT]: 1319,
          [COMPLETION]: 401,
          [READ]: 1007,
          [WRITE]: 209,
          'output.value': ANSWER,
        }),
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
    note: 'OpenInference: chain, agent, tool, retriever and reranker repeat what the call says',
    scopes: {
      'openinference.instrumentation.langchain': [
        ...['CHAIN', 'AGENT', 'TOOL', 'RETRIEVER', 'RERANKER', 'GUARDRAIL', 'EVALUATOR'].map(
          (kind, at) =>
            span(
              { 'openinference.span.kind': kind, [PROMPT]: 201, [COMPLETION]: 103 },
              { spanId: `1a0000000000000${at}` },
            ),
        ),
        span({ ...LLM, [PROMPT]: 201, [COMPLETION]: 103 }, { parentSpanId: '1a00000000000001' }),
      ],
    },
    calls: [openai({ input: 201, output: 103 })],
  },
  {
    note: 'LangChain ChatOpenAI over ChatCompletion of the client below it',
    scopes: {
      'openinference.instrumentation.langchain': [
        span(
          { ...LLM, [PROMPT]: 601, [COMPLETION]: 207 },
          { name: 'ChatOpenAI', spanId: '1b00000000000001' },
        ),
      ],
      [OI_OPENAI]: [
        span(
          { ...LLM, [PROMPT]: 601, [COMPLETION]: 207, [READ]: 301 },
          { name: 'ChatCompletion', parentSpanId: '1b00000000000001' },
        ),
      ],
    },
    calls: [openai({ input: 300, cache_read: 301, output: 207 })],
  },
  {
    note: "OpenInference messages.create over the SDK's own span: its lifetimes count",
    scopes: {
      [OI_ANTHROPIC]: [
        span(
          { ...CLAUDE_LLM, [PROMPT]: 1319, [COMPLETION]: 401, [READ]: 1007, [WRITE]: 209 },
          { name: 'messages.create', spanId: '1c00000000000001' },
        ),
      ],
      'com.anthropic.sdk.python': [
        span(
          {
            ...NATIVE,
            'gen_ai.usage.input_tokens': 1319,
            'gen_ai.usage.output_tokens': 401,
            'gen_ai.usage.cache_read.input_tokens': 1007,
            'gen_ai.usage.cache_write.input_tokens': 209,
            'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 209,
          },
          { parentSpanId: '1c00000000000001' },
        ),
      ],
    },
    calls: [anthropic({ input: 103, cache_read: 1007, cache_write_1h: 209, output: 401 })],
  },
  {
    note: 'two roots in two traces, joined by the response id: the SDK says more',
    scopes: {
      'opentelemetry.instrumentation.anthropic': [
        span({
          ...NATIVE,
          'gen_ai.response.id': 'msg_variant_2',
          'gen_ai.usage.input_tokens': 1319,
          'gen_ai.usage.output_tokens': 402,
          'gen_ai.usage.cache_read.input_tokens': 1007,
          'gen_ai.usage.cache_creation.input_tokens': 209,
        }),
      ],
      'com.anthropic.sdk.python': [
        span({
          ...NATIVE,
          'gen_ai.response.id': 'msg_variant_2',
          'gen_ai.usage.input_tokens': 1319,
          'gen_ai.usage.output_tokens': 401,
          'gen_ai.usage.cache_read.input_tokens': 1007,
          'gen_ai.usage.cache_write.input_tokens': 209,
          'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 209,
        }),
      ],
    },
    calls: [anthropic({ input: 103, cache_read: 1007, cache_write_1h: 209, output: 401 })],
  },
  {
    note: 'LiteLLM through OpenInference: prefixes, no served model, a claimed cost',
    scopes: {
      [OI_LITELLM]: [
        span({
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'anthropic/claude-sonnet-4-5',
          [PROMPT]: 701,
          [COMPLETION]: 203,
          [READ]: 200,
          [WRITE]: 101,
          'llm.cost.total': 0.4,
        }),
        span({
          'openinference.span.kind': 'LLM',
          'llm.provider': 'openai',
          'llm.model_name': 'openai/gpt-4o',
          [PROMPT]: 703,
          [COMPLETION]: 205,
          'llm.cost.total': 0.4,
        }),
      ],
    },
    calls: [
      {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5',
        tokens: { input: 400, cache_read: 200, cache_write: 101, output: 203 },
      },
      { provider: 'openai', model: 'gpt-4o', tokens: { input: 703, output: 205 } },
    ],
  },
  {
    note: 'OpenInference over Gemini: thoughts inside the completion',
    scopes: {
      'openinference.instrumentation.google_genai': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.provider': 'google',
          'llm.model_name': 'gemini-2.5-flash',
          [PROMPT]: 503,
          [COMPLETION]: 309,
          [TOTAL]: 812,
          [REASONED]: 201,
        }),
      ],
    },
    calls: [
      {
        provider: 'google',
        model: 'gemini-2.5-flash',
        tokens: { input: 503, output: 108, reasoning: 201 },
      },
    ],
  },
  {
    note: 'OpenInference: a refused call',
    scopes: { [OI_OPENAI]: [span(LLM, { isError: true })] },
    calls: [openai()],
  },
];
