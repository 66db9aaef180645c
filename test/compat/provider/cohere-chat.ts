import { type Asked, json, type Reply, sse, WORDS } from './reply.ts';

/** Cohere v2: billed units count, consumed tokens do not. */
export function replyToCohere(asked: Asked): Reply {
  const input = 90 + asked.position;
  const output = 12 + asked.position;
  const reply = {
    provider: 'cohere',
    model: String(asked.body.model),
    tokens: { input, output },
  };
  const usage = {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input + 66, output_tokens: output },
  };
  const id = `00000000-0000-0000-0000-${String(asked.position).padStart(12, '0')}`;
  if (asked.body.stream !== true) {
    const message = { role: 'assistant', content: [{ type: 'text', text: WORDS.join('') }] };
    return { ...reply, ...json({ id, message, finish_reason: 'COMPLETE', usage }) };
  }
  const start = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const events: readonly (readonly [string, object])[] = [
    ['message-start', { id, delta: { message: start } }],
    ['content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }],
    ...WORDS.map(
      (text) => ['content-delta', { index: 0, delta: { message: { content: { text } } } }] as const,
    ),
    ['content-end', { index: 0 }],
    ['message-end', { delta: { finish_reason: 'COMPLETE', usage } }],
  ];
  return {
    ...reply,
    contentType: 'text/event-stream',
    pieces: events.map(([type, fields]) => sse({ type, ...fields }, type)),
  };
}

/** Embeddings: billed units are all that is reported. */
export function replyToCohereEmbed(asked: Asked): Reply {
  const input = 8 + asked.position;
  const units = { billed_units: { input_tokens: input }, api_version: { version: '2' } };
  return {
    provider: 'cohere',
    model: String(asked.body.model),
    tokens: { input },
    ...json({ id: 'e', embeddings: { float: [[0.5, -0.25]] }, texts: ['a'], meta: units }),
  };
}

/** A rerank is billed by searches, not by tokens: $2 for 1,000. */
export function replyToRerank(asked: Asked): Reply {
  const searches = asked.position;
  const meta = { api_version: { version: '2' }, billed_units: { search_units: searches } };
  return {
    provider: 'cohere',
    model: String(asked.body.model),
    tokens: {},
    feesUsd: searches * 0.002,
    ...json({ id: 'r', results: [{ index: 0, relevance_score: 0.5 }], meta }),
  };
}
