import { crc32 } from 'node:zlib';
import { type Answer, type Asked, json, type ModelApi, PIECES, sum } from './model-answer.ts';

const modelOf = (path: string): string =>
  decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? '');
const error = (): object => ({ message: 'refused' });

/** Bedrock Converse: input excludes both cache classes, writes are one number. */
export const bedrockConverse: ModelApi = {
  api: 'bedrock.converse',
  provider: 'aws.bedrock',
  pattern: /\/model\/[^/]+\/converse(?:-stream)?$/,
  modelOf,
  isStreaming: (path) => path.endsWith('-stream'),
  classes: ['input', 'cache_read', 'cache_write', 'output'],
  answer: converse,
  error,
};

/** Bedrock InvokeModel with a body of Anthropic's; a stream carries each event as base64. */
export const bedrockInvoke: ModelApi = {
  api: 'bedrock.invoke',
  provider: 'aws.bedrock',
  pattern: /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/,
  modelOf,
  isStreaming: (path) => path.endsWith('-stream'),
  classes: ['input', 'cache_read', 'cache_write_5m', 'output'],
  answer: invoke,
  error,
};

function converse(asked: Asked): Answer {
  const { tokens } = asked;
  const usage = {
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    ...(tokens.cache_read !== undefined && { cacheReadInputTokens: tokens.cache_read }),
    ...(tokens.cache_write !== undefined && { cacheWriteInputTokens: tokens.cache_write }),
    totalTokens: sum(tokens, 'input', 'cache_read', 'cache_write', 'output'),
  };
  const metrics = { latencyMs: 12 };
  const stopReason = asked.toolCall === undefined ? 'end_turn' : 'tool_use';
  const start = { toolUseId: `tooluse_${asked.id}`, name: asked.toolCall?.name };
  const input = asked.toolCall?.argumentsJson ?? '{}';
  if (!asked.isStreaming) {
    const block =
      asked.toolCall === undefined
        ? { text: PIECES.join('') }
        : { toolUse: { ...start, input: JSON.parse(input) } };
    const message = { role: 'assistant', content: [block] };
    return json({ output: { message }, stopReason, usage, metrics });
  }
  const deltas =
    asked.toolCall === undefined ? PIECES.map((text) => ({ text })) : [{ toolUse: { input } }];
  const opening =
    asked.toolCall === undefined ? [] : [{ contentBlockIndex: 0, start: { toolUse: start } }];
  return eventStream([
    ['messageStart', { role: 'assistant' }],
    ...opening.map((each) => ['contentBlockStart', each] as const),
    ...deltas.map((delta) => ['contentBlockDelta', { contentBlockIndex: 0, delta }] as const),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason }],
    ['metadata', { usage, metrics }],
  ]);
}

function invoke(asked: Asked): Answer {
  const { tokens } = asked;
  const usage = {
    input_tokens: tokens.input,
    cache_creation_input_tokens: tokens.cache_write_5m ?? 0,
    cache_read_input_tokens: tokens.cache_read ?? 0,
  };
  const message = {
    id: `msg_bdrk_${asked.id}`,
    type: 'message',
    role: 'assistant',
    // Anthropic's own name for it: no region, no maker, no Bedrock version.
    model: asked.model.replace(/^.*anthropic\./, '').replace(/-v\d+:\d+$/, ''),
  };
  const end = { stop_reason: 'end_turn', stop_sequence: null };
  if (!asked.isStreaming) {
    const content = [{ type: 'text', text: PIECES.join('') }];
    return json({ ...message, content, ...end, usage: { ...usage, output_tokens: tokens.output } });
  }
  const opened = { ...message, content: [], usage: { ...usage, output_tokens: 1 } };
  const chunks: readonly object[] = [
    { type: 'message_start', message: opened },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...PIECES.map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: end, usage: { output_tokens: tokens.output } },
    {
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': {
        inputTokenCount: tokens.input,
        outputTokenCount: tokens.output,
        cacheReadInputTokenCount: tokens.cache_read ?? 0,
        cacheWriteInputTokenCount: tokens.cache_write_5m ?? 0,
      },
    },
  ];
  return eventStream(
    chunks.map((chunk) => [
      'chunk',
      { bytes: Buffer.from(JSON.stringify(chunk)).toString('base64') },
    ]),
  );
}

function eventStream(messages: readonly (readonly [type: string, payload: object])[]): Answer {
  const pieces = messages.map(([type, payload]) => frame(type, payload));
  return { contentType: 'application/vnd.amazon.eventstream', pieces };
}

/** One message of an AWS event stream: two lengths and their checksum, headers, payload, checksum of all. */
function frame(type: string, payload: object): Uint8Array {
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
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(bytes), 0);
  return check;
}
