import {
  createResponseDecoder,
  type DecodedRequest,
  type DecodedResponse,
  type Endpoint,
  headerPrefixOf,
  mediaKind,
  type ResponseDecoder,
  type ResponseHead,
} from '@tokenmeter/core';
import { type ByteDecoder, createByteDecoder } from './decode-bytes.ts';
import type { Guard } from './guard.ts';
import type { ObservedResponse } from './observed-request.ts';
import { createTextReader, type TextReader } from './platform.ts';

/** The body of one response, being decoded as it arrives. */
export interface ResponseBody {
  /** Takes bytes, which are the caller's again afterwards. */
  push(chunk: Uint8Array): void;
  /** Finishes; `onDone` runs once every byte was decoded. */
  end(onDone: () => void): void;
  result(): DecodedResponse;
  /** False for generated media, whose end only the transport knows. */
  readonly hasOwnEnd: boolean;
}

/** What a body needs to know of its call. */
export interface ResponseBodyOptions {
  readonly endpoint: Endpoint;
  readonly request: DecodedRequest;
  readonly guard: Guard;
  onProblem(problem: string): void;
}

/** Opens the body of a response: decompression, then UTF-8, then the decoder of its protocol. */
export function openResponseBody(
  response: ObservedResponse,
  options: ResponseBodyOptions,
): ResponseBody {
  return new DecodedBody(response, options);
}

class DecodedBody implements ResponseBody {
  readonly hasOwnEnd: boolean;
  readonly #guard: Guard;
  readonly #decoder: ResponseDecoder;
  readonly #utf8: TextReader;
  readonly #bytes: ByteDecoder;

  constructor(
    response: ObservedResponse,
    { endpoint, request, guard, onProblem }: ResponseBodyOptions,
  ) {
    const { statusCode } = response;
    const contentType = response.header('content-type');
    const headers = response.headersStartingWith(headerPrefixOf(endpoint));
    const head: ResponseHead =
      contentType === undefined ? { statusCode, headers } : { statusCode, contentType, headers };
    this.hasOwnEnd = !mediaKind(contentType).isMedia;
    this.#guard = guard;
    this.#decoder = createResponseDecoder(endpoint, head, request);
    this.#utf8 = createTextReader();
    const onBytes = (chunk: Uint8Array): void => this.#take(chunk);
    this.#bytes = createByteDecoder(response.header('content-encoding'), { onBytes, onProblem });
  }

  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  end(onDone: () => void): void {
    this.#bytes.end(() => {
      if (this.#decoder.pushBytes === undefined) {
        this.#guard('decode', () => this.#decoder.push(this.#utf8.end()));
      }
      onDone();
    });
  }

  result(): DecodedResponse {
    return this.#decoder.result();
  }

  #take(chunk: Uint8Array): void {
    this.#guard('decode', () => {
      if (this.#decoder.pushBytes === undefined) this.#decoder.push(this.#utf8.write(chunk));
      else this.#decoder.pushBytes(chunk);
    });
  }
}
