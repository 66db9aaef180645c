import { CHAT, GPT, IN, OUT, openai, span, V2, type Variant, type VariantCall } from './variant.ts';

const LANGCHAIN = 'openinference.instrumentation.langchain';
const TRACE = '5d00000000000000000000000000000a';
const ADK = 'gcp.vertex.agent';
const GEMINI_CALL = {
  'gen_ai.system': ADK,
  'gen_ai.request.model': 'gemini-2.5-flash',
  [IN]: 503,
  [OUT]: 71,
} as const;
const INNER_GEMINI = { ...GEMINI_CALL, 'gen_ai.operation.name': 'generate_content' } as const;

function gemini(tokens: Readonly<Record<string, number>>): VariantCall {
  return { provider: 'google', model: 'gemini-2.5-flash', tokens };
}

/** One call on several spans: repeated, nested, beside one that was metered in process. */
export const DOUBLE_VARIANTS: readonly Variant[] = [
  {
    note: 'a span twice in one export is one call',
    scopes: {
      [V2]: [1, 2].map(() => span(CHAT, { traceId: TRACE, spanId: '5d00000000000001' })),
      [LANGCHAIN]: [1, 2].map(() =>
        span(
          {
            'openinference.span.kind': 'LLM',
            'llm.provider': 'openai',
            'llm.model_name': GPT,
            'llm.token_count.prompt': 101,
            'llm.token_count.completion': 11,
          },
          { traceId: TRACE, spanId: '5d00000000000002', startEpochMs: 1_795_000_000_000 },
        ),
      ),
    },
    calls: [openai({ input: 503, output: 71 }), openai({ input: 101, output: 11 })],
  },
  {
    note: 'one span id in two traces is two calls',
    scopes: {
      [V2]: ['a', 'b'].map((last) =>
        span(CHAT, { traceId: `${TRACE.slice(0, 31)}${last}`, spanId: '5d00000000000003' }),
      ),
    },
    calls: [openai({ input: 503, output: 71 }), openai({ input: 503, output: 71 })],
  },
  {
    note: 'two calls with the id of a provider that repeats ids are two calls',
    scopes: {
      [V2]: [1, 2].map(() => span({ ...CHAT, 'gen_ai.response.id': 'chatcmpl-123' })),
    },
    calls: [openai({ input: 503, output: 71 }), openai({ input: 503, output: 71 })],
  },
  {
    note: 'a span that is its own parent is a call',
    scopes: {
      [V2]: [span(CHAT, { spanId: '5d00000000000004', parentSpanId: '5d00000000000004' })],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: 'an outer chat with one token more around a completion by another word',
    scopes: {
      [LANGCHAIN]: [span({ ...CHAT, [OUT]: 72 }, { spanId: '5d00000000000005', traceId: TRACE })],
      [V2]: [
        span(
          { ...CHAT, 'gen_ai.operation.name': 'text_completion' },
          { parentSpanId: '5d00000000000005', traceId: TRACE },
        ),
      ],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: "Google's ADK: a call around a call of one scope, named after the library",
    scopes: {
      [ADK]: [
        span(GEMINI_CALL, { spanId: '5d00000000000006' }),
        span(INNER_GEMINI, { parentSpanId: '5d00000000000006' }),
      ],
    },
    calls: [gemini({ input: 503, output: 71 })],
  },
  {
    note: 'other instrumentations around and beside a span that was metered in process',
    scopes: {
      [LANGCHAIN]: [
        span(
          {
            'openinference.span.kind': 'LLM',
            'llm.provider': 'openai',
            'llm.model_name': GPT,
            'llm.token_count.prompt': 503,
            'llm.token_count.completion': 72,
          },
          { spanId: '5d00000000000009' },
        ),
      ],
      'some.library.of.tomorrow': [
        span(CHAT, { spanId: '5d0000000000000a', parentSpanId: '5d00000000000009' }),
        span({ ...CHAT, 'gen_ai.response.id': 'chatcmpl-own' }),
        span({ ...CHAT, 'gen_ai.response.id': 'chatcmpl-other' }),
      ],
      tokenmeter: [
        span(
          { ...CHAT, 'gen_ai.response.id': 'chatcmpl-own', 'tokenmeter.metered': true },
          { parentSpanId: '5d0000000000000a' },
        ),
      ],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: 'metered in process, and made text on the way',
    scopes: { tokenmeter: [span({ ...CHAT, 'tokenmeter.metered': 'true' })] },
    calls: [],
  },
  {
    note: 'an agent over a proxy over a client: once',
    scopes: {
      'my.agent': [
        span(
          { ...CHAT, 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' },
          { spanId: '5d00000000000007' },
        ),
      ],
      litellm: [
        span(
          {
            'gen_ai.system': 'openai',
            'llm.request.type': 'chat',
            'gen_ai.request.model': 'openai/gpt-4o',
            'gen_ai.response.model': GPT,
            'gen_ai.cost.total_cost': 0.5,
            [IN]: 503,
            [OUT]: 71,
          },
          { spanId: '5d00000000000008', parentSpanId: '5d00000000000007' },
        ),
      ],
      [V2]: [
        span(
          { ...CHAT, 'gen_ai.response.id': 'chatcmpl-u8' },
          { parentSpanId: '5d00000000000008' },
        ),
      ],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
];
