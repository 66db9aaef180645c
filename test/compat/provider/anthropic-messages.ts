import { type Asked, json, type Reply, sse, WORDS } from './reply.ts';

/** Messages. The first event of a stream has the whole input and one token of output. */
export function replyToMessages(asked: Asked): Reply {
  const input = 500 + asked.position;
  const output = 25 + asked.position;
  const model = String(asked.body.model);
  const cached = { input, cache_read: 300, cache_write_5m: 20 };
  const reply = { provider: 'anthropic', model, tokens: { ...cached, output } };
  const usage = (tokens: number): object => ({
    input_tokens: input,
    cache_read_input_tokens: 300,
    cache_creation_input_tokens: 20,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
    output_tokens: tokens,
    service_tier: 'standard',
  });
  const isTool =
    Array.isArray(asked.body.tools) && !JSON.stringify(asked.body).includes('tool_result');
  const text = isTool
    ? { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } }
    : { type: 'text', text: WORDS.join('') };
  const stop = isTool ? 'tool_use' : 'end_turn';
  const message = {
    id: `msg_${asked.position}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_sequence: null,
  };
  if (asked.body.stream !== true) {
    const whole = { ...message, content: [text], stop_reason: stop, usage: usage(output) };
    return { ...reply, ...json(whole) };
  }
  const start = { ...message, content: [], stop_reason: null, usage: usage(1) };
  const delta = (words: string): object => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: words },
  });
  const events: readonly object[] = [
    { type: 'message_start', message: start },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...WORDS.map(delta),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: output },
    },
    { type: 'message_stop' },
  ];
  return {
    ...reply,
    tokensAtStart: { ...cached, output: 1 },
    contentType: 'text/event-stream',
    pieces: events.map((event) => sse(event, 'type' in event ? String(event.type) : undefined)),
  };
}
