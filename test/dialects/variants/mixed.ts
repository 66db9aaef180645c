import { anthropic, CLAUDE, GPT, openai, span, type Variant } from './variant.ts';

const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const READ = 'gen_ai.usage.cache_read.input_tokens';
const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
} as const;
const AZURE = { 'gen_ai.provider.name': 'azure.ai.openai', 'gen_ai.response.model': '' } as const;
const CLAUDE_CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': CLAUDE,
} as const;
const PRETTY_ANSWER = JSON.stringify(
  {
    id: 'msg_pretty',
    usage: {
      input_tokens: 211,
      output_tokens: 409,
      output_tokens_details: { thinking_tokens: 307 },
      cache_creation_input_tokens: 103,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 103 },
    },
  },
  undefined,
  2,
);

/** Versions between those that were captured, calls that nobody captured, and several libraries in one export. */
export const MIXED_VARIANTS: readonly Variant[] = [
  {
    note: 'OpenLLMetry between its two ages: new totals, old names of the cache',
    scopes: {
      'opentelemetry.instrumentation.anthropic': [
        span({
          ...CLAUDE_CHAT,
          'llm.request.type': 'completion',
          [IN]: 1513,
          [OUT]: 211,
          'llm.usage.total_tokens': 1724,
          'gen_ai.usage.cache_read_input_tokens': 401,
          'gen_ai.usage.cache_creation_input_tokens': 112,
        }),
      ],
    },
    calls: [anthropic({ input: 1000, cache_read: 401, cache_write: 112, output: 211 })],
  },
  {
    note: 'an unusual tier of OpenAI, in words of two ages',
    scopes: {
      'opentelemetry.instrumentation.openai_v2': [
        span({ ...CHAT, [IN]: 1103, [OUT]: 211, 'openai.response.service_tier': 'priority' }),
        span({ ...CHAT, [IN]: 1105, [OUT]: 213, 'gen_ai.openai.response.service_tier': 'default' }),
      ],
    },
    calls: [
      { ...openai({ input: 1103, output: 211 }), serviceTier: 'priority' },
      openai({ input: 1105, output: 213 }),
    ],
  },
  {
    note: 'OpenInference: thinking and an hour only in a pretty-printed answer',
    scopes: {
      'openinference.instrumentation.anthropic': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.system': 'anthropic',
          'llm.model_name': CLAUDE,
          'llm.token_count.prompt': 314,
          'llm.token_count.completion': 409,
          'llm.token_count.prompt_details.cache_write': 103,
          'output.value': PRETTY_ANSWER,
        }),
      ],
    },
    calls: [anthropic({ input: 211, cache_write_1h: 103, output: 102, reasoning: 307 })],
  },
  {
    note: 'two libraries, two providers, three calls, one export',
    scopes: {
      'opentelemetry.instrumentation.openai_v2': [
        span({ ...CHAT, [IN]: 401, [OUT]: 101 }),
        span({ ...CHAT, [IN]: 403, [OUT]: 103, [READ]: 200 }),
      ],
      'com.anthropic.sdk.python': [span({ ...CLAUDE_CHAT, [IN]: 405, [OUT]: 105, [READ]: 300 })],
    },
    calls: [
      openai({ input: 401, output: 101 }),
      openai({ input: 203, cache_read: 200, output: 103 }),
      anthropic({ input: 105, cache_read: 300, output: 105 }),
    ],
  },
  {
    note: 'equal calls one after the other are two calls',
    scopes: {
      'opentelemetry.instrumentation.openai_v2': [1, 2].map((at) =>
        span({ ...CHAT, [IN]: 407, [OUT]: 107, 'gen_ai.response.id': `chatcmpl-equal-${at}` }),
      ),
    },
    calls: [openai({ input: 407, output: 107 }), openai({ input: 407, output: 107 })],
  },
  {
    note: 'a refused call, its repetition, and the agent around both',
    scopes: {
      'opentelemetry.instrumentation.openai_v2': [
        span(
          { ...CHAT, 'gen_ai.operation.name': 'invoke_agent', [IN]: 409, [OUT]: 109 },
          { spanId: '3a00000000000001' },
        ),
        span({ ...CHAT, 'error.type': '429' }, { parentSpanId: '3a00000000000001', isError: true }),
        span({ ...CHAT, [IN]: 409, [OUT]: 109 }, { parentSpanId: '3a00000000000001' }),
      ],
    },
    calls: [openai(), openai({ input: 409, output: 109 })],
  },
  {
    note: 'agents in agents: each call once',
    scopes: {
      'pydantic-ai': [
        span(
          { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'outer', [IN]: 822 },
          { spanId: '3b00000000000001' },
        ),
        span(
          { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'inner', [IN]: 411 },
          { spanId: '3b00000000000002', parentSpanId: '3b00000000000001' },
        ),
        span({ ...CHAT, [IN]: 411, [OUT]: 111 }, { parentSpanId: '3b00000000000002' }),
        span({ ...CLAUDE_CHAT, [IN]: 411, [OUT]: 111 }, { parentSpanId: '3b00000000000001' }),
      ],
    },
    calls: [openai({ input: 411, output: 111 }), anthropic({ input: 411, output: 111 })],
  },
  {
    note: 'Azure and Vertex by words of AI SDKs and of LiteLLM',
    scopes: {
      ai: [
        span({
          'ai.operationId': 'ai.streamText.doStream',
          'ai.model.provider': 'azure-openai.chat',
          'gen_ai.system': 'azure-openai.chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': GPT,
          [IN]: 415,
          [OUT]: 113,
        }),
        span({
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.provider': 'google.vertex.chat',
          'gen_ai.system': 'google.vertex.chat',
          'gen_ai.request.model': 'gemini-2.5-flash',
          [IN]: 417,
          [OUT]: 115,
        }),
      ],
    },
    calls: [
      { provider: 'azure', model: GPT, tokens: { input: 415, output: 113 } },
      { provider: 'google', model: 'gemini-2.5-flash', tokens: { input: 417, output: 115 } },
    ],
  },
  {
    note: 'a span that says it was not metered is',
    scopes: {
      'some.library.of.tomorrow': [
        span({ ...CHAT, [IN]: 419, [OUT]: 117, 'tokenmeter.metered': false }),
        span({ ...CHAT, [IN]: 420, [OUT]: 118, 'tokenmeter.metered': 'yes' }),
      ],
    },
    calls: [openai({ input: 419, output: 117 }), openai({ input: 420, output: 118 })],
  },
  {
    note: 'what was metered where it was made is not counted again',
    scopes: {
      tokenmeter: [
        span({ ...CHAT, [IN]: 421, [OUT]: 119, 'tokenmeter.metered': true }),
        span({ ...CLAUDE_CHAT, [IN]: 423, [OUT]: 121, 'tokenmeter.metered': true }),
      ],
      'opentelemetry.instrumentation.openai_v2': [span({ ...CHAT, [IN]: 425, [OUT]: 123 })],
    },
    calls: [openai({ input: 425, output: 123 })],
  },
  {
    note: 'a region behind the name of Azure has rates of its own',
    scopes: {
      litellm: [
        span({
          ...CHAT,
          ...AZURE,
          'gen_ai.request.model': 'azure/eu/gpt-4o',
          [IN]: 427,
          [OUT]: 131,
        }),
      ],
    },
    calls: [
      {
        provider: 'azure.ai.openai',
        model: 'azure/eu/gpt-4o',
        tokens: { input: 427, output: 131 },
      },
    ],
    unpriced: ['unknown_model'],
  },
  {
    note: 'audio of which the span and its text say different things',
    scopes: {
      'openinference.instrumentation.openai': [
        span({
          'openinference.span.kind': 'LLM',
          'llm.provider': 'openai',
          'llm.model_name': 'gpt-4o-audio-preview',
          'llm.token_count.prompt': 1003,
          'llm.token_count.completion': 503,
          'llm.token_count.prompt_details.audio': 301,
          'output.value': JSON.stringify({
            usage: { prompt_tokens_details: { audio_tokens: 202, cached_tokens: 11 } },
          }),
        }),
      ],
    },
    calls: [
      {
        provider: 'openai',
        model: 'gpt-4o-audio-preview',
        tokens: { input: 691, input_audio: 301, cache_read: 11, output: 503 },
      },
    ],
  },
];
