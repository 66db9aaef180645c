import { message } from './aws-event-stream.ts';
import { type Asked, json, type Reply, WORDS } from './reply.ts';

/** Bedrock Converse and ConverseStream; the stream's last event has the usage. */
export function replyToConverse(asked: Asked): Reply {
  const input = 70 + asked.position;
  const output = 18 + asked.position;
  const model = decodeURIComponent(/\/model\/([^/]+)\//.exec(asked.path)?.[1] ?? '');
  const reply = { provider: 'aws.bedrock', model, tokens: { input, output, cache_read: 40 } };
  const usage = {
    inputTokens: input,
    outputTokens: output,
    cacheReadInputTokens: 40,
    totalTokens: input + output + 40,
  };
  const metrics = { latencyMs: 12 };
  if (asked.path.endsWith('/converse')) {
    const message = { role: 'assistant', content: [{ text: WORDS.join('') }] };
    const body = { output: { message }, stopReason: 'end_turn', usage, metrics };
    return { ...reply, ...json(body) };
  }
  return {
    ...reply,
    contentType: 'application/vnd.amazon.eventstream',
    pieces: [
      message('messageStart', { role: 'assistant' }),
      ...WORDS.map((text) =>
        message('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
      ),
      message('contentBlockStop', { contentBlockIndex: 0 }),
      message('messageStop', { stopReason: 'end_turn' }),
      message('metadata', { usage, metrics }),
    ],
  };
}
