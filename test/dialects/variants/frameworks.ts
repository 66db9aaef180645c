import { anthropic, CHAT, CLAUDE, GPT, IN, OUT, openai, span, type Variant } from './variant.ts';

const BEDROCK = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const GEMINI = 'gemini-2.5-flash';
/** As a Python client's answer is printed. */
const PRINTED =
  "ChatCompletion(id='chatcmpl-1', model='gpt-4o-2024-08-06', usage=CompletionUsage(completion_tokens=607, prompt_tokens=2003, total_tokens=2610, completion_tokens_details=CompletionTokensDetails(reasoning_tokens=211), prompt_tokens_details=PromptTokensDetails(audio_tokens=0, cached_tokens=1001)))";

function gemini(tokens: Readonly<Record<string, number>>): Variant['calls'][number] {
  return { provider: 'gcp.gemini', model: GEMINI, tokens };
}

/** A call below a call of the same scope, as a library that never closes its context hangs it. */
function below(id: string, tokens: number, parentSpanId?: string) {
  return span(
    { ...CHAT, 'gen_ai.response.id': `chatcmpl-${id}`, [IN]: tokens, [OUT]: tokens + 1 },
    {
      spanId: id.padStart(16, '0'),
      traceId: '5'.repeat(32),
      ...(parentSpanId !== undefined && { parentSpanId: parentSpanId.padStart(16, '0') }),
    },
  );
}

/** Frameworks with spans of their own, seen in captures of 2026-11-22. */
export const FRAMEWORK_VARIANTS: readonly Variant[] = [
  {
    note: 'Strands: its name for the provider is its own',
    scopes: {
      'strands.telemetry.tracer': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'strands-agents',
          'gen_ai.request.model': BEDROCK,
          [IN]: 3001,
          [OUT]: 401,
          'gen_ai.usage.cache_read_input_tokens': 907,
          'gen_ai.usage.cache_write_input_tokens': 203,
        }),
        span({
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.system': 'strands-agents',
          'gen_ai.request.model': BEDROCK,
          [IN]: 3001,
          [OUT]: 401,
        }),
      ],
    },
    calls: [
      {
        provider: 'aws.bedrock',
        model: BEDROCK,
        tokens: { input: 1891, cache_read: 907, cache_write: 203, output: 401 },
      },
    ],
  },
  {
    note: 'MLflow: JSON text of its own, inclusive by any provider',
    scopes: {
      'mlflow.tracing.provider': [
        span({
          'mlflow.spanType': '"CHAT_MODEL"',
          'mlflow.llm.model': '"claude-sonnet-4-5"',
          'mlflow.llm.provider': '"anthropic"',
          'mlflow.chat.tokenUsage': JSON.stringify({
            input_tokens: 41_476,
            output_tokens: 555,
            total_tokens: 42_031,
            cache_read_input_tokens: 2319,
            cache_creation_input_tokens: 38_080,
            cache_creation_input_tokens_above_1hr: 24_655,
          }),
          'mlflow.spanOutputs': JSON.stringify({ id: 'msg_1', model: CLAUDE }),
        }),
        span({ 'mlflow.spanType': '"AGENT"', 'mlflow.spanInputs': '{"a": 1}' }),
      ],
    },
    calls: [
      anthropic({
        input: 1077,
        cache_read: 2319,
        cache_write_5m: 13_425,
        cache_write_1h: 24_655,
        output: 555,
      }),
    ],
  },
  {
    note: 'MLflow over Bedrock: its provider is the first word of the model',
    scopes: {
      'mlflow.tracing.provider': [
        span({
          'mlflow.spanType': '"CHAT_MODEL"',
          'mlflow.message.format': '"bedrock"',
          'mlflow.llm.model': `"${BEDROCK}"`,
          'mlflow.llm.provider': '"us"',
          'mlflow.chat.tokenUsage':
            '{"input_tokens": 1301, "output_tokens": 71, "cache_read_input_tokens": 300}',
        }),
      ],
    },
    calls: [
      {
        provider: 'aws.bedrock',
        model: BEDROCK,
        tokens: { input: 1001, cache_read: 300, output: 71 },
      },
    ],
  },
  {
    note: 'LangSmith: parts in its metadata, the model in the answer',
    scopes: {
      langsmith: [
        span({
          'langsmith.span.kind': 'llm',
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'anthropic',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          [IN]: 41_590,
          [OUT]: 568,
          'gen_ai.completion': `{"llm_output":{"model_name":"${CLAUDE}"}}`,
          'langsmith.metadata.usage_metadata': JSON.stringify({
            input_tokens: 41_590,
            output_tokens: 568,
            input_token_details: {
              cache_read: 2348,
              cache_creation: 0,
              ephemeral_5m_input_tokens: 13_456,
              ephemeral_1h_input_tokens: 24_692,
            },
          }),
        }),
      ],
    },
    calls: [
      anthropic({
        input: 1094,
        cache_read: 2348,
        cache_write_5m: 13_456,
        cache_write_1h: 24_692,
        output: 568,
      }),
    ],
  },
  {
    note: 'Logfire before 4: everything in request and answer',
    scopes: {
      'logfire.anthropic': [
        span({
          request_data: '{"max_tokens":64,"model":"claude-sonnet-4-5"}',
          'logfire.span_type': 'span',
          response_data: JSON.stringify({
            message: { content: 'hello' },
            usage: { input_tokens: 103, output_tokens: 401, cache_read_input_tokens: 1007 },
          }),
        }),
      ],
    },
    calls: [anthropic({ input: 103, cache_read: 1007, output: 401 })],
  },
  {
    note: "Google's ADK: an answer in its Python client's words",
    scopes: {
      'gcp.vertex.agent': [
        span({
          'gen_ai.system': 'gcp.vertex.agent',
          'gen_ai.request.model': GEMINI,
          [IN]: 3304,
          [OUT]: 529,
          'gcp.vertex.agent.llm_response': JSON.stringify({
            usage_metadata: {
              cached_content_token_count: 2261,
              candidates_token_count: 529,
              prompt_token_count: 3304,
              thoughts_token_count: 7057,
              total_token_count: 10_890,
            },
          }),
        }),
      ],
    },
    calls: [gemini({ input: 1043, cache_read: 2261, output: 529, reasoning: 7057 })],
  },
  {
    note: 'google-genai 1.0: thoughts beside the output',
    scopes: {
      'opentelemetry.util.genai.handler': [
        span({
          'gen_ai.operation.name': 'generate_content',
          'gen_ai.provider.name': 'gemini',
          'gen_ai.request.model': GEMINI,
          [IN]: 1060,
          [OUT]: 542,
          'gen_ai.usage.reasoning.output_tokens': 7076,
        }),
      ],
    },
    calls: [gemini({ input: 1060, output: 542, reasoning: 7076 })],
  },
  ...[
    ['smolagents', JSON.stringify({ role: 'assistant', raw: PRINTED })],
    [
      'Haystack',
      JSON.stringify({
        replies: [
          "ChatMessage(_meta={'usage': {'completion_tokens': 607, 'prompt_tokens': 2003, 'completion_tokens_details': {'reasoning_tokens': 211}, 'prompt_tokens_details': {'cached_tokens': 1001}}})",
        ],
      }),
    ],
  ].map(
    ([library = '', answer = '']): Variant => ({
      note: `${library}: parts in an answer as Python prints it`,
      scopes: {
        [`openinference.instrumentation.${library.toLowerCase()}`]: [
          span({
            'openinference.span.kind': 'LLM',
            'llm.provider': 'openai',
            'llm.model_name': GPT,
            'llm.token_count.prompt': 2003,
            'llm.token_count.completion': 607,
            'output.value': answer,
          }),
        ],
      },
      calls: [openai({ input: 1002, cache_read: 1001, output: 396, reasoning: 211 })],
    }),
  ),
  {
    note: 'a library that hangs the next call below the last',
    scopes: {
      'opentelemetry.instrumentation.langchain': [
        below('a1', 501),
        below('a2', 601, 'a1'),
        below('a3', 701, 'a2'),
      ],
    },
    calls: [
      openai({ input: 501, output: 502 }),
      openai({ input: 601, output: 602 }),
      openai({ input: 701, output: 702 }),
    ],
  },
  ...['CHAT', 'llm_request', 'Chat'].map(
    (word): Variant => ({
      note: `a call by the word ${word}`,
      scopes: { any: [span({ ...CHAT, 'gen_ai.operation.name': word })] },
      calls: [openai({ input: 503, output: 71 })],
    }),
  ),
  ...[
    ['gen_ai.usage.cached_input_tokens', 'gen_ai.usage.reasoning_tokens'],
    ['gen_ai.usage.input_tokens.cached', 'gen_ai.usage.output_tokens.reasoning'],
    ['gen_ai.usage.cache_read_tokens', 'gen_ai.usage.reasoning.output_tokens'],
  ].map(
    ([cached = '', reasoning = '']): Variant => ({
      note: `parts as Mastra, Sentry and others name them: ${cached}`,
      scopes: { any: [span({ ...CHAT, [IN]: 1301, [OUT]: 171, [cached]: 300, [reasoning]: 70 })] },
      calls: [openai({ input: 1001, cache_read: 300, output: 101, reasoning: 70 })],
    }),
  ),
];
