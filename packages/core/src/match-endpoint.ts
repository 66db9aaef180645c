import type { ApiName, OperationName, PriceModifiers } from './call-record.ts';
import { candidateRoutes } from './candidate-routes.ts';
import { ANY_PROVIDER, type DeclaredHosts } from './declared-hosts.ts';
import type { Endpoint } from './decoder.ts';
import { type HostFacts, hostFacts, isLoopback } from './host-facts.ts';
import type { Route } from './route-table.ts';
import { present } from './wire-value.ts';

/** What identifies a request before anything of it is read. `path` may carry a query. */
export interface RequestTarget {
  readonly method: string;
  readonly host: string;
  readonly port?: number;
  readonly path: string;
}

const OLLAMA_PORT = 11434;

const NO_MODIFIERS: PriceModifiers = {};

/**
 * Finds the API that a request speaks to; undefined for every other request, at the price of one table look-up.
 *
 * The path decides about the API, the host about the provider: first declared hosts (with port, then without), then our
 * table, then Ollama's port. On a host in none of them, `…/chat/completions`, `/v1/completions` and `/v1/embeddings`
 * match as provider `openai`, the telemetry flavour that the conventions ask for; other paths, which an application's
 * own service might well have too, match only on this machine's names (`/v1/messages`), or nowhere (`/v1/batches`). Free requests (token counting,
 * lists of models) never match. Never throws.
 */
export function matchEndpoint(
  request: RequestTarget,
  declaredHosts?: DeclaredHosts,
): Endpoint | undefined {
  const { path, routes } = candidateRoutes(request.method, request.path);
  if (routes.length === 0) return undefined;
  const host = canonicalHost(request.host);
  const facts = factsOf(host, request.port, declaredHosts);
  if (facts?.provider === 'openrouter' && PRESET.test(path)) return undefined;
  const route = routes.find((one) => isTrusted(one, host, facts));
  if (route === undefined) return undefined;
  const { provider = route.provider, modifiers = NO_MODIFIERS } = facts ?? {};
  const endpoint = describe(route, path, { provider, modifiers });
  return isResumed(endpoint, request.path) ? { ...endpoint, isStreaming: true } : endpoint;
}

/** OpenRouter makes a preset of what is sent there, and runs nothing. */
const PRESET = /\/presets\/[^/]+\/(?:chat\/completions|messages|responses)$/;

/** The rest of a stream that broke off is fetched with `?stream=true&starting_after=…`. */
function isResumed({ operation }: Endpoint, target: string): boolean {
  return operation === 'fetch_response' && /[?&]stream=true(?:&|$)/.test(target);
}

/** Lower case, and IPv6 addresses in brackets, however the client wrote them. */
function canonicalHost(name: string): string {
  const host = name.toLowerCase();
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function factsOf(
  host: string,
  port: number | undefined,
  declaredHosts: DeclaredHosts | undefined,
): HostFacts | undefined {
  const declared =
    (port === undefined ? undefined : declaredHosts?.get(`${host}:${port}`)) ??
    declaredHosts?.get(host);
  const known = hostFacts(host);
  // A declaration changes the provider of a host, not its region.
  if (declared !== undefined) {
    const provider = declared === ANY_PROVIDER ? undefined : declared;
    return { ...present({ provider }), modifiers: known?.modifiers ?? {} };
  }
  if (known === undefined && port === OLLAMA_PORT) return { provider: 'ollama', modifiers: {} };
  return known;
}

function isTrusted({ reach }: Route, host: string, facts: HostFacts | undefined): boolean {
  switch (reach) {
    case 'any_host':
      return true;
    case 'named_host':
      return facts !== undefined;
    case 'known_host':
      return facts !== undefined || isLoopback(host);
    default:
      return facts?.provider !== undefined && reach.has(facts.provider);
  }
}

const AZURE_DEPLOYMENT = /\/deployments\/([^/]+)\//;
const VERTEX_LOCATION = /\/locations\/([^/]+)\//;
const GEMINI_MODEL = /\/(?:models|tunedModels|endpoints)\/([^/]+):\w+$/;
const DEFERRED = /\/deferred-completion\/([^/]+)$/;
const BEDROCK_MODEL = /\/model\/([^/]+)\/[a-z-]+$/;

interface KnownHost {
  readonly provider: string;
  readonly modifiers: PriceModifiers;
}

function describe(route: Route, path: string, facts: KnownHost): Endpoint {
  const provider = facts.provider.startsWith('azure.')
    ? azureProvider(route, path, facts.provider)
    : facts.provider;
  const deployment = provider.startsWith('azure.') ? segment(AZURE_DEPLOYMENT, path) : undefined;
  const pathModel = deployment ?? segment(GEMINI_MODEL, path) ?? segment(BEDROCK_MODEL, path);
  return {
    api: apiOf(route, provider),
    provider,
    operation: operationOf(route, pathModel),
    modifiers: modifiersOf(facts, path, deployment),
    ...present({
      pathModel,
      isStreaming: route.isStreaming,
      headers: route.headers,
      responseId: segment(DEFERRED, path),
    }),
  };
}

/** Mistral speaks the OpenAI path with usage and parameters of its own. */
function apiOf(route: Route, provider: string): ApiName {
  return route.api === 'openai.chat' && provider === 'mistral_ai' ? 'mistral.chat' : route.api;
}

/** `invoke` runs models of every kind; only the model tells which. */
function operationOf(route: Route, model: string | undefined): OperationName {
  if (route.api !== 'bedrock.invoke' || model === undefined) return route.operation;
  if (/embed/.test(model)) return 'embeddings';
  if (/rerank/.test(model)) return 'rerank';
  return /image|canvas|stability|stable-/.test(model) ? 'image_generation' : route.operation;
}

function modifiersOf(
  facts: KnownHost,
  path: string,
  deployment: string | undefined,
): PriceModifiers {
  const location =
    facts.provider === 'gcp.vertex_ai' && facts.modifiers.region === undefined
      ? segment(VERTEX_LOCATION, path)
      : undefined;
  if (location === undefined && deployment === undefined) return facts.modifiers;
  return { ...facts.modifiers, ...present({ region: location, deployment }) };
}

/** One Azure host serves several flavours, told apart by the path. */
function azureProvider(route: Route, path: string, provider: string): string {
  if (route.api === 'anthropic.messages') return 'anthropic';
  return path.startsWith('/models/') ? 'azure.ai.inference' : provider;
}

function segment(pattern: RegExp, path: string): string | undefined {
  const found = pattern.exec(path)?.[1];
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}
