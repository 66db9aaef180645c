import type { ReplayProvider } from './replay-provider.ts';

/** A JSON object. */
export type Json = Record<string, unknown>;

/** Paths of the three APIs. */
export const PATHS = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
} as const;

/** Headers that ask for tokens of every class. */
export const ALL_CLASSES = {
  'x-replay-input': '7',
  'x-replay-cache-read': '100',
  'x-replay-cache-write-5m': '20',
  'x-replay-cache-write-1h': '3',
  'x-replay-output': '40',
  'x-replay-reasoning': '5',
};

/** Posts a request for model `m-1`. */
export async function ask(
  provider: ReplayProvider,
  path: string,
  options: { body?: Json; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return await fetch(provider.url + path, {
    method: 'POST',
    body: JSON.stringify({ model: 'm-1', ...options.body }),
    headers: { 'content-type': 'application/json', ...options.headers },
    ...(options.signal && { signal: options.signal }),
  });
}

/** The JSON object of a response. */
export async function readJson(response: Response): Promise<Json> {
  const body: unknown = await response.json();
  return { ...(typeof body === 'object' && body) };
}

/** Data lines of an SSE text, parsed but for the `[DONE]` marker. */
export function dataOf(sse: string): unknown[] {
  return sse
    .split('\n\n')
    .flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice(6))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}
