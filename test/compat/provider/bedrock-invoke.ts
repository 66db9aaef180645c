import { message } from './aws-event-stream.ts';
import { type Asked, type Json, json, objectOf, type Reply, WORDS } from './reply.ts';

/** Counts of one answer. */
interface Counts {
  readonly input: number;
  readonly output: number;
}

/** One vendor's own API as Bedrock passes it on. */
interface Vendor {
  readonly pattern: RegExp;
  readonly body: (counts: Counts) => object;
  readonly events: (counts: Counts) => readonly object[];
  /** Classes beyond input and output. */
  readonly more?: Readonly<Record<string, number>>;
}

const TEXT = WORDS.join('');

const VENDORS: readonly Vendor[] = [
  {
    pattern: /anthropic\./,
    more: { cache_read: 60, cache_write_5m: 30 },
    body: ({ input, output }) => ({
      id: 'msg_bdrk_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5-20251001',
      content: [{ type: 'text', text: TEXT }],
      stop_reason: 'end_turn',
      usage: { ...claudeInput(input), output_tokens: output },
    }),
    events: ({ input, output }) => [
      {
        type: 'message_start',
        message: {
          id: 'msg_bdrk_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-haiku-4-5-20251001',
          content: [],
          usage: { ...claudeInput(input), output_tokens: 1 },
        },
      },
      ...WORDS.map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      })),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: output },
      },
      { type: 'message_stop' },
    ],
  },
  {
    pattern: /amazon\.nova/,
    more: { cache_read: 40 },
    body: ({ input, output }) => ({
      output: { message: { role: 'assistant', content: [{ text: TEXT }] } },
      stopReason: 'end_turn',
      usage: novaUsage(input, output),
    }),
    events: ({ input, output }) => [
      { messageStart: { role: 'assistant' } },
      ...WORDS.map((text) => ({ contentBlockDelta: { delta: { text }, contentBlockIndex: 0 } })),
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: novaUsage(input, output), metrics: {} } },
    ],
  },
  {
    pattern: /meta\.llama/,
    body: ({ input, output }) => ({
      generation: TEXT,
      prompt_token_count: input,
      generation_token_count: output,
      stop_reason: 'stop',
    }),
    events: ({ input, output }) =>
      WORDS.map((generation, index) => ({
        generation,
        prompt_token_count: index === 0 ? input : null,
        generation_token_count: index === WORDS.length - 1 ? output : index + 1,
        stop_reason: index === WORDS.length - 1 ? 'stop' : null,
      })),
  },
  {
    pattern: /mistral\./,
    // It reports nothing itself: Bedrock's headers and metrics do.
    body: () => ({ outputs: [{ text: TEXT, stop_reason: 'stop' }] }),
    events: () =>
      WORDS.map((text, index) => ({
        outputs: [{ text, stop_reason: index === WORDS.length - 1 ? 'stop' : null }],
      })),
  },
  {
    pattern: /cohere\./,
    body: () => ({ generation_id: 'g', text: TEXT, finish_reason: 'COMPLETE' }),
    events: () => [
      ...WORDS.map((text) => ({ event_type: 'text-generation', is_finished: false, text })),
      { event_type: 'stream-end', is_finished: true, finish_reason: 'COMPLETE' },
    ],
  },
  {
    pattern: /amazon\.titan-text/,
    body: ({ input, output }) => ({
      inputTextTokenCount: input,
      results: [{ tokenCount: output, outputText: TEXT, completionReason: 'FINISH' }],
    }),
    events: ({ input, output }) =>
      WORDS.map((outputText, index) => ({
        outputText,
        index,
        totalOutputTextTokenCount: index === WORDS.length - 1 ? output : null,
        completionReason: index === WORDS.length - 1 ? 'FINISH' : null,
        inputTextTokenCount: index === 0 ? input : null,
      })),
  },
];

function claudeInput(input: number): Json {
  return {
    input_tokens: input,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 },
  };
}

function novaUsage(input: number, output: number): Json {
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadInputTokenCount: 40,
    cacheWriteInputTokenCount: 0,
  };
}

/** Bedrock InvokeModel and InvokeModelWithResponseStream for a model of each vendor. */
export function replyToInvoke(asked: Asked): Reply {
  const model = decodeURIComponent(/\/model\/([^/]+)\//.exec(asked.path)?.[1] ?? '');
  const vendor = VENDORS.find(({ pattern }) => pattern.test(model));
  if (vendor === undefined) throw new Error(`expected a vendor of ${model}`);
  const counts = { input: 110 + asked.position, output: 22 + asked.position };
  const tokens = { ...counts, ...vendor.more };
  const reply = { provider: 'aws.bedrock', model, tokens };
  if (asked.path.endsWith('/invoke')) {
    const headers = {
      'x-amzn-bedrock-input-token-count': String(counts.input),
      'x-amzn-bedrock-output-token-count': String(counts.output),
      'x-amzn-bedrock-invocation-latency': '12',
    };
    return { ...reply, headers, ...json(vendor.body(counts)) };
  }
  const events = vendor.events(counts);
  const metrics = {
    inputTokenCount: counts.input,
    outputTokenCount: counts.output,
    invocationLatency: 12,
    firstByteLatency: 3,
  };
  return {
    ...reply,
    contentType: 'application/vnd.amazon.eventstream',
    pieces: events.map((event, index) =>
      chunk(
        index === events.length - 1
          ? { ...objectOf(event), 'amazon-bedrock-invocationMetrics': metrics }
          : event,
      ),
    ),
  };
}

function chunk(event: object): Uint8Array {
  return message('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') });
}
