import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** Values that differ between any two runs: signatures, their times, random ids. */
const RANDOM_HEADERS =
  /^(?:authorization|x-amz-date|x-amz-content-sha256|amz-sdk-invocation-id|idempotency-key|traceparent|x-ms-client-request-id)$/i;

/** A request as the provider saw it, free of ports and of values that are random by design. */
export interface SeenRequest {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly ending: 'sent' | 'left';
}

/** What of a request is the same in any two runs. */
export function describeSeen(
  request: IncomingMessage | Http2ServerRequest,
  path: string,
  body: string,
): Omit<SeenRequest, 'ending'> {
  const headers: string[] = [];
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = RANDOM_HEADERS.test(name) ? '(random)' : withoutPort(raw[index + 1] ?? '');
    headers.push(`${name}: ${value}`);
  }
  return withoutBoundary({
    line: `${request.method} ${path} HTTP/${request.httpVersion}`,
    headers,
    body,
  });
}

/** The parts of a form stand between words that are random. */
function withoutBoundary(seen: Omit<SeenRequest, 'ending'>): Omit<SeenRequest, 'ending'> {
  const boundary = /boundary=([^\s;]+)/.exec(seen.headers.join('\n'))?.[1];
  if (boundary === undefined) return seen;
  const mask = (text: string): string => text.replaceAll(boundary, '(boundary)');
  return { ...seen, headers: seen.headers.map(mask), body: mask(seen.body) };
}

function withoutPort(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}
