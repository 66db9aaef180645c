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

interface Target {
  readonly method: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
}

/** Finds the endpoint of a request as `matchEndpoint` does, and remembers it by method, host, port and path. */
export function rememberEndpoints(
  declaredHosts: DeclaredHosts | undefined,
): (request: ObservedRequest) => Endpoint | undefined {
  const known = new Map<string, Endpoint | undefined>();
  let last: { readonly target: Target; readonly endpoint: Endpoint | undefined } | undefined;
  const find = (target: Target, request: ObservedRequest): Endpoint | undefined => {
    const key = `${target.method} ${target.host} ${target.port} ${target.path}`;
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found;
    if (known.size >= LIMIT) known.clear();
    const endpoint = matchEndpoint(request, declaredHosts);
    known.set(key, endpoint);
    return endpoint;
  };
  return (request) => {
    const { method, path } = request;
    // Calls mostly go where the one before went.
    if (last !== undefined && last.target.path === path && isSame(last.target, request)) {
      return last.endpoint;
    }
    if (!hasCandidates(method, path)) return undefined;
    if (path.length > LONGEST_PATH) return matchEndpoint(request, declaredHosts);
    const target: Target = { method, path, host: request.host, port: request.port };
    last = { target, endpoint: find(target, request) };
    return last.endpoint;
  };
}

function isSame(target: Target, { method, host, port }: ObservedRequest): boolean {
  return target.method === method && target.host === host && target.port === port;
}
