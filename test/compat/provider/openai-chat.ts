import { chatUsage } from './chat-usage.ts';
import { type Asked, json, objectOf, type Reply, sse, WORDS } from './reply.ts';

/** Those whose streams report usage only when they are asked to. */
const ASKED_FOR_USAGE: ReadonlySet<string> = new Set(['openai', 'azure.ai.openai']);

/** Chat completions of OpenAI and of those who speak it. Only OpenAI's usage has details. */
export function replyToChat(asked: Asked): Reply {
  const requested = String(asked.body.model);
  const provider = asked.provider ?? 'openai';
  const mustAsk = ASKED_FOR_USAGE.has(provider);
  const model = mustAsk ? `${requested}-2024-08-06` : requested;
  const usage = chatUsage(provider, asked.position);
  const isStream = asked.body.stream === true;
  const asksUsage = objectOf(asked.body.stream_options).include_usage === true;
  // The others send usage with the last chunk unasked.
  const hasUsage = !isStream || !mustAsk || asksUsage;
  const { costUsd } = usage;
  const reply = {
    provider,
    model: requested,
    tokens: hasUsage ? usage.tokens : undefined,
    ...(costUsd === undefined ? {} : { costUsd }),
  };
  const id = `chatcmpl-${asked.position}`;
  const base = { id, created: 1_700_000_000, model, system_fingerprint: 'fp_1' };
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
  const withUsage = mustAsk ? {} : lastChunkOf(provider, usage.wire);
  return {
    ...reply,
    contentType: 'text/event-stream',
    pieces: [
      chunk(delta({ role: 'assistant', content: '' })),
      ...WORDS.map((content) => chunk(delta({ content }))),
      chunk({ ...delta({}, 'stop'), ...withUsage }),
      ...(asksUsage && mustAsk ? [chunk({ choices: [], usage: usage.wire })] : []),
      sse('[DONE]'),
    ],
  };
}

/** Where usage is in the last chunk: Groq has it in a field of its own. */
function lastChunkOf(provider: string, usage: object): object {
  return provider === 'groq' ? { x_groq: { id: 'req_1', usage } } : { usage };
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
    provider: asked.provider ?? 'openai',
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
