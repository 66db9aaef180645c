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
