// What recognises a request, apart from what reads it: a process that calls no model loads nothing more.
export { hasCandidates } from './candidate-routes.ts';
export { type DeclaredHosts, type ParsedHosts, parseDeclaredHosts } from './declared-hosts.ts';
export type { Endpoint } from './decoder.ts';
export { matchEndpoint, type RequestTarget } from './match-endpoint.ts';
export { readEndpointHeaders } from './read-endpoint-headers.ts';
