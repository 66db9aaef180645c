import { crc32 } from 'node:zlib';
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

/** One message of an AWS event stream: two lengths and their checksum, headers, payload, checksum of all. */
function message(type: string, payload: object): Uint8Array {
  const headers = Buffer.concat([
    header(':event-type', type),
    header(':content-type', 'application/json'),
    header(':message-type', 'event'),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const whole = Buffer.concat([prelude, checksum(prelude), headers, body]);
  return Buffer.concat([whole, checksum(whole)]);
}

/** Header type 7 is text with a length of two bytes. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(3);
  length.writeUInt8(7, 0);
  length.writeUInt16BE(value.length, 1);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, Buffer.from(value)]);
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes), 0);
  return sum;
}
