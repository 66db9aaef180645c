import type { ObservedRequest } from './observed-request.ts';
import { urlOrigin } from './url-origin.ts';

/**
 * The request that a forward proxy will make of one that was given to it.
 *
 * Clients that do not tunnel name the whole URL where the path belongs (RFC 9112, 3.2.2), the host being the proxy's:
 * axios up to 1.6 with a proxy (`HTTPS_PROXY` is enough), undici with `proxyTunnel: false`. Other requests are returned
 * as they are.
 */
export function requestToOrigin(request: ObservedRequest): ObservedRequest {
  if (!request.path.startsWith('http')) return request;
  const url = URL.parse(request.path);
  if (url === null) return request;
  return {
    method: request.method,
    ...urlOrigin(url),
    path: url.pathname + url.search,
    header: (name) => request.header(name),
  };
}
