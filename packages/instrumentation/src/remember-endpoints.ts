import {
  type DeclaredHosts,
  type Endpoint,
  hasCandidates,
  matchEndpoint,
} from '@tokenmeter/core/endpoints';
import type { ObservedRequest } from './observed-request.ts';

/** Targets that are remembered; most applications use a handful. */
const LIMIT = 500;

/** Longest path that is remembered. */
const LONGEST_PATH = 512;

/** Finds the endpoint of a request as `matchEndpoint` does, and remembers it by method, host, port and path. */
export function rememberEndpoints(
  declaredHosts: DeclaredHosts | undefined,
): (request: ObservedRequest) => Endpoint | undefined {
  const known = new Map<string, Endpoint | undefined>();
  return (request) => {
    const { method, path } = request;
    if (!hasCandidates(method, path)) return undefined;
    if (path.length > LONGEST_PATH) return matchEndpoint(request, declaredHosts);
    const key = `${method} ${request.host} ${request.port} ${path}`;
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found;
    if (known.size >= LIMIT) known.clear();
    const endpoint = matchEndpoint(request, declaredHosts);
    known.set(key, endpoint);
    return endpoint;
  };
}
