import { type Answer, type Asked, events, json, type ModelApi, PIECES } from './model-answer.ts';

/** Cohere v2 chat: billed units are what counts. */
export const cohere: ModelApi = {
  api: 'cohere.chat',
  provider: 'cohere',
  pattern: /\/v2\/chat$/,
  modelOf: (_, body) => String(body.model),
  isStreaming: (_, body) => body.stream === true,
  classes: ['input', 'output'],
  answer,
  error: () => ({ message: 'refused' }),
};

function answer(asked: Asked): Answer {
  const { input, output } = asked.tokens;
  const usage = {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input, output_tokens: output },
  };
  const id = `00000000-0000-0000-0000-${asked.id.slice(0, 12)}`;
  if (!asked.isStreaming) {
    const message = { role: 'assistant', content: [{ type: 'text', text: PIECES.join('') }] };
    return json({ id, message, finish_reason: 'COMPLETE', usage });
  }
  const start = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const content = (text: string): object => ({ delta: { message: { content: { text } } } });
  const all: readonly (readonly [type: string, fields: object])[] = [
    ['message-start', { id, delta: { message: start } }],
    ['content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }],
    ...PIECES.map((text) => ['content-delta', { index: 0, ...content(text) }] as const),
    ['content-end', { index: 0 }],
    ['message-end', { id, delta: { finish_reason: 'COMPLETE', usage } }],
  ];
  return events(
    all.map(([type, fields]) => ({ type, ...fields })),
    all.map(([type]) => type),
  );
}

/** Cohere v1, which older clients speak. Usage stands in `meta` only. */
export const cohereV1: ModelApi = {
  api: 'cohere.v1',
  provider: 'cohere',
  pattern: /\/v1\/(?:chat|generate)$/,
  modelOf: (_, body) => String(body.model),
  isStreaming: (_, body) => body.stream === true,
  classes: ['input', 'output'],
  responseId: idOf,
  answer: answerV1,
  error: () => ({ message: 'refused' }),
};

function idOf(id: string): string {
  return `00000000-0000-0000-0000-${id.slice(0, 12)}`;
}

function answerV1(asked: Asked): Answer {
  const { input, output } = asked.tokens;
  const counts = { input_tokens: input, output_tokens: output };
  const meta = { api_version: { version: '1' }, billed_units: counts, tokens: counts };
  const id = idOf(asked.id);
  const text = PIECES.join('');
  if (asked.path.endsWith('/generate')) {
    const generation = { id, text, index: 0, finish_reason: 'COMPLETE' };
    return json({ id, prompt: 'hello', generations: [generation], meta });
  }
  const response = {
    response_id: id,
    generation_id: id,
    text,
    finish_reason: 'COMPLETE',
    chat_history: [],
    meta,
  };
  if (!asked.isStreaming) return json(response);
  const all = [
    { event_type: 'stream-start', is_finished: false, generation_id: id },
    ...PIECES.map((part) => ({ event_type: 'text-generation', is_finished: false, text: part })),
    { event_type: 'stream-end', is_finished: true, finish_reason: 'COMPLETE', response },
  ];
  return {
    contentType: 'application/stream+json',
    pieces: all.map((each) => `${JSON.stringify(each)}\n`),
  };
}
