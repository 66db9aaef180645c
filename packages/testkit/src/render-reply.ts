import { anthropicMessages } from './anthropic-messages.ts';
import { renderErrorBody } from './error-body.ts';
import type { Frame, RenderContext, Rendered } from './frame.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiResponses } from './openai-responses.ts';
import { providerOf, type ReplayApi, type ReplayRequest, type Reply } from './reply.ts';
import type { Outgoing } from './send-reply.ts';
import { expressTokens, toTokenCounts } from './wire-tokens.ts';

const RENDERED: Readonly<Record<ReplayApi, Rendered>> = {
  'openai.chat': openaiChat,
  'openai.embeddings': openaiEmbeddings,
  'openai.responses': openaiResponses,
  'anthropic.messages': anthropicMessages,
};

const WORDS =
  'the answer is that every call has a price and every price has a date so the sum is what the bill will say ';

/** Status with which this attempt is answered. */
function statusOf(reply: Reply, attempt: number): number {
  if (reply.failures !== undefined && attempt < reply.failures.count) return reply.failures.status;
  return reply.status ?? 200;
}

/** Turns a reply into what is sent for it. `id` is the unique part of the response's ids. */
export function renderReply(
  request: ReplayRequest,
  reply: Reply,
  options: { readonly id: string; readonly createdEpochSeconds: number },
): Outgoing {
  const status = statusOf(reply, request.attempt);
  const headers = requestIdHeaders(request.api, options.id);
  if (status >= 400) return renderError(request, reply, { status, headers });
  const rendered = RENDERED[request.api];
  const context = renderContext(request, reply, options);
  const errorText = rendered.errorEvent();
  if (request.isStreaming && request.api !== 'openai.embeddings') {
    return {
      status,
      headers: {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      },
      frames: rendered.events(context),
      contentCount: context.pieces.length,
      errorText,
    };
  }
  const observable = context.hasUsage ? toTokenCounts(context.tokens) : undefined;
  const frames = jsonFrames(rendered.body(context), reply.chunkCount ?? 1, observable);
  return { ...jsonOutgoing(frames, reply, headers), status, errorText };
}

function renderContext(
  request: ReplayRequest,
  reply: Reply,
  options: { readonly id: string; readonly createdEpochSeconds: number },
): RenderContext {
  const tokens = expressTokens(request.api, reply.tokens ?? { input: 100, output: 20 });
  const textLength =
    reply.toolCall !== undefined ? 0 : (reply.textLength ?? Math.min(2000, 4 * tokens.output));
  return {
    id: options.id,
    model: reply.model ?? request.model,
    createdEpochSeconds: options.createdEpochSeconds,
    serviceTier:
      reply.serviceTier ?? (providerOf(request.api) === 'anthropic' ? 'standard' : 'default'),
    tokens,
    pieces: cutText(textLength, request.isStreaming ? (reply.chunkCount ?? 8) : 1),
    toolCall: reply.toolCall,
    requestBody: request.body,
    hasUsage: reply.omitUsage !== true,
    includesUsage: request.includesUsage,
  };
}

function renderError(
  request: ReplayRequest,
  reply: Reply,
  options: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): Outgoing {
  const { status } = options;
  const isRetryable = status === 429 || status >= 500;
  const headers = {
    ...options.headers,
    ...(isRetryable && { 'retry-after-ms': String(reply.retryAfterMs ?? 10) }),
  };
  const body = renderErrorBody(request.api, status, `The replay plan answers with ${status}.`);
  const frames = jsonFrames(body, reply.chunkCount ?? 1, undefined);
  return { ...jsonOutgoing(frames, reply, headers), status, errorText: '' };
}

function jsonOutgoing(
  frames: readonly Frame[],
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): Omit<Outgoing, 'status' | 'errorText'> {
  const length = frames.reduce((sum, frame) => sum + frame.text.length, 0);
  return {
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(reply.encoding === undefined && { 'content-length': String(length) }),
    },
    frames,
    contentCount: frames.length,
  };
}

/** ASCII only, so that any cut is between characters and lengths are bytes. */
function jsonFrames(
  body: Record<string, unknown>,
  count: number,
  observable: Frame['observable'],
): readonly Frame[] {
  const text = JSON.stringify(body).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const pieces = cutEvenly(text, Math.max(1, count));
  return pieces.map((piece, index) => ({
    kind: 'content',
    text: piece,
    ...(index === pieces.length - 1 && observable !== undefined && { observable }),
  }));
}

function cutText(length: number, count: number): readonly string[] {
  const text = WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length);
  return cutEvenly(text, count);
}

function cutEvenly(text: string, count: number): readonly string[] {
  const cut = (index: number): number => Math.round((index * text.length) / count);
  return Array.from({ length: count }, (_, index) => text.slice(cut(index), cut(index + 1)));
}

function requestIdHeaders(api: ReplayApi, id: string): Readonly<Record<string, string>> {
  return providerOf(api) === 'anthropic'
    ? { 'request-id': `req_${id}` }
    : { 'x-request-id': `req_${id}`, 'openai-version': '2020-10-01' };
}
