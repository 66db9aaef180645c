import { type DeclaredHosts, matchEndpoint } from '@tokenmeter/core/endpoints';
import type { ObservedRequest } from './observed-request.ts';

/** True when a request is a call that would be metered. */
export function recognises(request: ObservedRequest, declaredHosts?: DeclaredHosts): boolean {
  return matchEndpoint(request, declaredHosts) !== undefined;
}
