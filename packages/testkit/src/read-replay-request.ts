import type { IncomingMessage } from 'node:http';
import type { ReplayApi, ReplayRequest } from './reply.ts';

const APIS: Readonly<Record<string, ReplayApi>> = {
  '/v1/chat/completions': 'openai.chat',
  '/v1/embeddings': 'openai.embeddings',
  '/v1/responses': 'openai.responses',
  '/v1/messages': 'anthropic.messages',
};

/** API of a request line; undefined when nothing is replayed there. */
export function apiOf(request: IncomingMessage): ReplayApi | undefined {
  if (request.method !== 'POST') return undefined;
  return APIS[pathOf(request)];
}

/** Reads a whole request body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Parses a body that must be a JSON object; undefined when it is not one. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Headers with lower-case names and joined values. */
function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Describes a request to the plan. `countAttempt` is asked once, if the request names a conversation. */
export function describeRequest(
  request: IncomingMessage,
  api: ReplayApi,
  options: {
    readonly body: Readonly<Record<string, unknown>>;
    readonly sequence: number;
    readonly countAttempt: (conversation: string) => number;
  },
): ReplayRequest {
  const { body } = options;
  const headers = headersOf(request);
  const conversation = headers['x-replay-conversation'];
  const streamOptions = body.stream_options;
  const retries = Number(headers['x-stainless-retry-count'] ?? 0);
  return {
    api,
    sequence: options.sequence,
    path: pathOf(request),
    headers,
    body,
    model: typeof body.model === 'string' ? body.model : '',
    isStreaming: body.stream === true,
    includesUsage: isObject(streamOptions) && streamOptions.include_usage === true,
    ...(conversation !== undefined && { conversation }),
    attempt: conversation === undefined ? retries : options.countAttempt(conversation),
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
