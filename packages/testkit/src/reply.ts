import type { TokenCounts } from '@tokenmeter/core';

/** Wire APIs that the replay provider speaks. */
export type ReplayApi =
  | 'openai.chat'
  | 'openai.embeddings'
  | 'openai.responses'
  | 'anthropic.messages';

/** Whose name `ReplayApi` bills under. */
export type ReplayProviderName = 'openai' | 'anthropic';

/** Content codings that a reply can be sent with. */
export type ReplyEncoding = 'gzip' | 'br' | 'deflate' | 'zstd';

/** What a plan sees of a request. */
export interface ReplayRequest {
  readonly api: ReplayApi;
  /** Number of the request on this provider, from 0. */
  readonly sequence: number;
  readonly path: string;
  /** Lower-case names; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly isStreaming: boolean;
  /** `stream_options.include_usage` of the body. */
  readonly includesUsage: boolean;
  /** Value of `x-replay-conversation`; undefined without one. */
  readonly conversation?: string;
  /** Earlier requests of the conversation; without one, `x-stainless-retry-count`. */
  readonly attempt: number;
}

/** How to answer one request. Every field has a default, so `{}` is a plain success. */
export interface Reply {
  /** Disjoint classes. Default: 100 input, 20 output. What an API cannot express goes to its nearest class. */
  readonly tokens?: TokenCounts;
  /** Model that the response names; the requested one by default. */
  readonly model?: string;
  /** `service_tier` of the response. Default: `default` (OpenAI) or `standard` (Anthropic). */
  readonly serviceTier?: string;
  /** Characters of visible text. Default: 4 per output token, at most 2,000. */
  readonly textLength?: number;
  /** Content events of a stream, or writes of a JSON body. Default: 8 for a stream, 1 for JSON. */
  readonly chunkCount?: number;
  /** Wait before the response head, in milliseconds. */
  readonly delayMs?: number;
  /** Wait before each content chunk, in milliseconds. */
  readonly dripMs?: number;
  readonly encoding?: ReplyEncoding;
  /** HTTP status; 400 and above answer with the provider's error body. */
  readonly status?: number;
  /** Answers the first `count` attempts of the conversation with this status. */
  readonly failures?: { readonly status: number; readonly count: number };
  /** `retry-after-ms` of 429 and 5xx answers. Default 10. */
  readonly retryAfterMs?: number;
  /** Cuts the connection after this many content chunks. */
  readonly cutAfterChunks?: number;
  /** Sends the provider's error event after this many content chunks of a stream and ends. */
  readonly errorAfterChunks?: number;
  /** Answers with a call of this tool in place of text; `argumentsJson` is JSON text. Embeddings ignore it. */
  readonly toolCall?: { readonly name: string; readonly argumentsJson: string };
  /** Leaves out `[DONE]`, `message_stop` or `response.completed`. */
  readonly omitTerminal?: boolean;
  /** Leaves out every usage object. */
  readonly omitUsage?: boolean;
  /** Says nothing more before the head, or after half of the chunks, until the client gives up. */
  readonly hang?: 'head' | 'body';
}

/** Chooses the reply to a request. Called once per request, before the first byte of the answer. */
export type ReplyPlan = (request: ReplayRequest) => Reply;

/** Name that an API bills under. */
export function providerOf(api: ReplayApi): ReplayProviderName {
  return api === 'anthropic.messages' ? 'anthropic' : 'openai';
}
