import { type Asked, json, type Reply, sse, WORDS } from './reply.ts';

/** The responses API. A stream reports usage with its last event, unasked. */
export function replyToResponses(asked: Asked): Reply {
  const input = 600 + asked.position;
  const output = 30 + asked.position;
  const requested = String(asked.body.model);
  // xAI serves the model by the name that was asked for, and says what it costs: in ten-billionths of a dollar.
  const isXai = asked.provider === 'x_ai';
  const model = isXai ? requested : `${requested}-2024-08-06`;
  const reply = {
    provider: asked.provider ?? 'openai',
    model: requested,
    tokens: { input, cache_read: 100, output, reasoning: 5 },
    ...(isXai ? { costUsd: input / 1e6 } : {}),
  };
  const usage = {
    input_tokens: input + 100,
    input_tokens_details: { cached_tokens: 100 },
    output_tokens: output + 5,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: input + 100 + output + 5,
    ...(isXai ? { cost_in_usd_ticks: input * 1e4 } : {}),
  };
  const base = {
    id: `resp_${asked.position}`,
    object: 'response',
    created_at: 1_700_000_000,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    ...(asked.body.background === true ? { background: true } : {}),
    model,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  };
  const text = WORDS.join('');
  const part = (content: string): object => ({
    type: 'output_text',
    text: content,
    annotations: [],
  });
  const item = (status: string, content: readonly object[]): object => ({
    id: 'msg_1',
    type: 'message',
    status,
    role: 'assistant',
    content,
  });
  const whole = { ...base, status: 'completed', output: [item('completed', [part(text)])], usage };
  if (asked.body.stream !== true) return { ...reply, ...json(whole) };
  const started = { ...base, status: 'in_progress', output: [], usage: null };
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events: readonly (readonly [string, object])[] = [
    ['response.created', { response: started }],
    ['response.output_item.added', { output_index: 0, item: item('in_progress', []) }],
    ['response.content_part.added', { ...at, part: part('') }],
    ...WORDS.map(
      (delta) => ['response.output_text.delta', { ...at, delta, logprobs: [] }] as const,
    ),
    ['response.output_text.done', { ...at, text, logprobs: [] }],
    ['response.content_part.done', { ...at, part: part(text) }],
    ['response.output_item.done', { output_index: 0, item: item('completed', [part(text)]) }],
    ['response.completed', { response: whole }],
  ];
  return {
    ...reply,
    contentType: 'text/event-stream',
    pieces: events.map(([type, fields], sequence) =>
      sse({ type, sequence_number: sequence, ...fields }, type),
    ),
  };
}
