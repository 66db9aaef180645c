import { type Exchange, loadExchange } from './exchange.ts';

/** Text that stands for content; it must reach no exported byte. */
const PROMPT = 'hello';

const SCHEMA = { type: 'object', properties: { answer: { type: 'string' } } };

/**
 * Requests with every parameter that the conventions record, and what the spans must say of those that are not plain
 * numbers of one name. The responses are those of fixtures.
 */
export const FULL_REQUESTS: readonly {
  readonly exchange: Exchange;
  readonly want: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}[] = [
  {
    exchange: loadExchange('openai/chat/plain', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: PROMPT }],
      max_completion_tokens: 300,
      temperature: 0.5,
      top_p: 0.9,
      frequency_penalty: 0.25,
      presence_penalty: -0.5,
      seed: 42,
      n: 2,
      stop: ['END', 'STOP'],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } },
      reasoning_effort: 'low',
      service_tier: 'flex',
      user: 'user-7',
    }),
    want: {
      'gen_ai.request.max_tokens': 300,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.seed': 42,
      'gen_ai.request.stop_sequences': ['END', 'STOP'],
      'gen_ai.output.type': 'json',
      'gen_ai.request.reasoning.level': 'low',
      'openai.request.service_tier': 'flex',
      'openai.api.type': 'chat_completions',
      'user.id': 'user-7',
    },
  },
  {
    exchange: loadExchange('openai/responses/tools', {
      model: 'gpt-5',
      input: PROMPT,
      max_output_tokens: 400,
      temperature: 1,
      top_p: 1,
      reasoning: { effort: 'high' },
      text: { format: { type: 'json_schema', name: 'x', schema: SCHEMA } },
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_9' },
      service_tier: 'auto',
    }),
    want: {
      'gen_ai.request.max_tokens': 400,
      'gen_ai.output.type': 'json',
      'gen_ai.request.reasoning.level': 'high',
      'gen_ai.request.previous_response.id': 'resp_0',
      'gen_ai.conversation.id': 'conv_9',
      'openai.api.type': 'responses',
    },
  },
  {
    exchange: loadExchange('anthropic/messages/plain', {
      model: 'claude-sonnet-4-5',
      max_tokens: 500,
      messages: [{ role: 'user', content: PROMPT }],
      temperature: 0.3,
      top_p: 0.8,
      top_k: 40,
      stop_sequences: ['END'],
      output_config: { effort: 'medium' },
      metadata: { user_id: 'user-8' },
    }),
    want: {
      'gen_ai.request.max_tokens': 500,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.reasoning.level': 'medium',
      'user.id': 'user-8',
    },
  },
  {
    exchange: loadExchange('gemini/chat/plain', {
      model: 'gemini-2.5-flash',
      messages: [{ role: 'user', content: PROMPT }],
      seed: 3,
      n: 1,
    }),
    want: { 'gen_ai.request.seed': 3 },
  },
  {
    exchange: loadExchange('gemini/generate/grounded-2', {
      contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
      generationConfig: {
        maxOutputTokens: 600,
        temperature: 0.1,
        topP: 0.95,
        topK: 20,
        seed: 5,
        candidateCount: 3,
        stopSequences: ['END'],
        responseMimeType: 'application/json',
      },
    }),
    want: {
      'gen_ai.request.max_tokens': 600,
      'gen_ai.request.top_k': 20,
      'gen_ai.request.choice.count': 3,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.output.type': 'json',
    },
  },
  {
    exchange: loadExchange('bedrock/converse/plain', {
      messages: [{ role: 'user', content: [{ text: PROMPT }] }],
      inferenceConfig: { maxTokens: 700, temperature: 0.2, topP: 0.7, stopSequences: ['END'] },
    }),
    want: { 'gen_ai.request.max_tokens': 700, 'gen_ai.request.stop_sequences': ['END'] },
  },
  {
    exchange: loadExchange('openai/embeddings/plain', {
      model: 'text-embedding-3-small',
      input: [PROMPT],
      dimensions: 256,
      encoding_format: 'float',
    }),
    want: {
      'gen_ai.embeddings.dimension.count': 256,
      'gen_ai.request.encoding_formats': ['float'],
    },
  },
];
