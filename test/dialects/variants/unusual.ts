import {
  anthropic,
  CHAT,
  GPT,
  IN,
  OUT,
  openai,
  span,
  V2,
  type Variant,
  type VariantCall,
} from './variant.ts';

const NOVA = 'us.amazon.nova-lite-v1:0';
const AUDIO = 'gpt-4o-audio-preview';
const GEMINI_CALL = {
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.request.model': 'gemini-2.5-flash',
  [IN]: 503,
  [OUT]: 71,
} as const;

function gemini(tokens: Readonly<Record<string, number>>): VariantCall {
  return { provider: 'google', model: 'gemini-2.5-flash', tokens };
}

/** What frameworks and proxies make of names and numbers. */
export const UNUSUAL_VARIANTS: readonly Variant[] = [
  {
    note: 'a library where a provider should be: the model tells',
    scopes: {
      'some.framework': ['Langchain', 'crewai', 'litellm_proxy', '_OTHER'].map((name) =>
        span({ ...CHAT, 'gen_ai.provider.name': name }),
      ),
    },
    calls: [1, 2, 3, 4].map(() => openai({ input: 503, output: 71 })),
  },
  {
    note: 'providers by more words',
    scopes: {
      'some.framework': ['google_vertexai', 'google-genai', 'Google-VertexAI'].map((name) =>
        span({ ...GEMINI_CALL, 'gen_ai.system': name }),
      ),
    },
    calls: [1, 2, 3].map(() => gemini({ input: 503, output: 71 })),
  },
  {
    note: 'empty names are none: the served model of a filtered stream, the operation, the provider',
    scopes: {
      [V2]: [
        span({ ...CHAT, 'gen_ai.request.model': GPT, 'gen_ai.response.model': '' }),
        span({ ...CHAT, 'gen_ai.operation.name': '' }),
        span({ ...CHAT, 'gen_ai.provider.name': '', 'gen_ai.system': 'openai' }),
      ],
    },
    calls: [1, 2, 3].map(() => openai({ input: 503, output: 71 })),
  },
  {
    note: 'no word for what it does, and only the served model',
    scopes: {
      'some.library.of.tomorrow': [
        span({
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.model': GPT,
          [IN]: 503,
          [OUT]: 71,
        }),
      ],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: 'nobody names the provider: a name that only Bedrock has, prefixes of what was served',
    scopes: {
      'some.proxy': [
        span({ 'gen_ai.response.model': NOVA, 'llm.request.type': 'chat', [IN]: 503, [OUT]: 71 }),
        span({
          'gen_ai.request.model': 'house-alias',
          'gen_ai.response.model': `openai/${GPT}`,
          [IN]: 503,
          [OUT]: 71,
        }),
        span({
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
          [IN]: 503,
          [OUT]: 71,
        }),
      ],
    },
    calls: [
      { provider: 'aws', model: NOVA, tokens: { input: 503, output: 71 } },
      openai({ input: 503, output: 71 }),
      anthropic({ input: 503, output: 71 }),
    ],
  },
  {
    note: 'audio as text, and a zero of it',
    scopes: {
      [V2]: [
        span({
          ...CHAT,
          'gen_ai.request.model': AUDIO,
          'gen_ai.response.model': AUDIO,
          'gen_ai.usage.audio.input_tokens': '100',
          'gen_ai.usage.audio.output_tokens': '0',
        }),
      ],
    },
    calls: [
      {
        provider: 'openai',
        model: AUDIO,
        tokens: { input: 403, input_audio: 100, output: 71 },
      },
    ],
  },
  {
    note: 'a cost of 0 is what libraries write for models that they do not know',
    scopes: { 'some.proxy': [span({ ...CHAT, 'gen_ai.usage.cost': 0 })] },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: 'raw usage as a map instead of text',
    scopes: {
      'logfire.openai': [
        span({
          ...CHAT,
          'gen_ai.usage.raw': {
            raw: {
              kvlistValue: {
                values: [
                  {
                    key: 'prompt_tokens_details',
                    value: {
                      kvlistValue: {
                        values: [{ key: 'cached_tokens', value: { intValue: '200' } }],
                      },
                    },
                  },
                ],
              },
            },
          },
        }),
      ],
    },
    calls: [openai({ input: 303, cache_read: 200, output: 71 })],
  },
  {
    note: 'raw usage whose numbers are text',
    scopes: {
      'logfire.openai': [
        span({
          ...CHAT,
          'gen_ai.usage.raw': JSON.stringify({ prompt_tokens_details: { cached_tokens: '200' } }),
        }),
      ],
    },
    calls: [openai({ input: 303, cache_read: 200, output: 71 })],
  },
  {
    note: 'three dialects on one span',
    scopes: {
      'some.library.of.tomorrow': [
        span({
          ...CHAT,
          'openinference.span.kind': 'LLM',
          'llm.provider': 'openai',
          'llm.token_count.prompt': 503,
          'llm.token_count.completion': 71,
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.usage.promptTokens': 503,
        }),
      ],
    },
    calls: [openai({ input: 503, output: 71 })],
  },
  {
    note: 'both words for a cache write are one write',
    scopes: {
      'some.library.of.tomorrow': [
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.model': 'claude-sonnet-4-5-20250929',
          [IN]: 503,
          [OUT]: 71,
          'gen_ai.usage.cache_creation.input_tokens': 100,
          'gen_ai.usage.cache_write.input_tokens': 100,
        }),
      ],
    },
    calls: [anthropic({ input: 403, cache_write: 100, output: 71 })],
  },
  {
    note: 'Langfuse: audio has rates of its own',
    scopes: {
      'langfuse-sdk': [
        span({
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': AUDIO,
          'langfuse.observation.usage_details': JSON.stringify({
            input: 60,
            output: 50,
            input_cached_tokens: 40,
            input_audio_tokens: 10,
            output_audio_tokens: 20,
          }),
        }),
      ],
    },
    calls: [
      {
        provider: 'openai',
        model: AUDIO,
        tokens: { input: 60, cache_read: 40, input_audio: 10, output: 50, output_audio: 20 },
      },
    ],
  },
];
