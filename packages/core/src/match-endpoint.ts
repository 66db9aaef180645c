import type { PriceModifiers } from './call-record.ts';
import type { DeclaredHosts } from './declared-hosts.ts';
import type { Endpoint } from './decoder.ts';
import { type HostFacts, hostFacts, isLoopback } from './host-facts.ts';
import { matchRoute, type Route } from './match-route.ts';

/** What identifies a request before anything of it is read. `path` may carry a query. */
export interface RequestTarget {
  readonly method: string;
  readonly host: string;
  readonly port?: number;
  readonly path: string;
}

/** Providers that the conventions name after the API, where the host is a gateway, a local server or unknown. */
const OLLAMA_PORT = 11434;

/**
 * Finds the API that a request speaks to; undefined for every other request, at the price of one table look-up.
 *
 * The path decides about the API, the host about the provider: first declared hosts (with port, then without), then our
 * table. On a host in neither, `…/v1/chat/completions`, `/v1/completions` and `/v1/embeddings` match as provider
 * `openai`, the telemetry flavour that the conventions ask for; the other paths, which an application's own service
 * might well have too (`/v1/messages`), match only on declared hosts and on this machine's names. Never throws.
 */
export function matchEndpoint(
  request: RequestTarget,
  declaredHosts?: DeclaredHosts,
): Endpoint | undefined {
  const found = matchRoute(request.method, request.path);
  if (found === undefined) return undefined;
  const { route, path } = found;
  const host = request.host.toLowerCase();
  const declared = declaredHosts && declaredProvider(declaredHosts, host, request.port);
  const facts = declared === undefined ? hostFacts(host) : declaredFacts(declared, host);
  if (facts === undefined && !mayBeAnywhere(route, host)) return undefined;
  const provider = facts?.provider ?? guestProvider(route, host, request.port);
  return describe({ route, path, provider, hostModifiers: facts?.modifiers ?? {} });
}

function declaredProvider(
  declaredHosts: DeclaredHosts,
  host: string,
  port: number | undefined,
): string | undefined {
  const withPort = port === undefined ? undefined : declaredHosts.get(`${host}:${port}`);
  return withPort ?? declaredHosts.get(host);
}

/** A declaration changes the provider of a host, not its region. */
function declaredFacts(provider: string, host: string): HostFacts {
  return { provider, modifiers: hostFacts(host)?.modifiers ?? {} };
}

function mayBeAnywhere(route: Route, host: string): boolean {
  return route.isUnmistakable || isLoopback(host);
}

function guestProvider(route: Route, host: string, port: number | undefined): string {
  return port === OLLAMA_PORT && isLoopback(host) ? 'ollama' : route.provider;
}

interface Match {
  readonly route: Route;
  readonly path: string;
  readonly provider: string;
  readonly hostModifiers: PriceModifiers;
}

const AZURE_DEPLOYMENT = /\/deployments\/([^/]+)\//;

function describe({ route, path, provider, hostModifiers }: Match): Endpoint {
  const { api, operation } = route;
  if (!provider.startsWith('azure.')) return { api, provider, operation, modifiers: hostModifiers };
  const azure = azureProvider(route, path, provider);
  const deployment = AZURE_DEPLOYMENT.exec(path)?.[1];
  if (deployment === undefined)
    return { api, provider: azure, operation, modifiers: hostModifiers };
  const pathModel = decodeSegment(deployment);
  const modifiers = { ...hostModifiers, deployment: pathModel };
  return { api, provider: azure, operation, modifiers, pathModel };
}

/** One Azure host serves several flavours, told apart by the path. */
function azureProvider(route: Route, path: string, provider: string): string {
  if (route.api === 'anthropic.messages') return 'anthropic';
  return path.startsWith('/models/') ? 'azure.ai.inference' : provider;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
