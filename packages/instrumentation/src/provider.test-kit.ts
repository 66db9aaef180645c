import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the provider saw it. */
interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** True once the client went away before the response was finished. */
  isCancelled: boolean;
}

/** Answers one request; `index` counts requests from 0. */
export type Answer = (
  response: ServerResponse,
  request: SeenRequest,
  index: number,
) => void | Promise<void>;

/** A provider on a free loopback port. */
export interface TestProvider extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
}

/** Starts a real HTTP server that answers as told. */
export async function startProvider(answer: Answer): Promise<TestProvider> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen: SeenRequest = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        isCancelled: false,
      };
      const index = requests.push(seen) - 1;
      response.on('close', () => {
        seen.isCancelled = !response.writableFinished;
      });
      void answer(response, seen, index);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends server-sent events, each as its own piece, and ends unless told not to. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly string[],
  { end = true }: { readonly end?: boolean } = {},
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of events) {
    response.write(`${event}\n\n`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
  if (end) response.end();
}

/** A chat completion as OpenAI returns it. */
export const CHAT_COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  service_tier: 'default',
  system_fingerprint: 'fp_1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Grüße' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 1200,
    completion_tokens: 300,
    total_tokens: 1500,
    prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 100, audio_tokens: 0 },
  },
};

const chunk = (delta: object, finish: string | null, usage?: object | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-2',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt-4o-mini-2024-07-18',
    choices: usage ? [] : [{ index: 0, delta, finish_reason: finish }],
    ...(usage === undefined ? {} : { usage }),
  })}`;

/** A streamed chat completion, usage event included, terminal mark last. */
export const CHAT_EVENTS: readonly string[] = [
  chunk({ role: 'assistant', content: 'Gr' }, null, null),
  chunk({ content: 'üße' }, null, null),
  chunk({}, 'stop', null),
  chunk({}, null, CHAT_COMPLETION.usage),
  'data: [DONE]',
];

/** A message as Anthropic returns it. */
export const ANTHROPIC_MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    input_tokens: 100,
    cache_read_input_tokens: 2000,
    cache_creation_input_tokens: 50,
    cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 0 },
    output_tokens: 40,
    service_tier: 'standard',
  },
};

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}`;

/** A streamed Anthropic message. */
export const ANTHROPIC_EVENTS: readonly string[] = [
  event('message_start', {
    message: {
      ...ANTHROPIC_MESSAGE,
      content: [],
      stop_reason: null,
      usage: { ...ANTHROPIC_MESSAGE.usage, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hel' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'lo' } }),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 40 },
  }),
  event('message_stop', {}),
];
