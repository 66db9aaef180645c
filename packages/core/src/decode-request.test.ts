import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';

const CHAT: Endpoint = { api: 'openai.chat', provider: 'openai', operation: 'chat', modifiers: {} };

test.for([
  {
    note: 'chat',
    api: 'openai.chat' as const,
    body: {
      model: 'gpt-5',
      stream: false,
      max_completion_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
      seed: 3,
      n: 2,
      stop: 'END',
      response_format: { type: 'json_schema' },
      reasoning_effort: 'high',
      service_tier: 'flex',
      user: 'u-1',
    },
    want: {
      maxTokens: 9,
      temperature: 0,
      topP: 0.5,
      frequencyPenalty: 1,
      presencePenalty: -1,
      seed: 3,
      choiceCount: 2,
      stopSequences: ['END'],
      outputType: 'json',
      reasoningLevel: 'high',
      serviceTier: 'flex',
      userId: 'u-1',
    },
  },
  {
    note: 'responses',
    api: 'openai.responses' as const,
    body: {
      model: 'gpt-5',
      max_output_tokens: 9,
      reasoning: { effort: 'low' },
      text: { format: { type: 'text' } },
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
    },
    want: {
      maxTokens: 9,
      outputType: 'text',
      reasoningLevel: 'low',
      previousResponseId: 'resp_0',
      conversationId: 'conv_1',
    },
  },
  {
    note: 'Anthropic messages',
    api: 'anthropic.messages' as const,
    body: {
      model: 'gpt-5',
      max_tokens: 9,
      top_k: 5,
      stop_sequences: ['a', 'b'],
      output_config: { effort: 'max' },
      metadata: { user_id: 'u-2' },
    },
    want: {
      maxTokens: 9,
      topK: 5,
      stopSequences: ['a', 'b'],
      reasoningLevel: 'max',
      userId: 'u-2',
    },
  },
])('parameters of $note', ({ api, body, want }) => {
  const decoded = decodeRequest({ ...CHAT, api }, JSON.stringify(body));
  expect(decoded).toEqual({ model: 'gpt-5', isStreaming: false, parameters: want });
});

test.for(['', 'null', '[]', '"x"', '{"model":1,"stream":"yes","temperature":"hot"}', '{', '{"a"'])(
  'the body %s tells nothing',
  (text) => {
    expect(decodeRequest(CHAT, text)).toEqual({ isStreaming: false, parameters: {} });
  },
);

test('the model of the path stands in for a missing one', () => {
  expect(decodeRequest({ ...CHAT, pathModel: 'prod' }, '{}').model).toBe('prod');
  expect(decodeRequest({ ...CHAT, pathModel: 'prod' }, '{"model":"m"}').model).toBe('m');
});
