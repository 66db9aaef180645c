import type {
  ApiName,
  OperationName,
  PriceModifiers,
  RequestParameters,
  Usage,
} from './call-record.ts';

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
}

/** What a request body tells. Every field is absent when the body did not say. */
export interface DecodedRequest {
  readonly model?: string;
  readonly isStreaming: boolean;
  readonly parameters: RequestParameters;
}

/** What a response body told by the time it ended or broke off. */
export interface DecodedResponse {
  readonly model?: string;
  readonly responseId?: string;
  readonly finishReasons?: readonly string[];
  readonly systemFingerprint?: string;
  /** True once the terminal event, or the whole JSON body, was seen. */
  readonly isComplete: boolean;
  /** The provider's own error code, from an error body or an error event. */
  readonly errorType?: string;
  readonly usage: Usage;
  readonly modifiers: PriceModifiers;
  /** Words for the problems met while decoding; each is counted by the caller. */
  readonly problems: readonly string[];
}

/** Reads one response. Text arrives as decompressed UTF-8 in pieces cut anywhere. Never throws. */
export interface ResponseDecoder {
  push(text: string): void;
  /** What is known so far; callable at any time, any number of times. */
  result(): DecodedResponse;
}

/** What a decoder must know before the first body byte. Header names are lower-case. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly contentType?: string;
}
