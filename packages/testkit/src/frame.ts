import type { TokenCounts } from '@tokenmeter/core';
import type { WireTokens } from './wire-tokens.ts';

/** One piece of a response body, sent as it is. */
export interface Frame {
  readonly text: string;
  /** `content` frames are counted and dripped; `terminal` frames end a stream well. */
  readonly kind: 'content' | 'terminal' | 'other';
  /** What an observer of the wire knows once this frame was sent; replaces what it knew before. */
  readonly observable?: TokenCounts;
}

/** Everything that a renderer puts into a response. */
export interface RenderContext {
  /** Unique part of every id in the response. */
  readonly id: string;
  readonly model: string;
  readonly createdEpochSeconds: number;
  readonly serviceTier: string;
  readonly tokens: WireTokens;
  /** Visible text, one piece per content chunk. */
  readonly pieces: readonly string[];
  /** Stands in place of the text. */
  readonly toolCall: { readonly name: string; readonly argumentsJson: string } | undefined;
  /** The request, for what an answer repeats of it. */
  readonly requestBody: Readonly<Record<string, unknown>>;
  readonly hasUsage: boolean;
  /** The request asked for the usage chunk of chat completions. */
  readonly includesUsage: boolean;
}

/** A response of one API: the JSON body, or the events of the stream up to and with the terminal one. */
export interface Rendered {
  body(context: RenderContext): Record<string, unknown>;
  events(context: RenderContext): Iterable<Frame>;
  /** The event that ends a stream with an error. */
  errorEvent(): string;
}

/** One server-sent event with a name, as Anthropic and the responses API write it. */
export function namedEvent(data: Readonly<Record<string, unknown>> & { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
