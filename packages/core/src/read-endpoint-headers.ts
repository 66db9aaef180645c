import type { Endpoint } from './decoder.ts';
import { nameOf, present } from './wire-value.ts';

/**
 * Completes the endpoint of an API that names its model, or says that it streams, in headers of the request; every other
 * endpoint is returned as it is. `header` reads one request header by its lower-case name.
 */
export function readEndpointHeaders(
  endpoint: Endpoint,
  header: (name: string) => string | undefined,
): Endpoint {
  const { headers } = endpoint;
  if (headers === undefined) return endpoint;
  const model = nameOf(header(headers.model));
  const isStreaming = headers.isStreaming !== undefined && header(headers.isStreaming) === 'true';
  return {
    ...endpoint,
    ...present({ pathModel: model, isStreaming: isStreaming || undefined }),
  };
}
