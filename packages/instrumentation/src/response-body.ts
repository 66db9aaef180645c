import {
  createResponseDecoder,
  type DecodedRequest,
  type DecodedResponse,
  type Endpoint,
  mediaKind,
} from '@tokenmeter/core';
import { type ByteDecoder, createByteDecoder } from './decode-bytes.ts';
import type { Guard } from './guard.ts';
import type { ObservedResponse } from './observed-request.ts';
import { createTextReader } from './platform.ts';

/** The body of one response, being decoded as it arrives. */
export interface ResponseBody {
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

/** Headers that decoders read beside the content type. */
const HEADER_PREFIX = 'x-amzn-';

/** Opens the body of a response: decompression, then UTF-8, then the decoder of its protocol. */
export function openResponseBody(
  response: ObservedResponse,
  { endpoint, request, guard, onProblem }: ResponseBodyOptions,
): ResponseBody {
  const contentType = response.header('content-type');
  const decoder = createResponseDecoder(
    endpoint,
    {
      statusCode: response.statusCode,
      ...(contentType === undefined ? {} : { contentType }),
      headers: response.headersStartingWith(HEADER_PREFIX),
    },
    request,
  );
  const utf8 = createTextReader();
  const pushBytes = decoder.pushBytes?.bind(decoder);
  const onBytes = pushBytes ?? ((bytes: Uint8Array): void => decoder.push(utf8.write(bytes)));
  const bytes: ByteDecoder = createByteDecoder(response.header('content-encoding'), {
    onBytes: (chunk) => void guard('decode', () => onBytes(chunk)),
    onProblem,
  });
  return {
    push: (chunk) => bytes.push(chunk),
    end: (onDone) =>
      bytes.end(() => {
        if (pushBytes === undefined) guard('decode', () => decoder.push(utf8.end()));
        onDone();
      }),
    result: () => decoder.result(),
    hasOwnEnd: !mediaKind(contentType).isMedia,
  };
}
