import { type Asked, json, objectOf, type Reply, sse, WORDS } from './reply.ts';

const PROVIDERS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^mistral/, 'mistral_ai'],
  [/^llama-3\.3-70b-versatile/, 'groq'],
  [/^meta-llama\//, 'together'],
];

/** Chat completions of OpenAI and of those who speak it. Only OpenAI's usage has details. */
export function replyToChat(asked: Asked): Reply {
  const requested = String(asked.body.model);
  const provider = PROVIDERS.find(([pattern]) => pattern.test(requested))?.[1] ?? 'openai';
  const model = provider === 'openai' ? `${requested}-2024-08-06` : requested;
  const usage = usageOf(provider, asked.position);
  const isStream = asked.body.stream === true;
  const asksUsage = objectOf(asked.body.stream_options).include_usage === true;
  // Mistral, Groq and Together send usage with the last chunk unasked.
  const tokens = isStream && provider === 'openai' && !asksUsage ? undefined : usage.tokens;
  const reply = { provider, model: requested, tokens };
  const base = { id: `chatcmpl-${asked.position}`, created: 1_700_000_000, model };
  const message = messageFor(asked.body);
  if (!isStream) {
    const finish = 'tool_calls' in message ? 'tool_calls' : 'stop';
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
    return {
      ...reply,
      ...json({ ...base, object: 'chat.completion', choices, usage: usage.wire }),
    };
  }
  const chunk = (fields: object): string =>
    sse({ ...base, object: 'chat.completion.chunk', ...fields });
  const delta = (content: object, finish: string | null = null): object => ({
    choices: [{ index: 0, delta: content, logprobs: null, finish_reason: finish }],
  });
  const withUsage = provider === 'openai' ? {} : { usage: usage.wire };
  return {
    ...reply,
    contentType: 'text/event-stream',
    pieces: [
      chunk(delta({ role: 'assistant', content: '' })),
      ...WORDS.map((content) => chunk(delta({ content }))),
      chunk({ ...delta({}, 'stop'), ...withUsage }),
      ...(asksUsage && provider === 'openai' ? [chunk({ choices: [], usage: usage.wire })] : []),
      sse('[DONE]'),
    ],
  };
}

/** The first answer to a request with tools calls the tool; one with a schema gives JSON. */
function messageFor(body: Asked['body']): object {
  const messages: readonly unknown[] = Array.isArray(body.messages) ? body.messages : [];
  const hasResult = messages.some((message) => objectOf(message).role === 'tool');
  if (Array.isArray(body.tools) && !hasResult) {
    const call = { name: 'weather', arguments: '{"city":"Oslo"}' };
    const calls = [{ id: 'call_1', type: 'function', function: call }];
    return { role: 'assistant', content: null, tool_calls: calls };
  }
  const content = body.response_format === undefined ? WORDS.join('') : '{"city":"Oslo"}';
  return { role: 'assistant', content };
}

function usageOf(provider: string, position: number): { tokens: Reply['tokens']; wire: object } {
  const input = 800 + position;
  const output = 40 + position;
  if (provider !== 'openai') {
    const wire = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    return { tokens: { input, output }, wire };
  }
  return {
    tokens: { input, cache_read: 200, output, reasoning: 9 },
    wire: {
      prompt_tokens: input + 200,
      completion_tokens: output + 9,
      total_tokens: input + 200 + output + 9,
      prompt_tokens_details: { cached_tokens: 200, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 9, audio_tokens: 0 },
    },
  };
}

/** Embeddings, as numbers or as the base64 that the SDKs ask for. */
export function replyToEmbeddings(asked: Asked): Reply {
  const input = 30 + asked.position;
  const isBase64 = asked.body.encoding_format === 'base64';
  const vector = isBase64
    ? Buffer.from(new Float32Array([0.5, -0.25]).buffer).toString('base64')
    : [0.5, -0.25];
  const model = String(asked.body.model);
  const texts = Array.isArray(asked.body.input) ? asked.body.input : [asked.body.input];
  return {
    provider: model.startsWith('mistral') ? 'mistral_ai' : 'openai',
    model,
    tokens: { input },
    ...json({
      object: 'list',
      data: texts.map((_, index) => ({ object: 'embedding', index, embedding: vector })),
      model,
      usage: { prompt_tokens: input, total_tokens: input },
    }),
  };
}
