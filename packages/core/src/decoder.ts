import type {
  ApiName,
  OperationName,
  PriceModifiers,
  RequestParameters,
  ResponseJob,
  Usage,
} from './call-record.ts';
import type { ContentMessage, InputContent } from './content.ts';

/** A request that one of our protocols understands. */
export interface Endpoint {
  readonly api: ApiName;
  /** `gen_ai.provider.name` that the host implies. */
  readonly provider: string;
  readonly operation: OperationName;
  /** What the path or host alone tells about rates. */
  readonly modifiers: PriceModifiers;
  /** Model named by the path, for APIs that put it there. */
  readonly pathModel?: string;
  /** True when the path alone says that the response is a stream, as with Gemini and Bedrock. */
  readonly isStreaming?: boolean;
  /** Id of the stored response that the path names, where its body does not name the same. */
  readonly responseId?: string;
  /** Request headers that tell what no path and no body does; absent for nearly all APIs. */
  readonly headers?: EndpointHeaders;
}

/** Names of request headers, lower-case. */
export interface EndpointHeaders {
  /** Names the model. */
  readonly model: string;
  /** `true` when the response is a stream. */
  readonly isStreaming?: string;
}

/** What a request body tells. Every field is absent when the body did not say. */
export interface DecodedRequest {
  readonly model?: string;
  readonly isStreaming: boolean;
  /** True when the provider is asked to make the response on its own time (`background`). */
  readonly isBackground?: boolean;
  /** What the request gives to the model; set only when asked for, and then the answer is collected, too. */
  readonly content?: InputContent;
  /** UTF-8 bytes of the prompt; set only when asked for, and then usage that no provider reports is estimated. */
  readonly promptBytes?: number;
  readonly parameters: RequestParameters;
}

/** What a response body told by the time it ended or broke off. */
export interface DecodedResponse {
  readonly model?: string;
  readonly responseId?: string;
  readonly finishReasons?: readonly string[];
  readonly systemFingerprint?: string;
  /**
   * True once the terminal event, or the whole JSON body, was seen. Bodies without any mark of their end (generated
   * audio) count as complete; whether they were cut, only the transport knows.
   */
  readonly isComplete: boolean;
  /** The provider's own error code, from an error body or an error event. */
  readonly errorType?: string;
  readonly usage: Usage;
  /** What the model wrote; set only where the request's content is. */
  readonly output?: readonly ContentMessage[];
  /** Set for responses that are made in the background, and for every answer that fetches a stored response. */
  readonly job?: ResponseJob;
  readonly modifiers: PriceModifiers;
  /** Words for the problems met while decoding; each is counted by the caller. */
  readonly problems: readonly string[];
}

/**
 * Reads one response. Text arrives as decompressed UTF-8 in pieces cut anywhere. Never throws.
 *
 * Bodies that are not text (AWS event streams, generated audio) have `pushBytes`: feed them the decompressed bytes, cut
 * anywhere, instead of text. Where it is absent, the body is text.
 */
export interface ResponseDecoder {
  push(text: string): void;
  /** Present, and to be used instead of `push`, when the content type says that the body is binary. */
  pushBytes?(chunk: Uint8Array): void;
  /** What is known so far; callable at any time, any number of times. */
  result(): DecodedResponse;
}

/** What a decoder must know before the first body byte. Header names are lower-case. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly contentType?: string;
  /** Further headers, by lower-case name. Only those that start with `headerPrefixOf` of the endpoint are read. */
  readonly headers?: Readonly<Record<string, string>>;
}
