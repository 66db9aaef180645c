import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../e2e/run-process.ts';

/** What a fixture's `meta.json` says of the call, as far as telemetry must show it. */
export interface ExchangeTruth {
  readonly provider: string;
  readonly operation: string;
  readonly api: string;
  readonly host: string;
  readonly statusCode: number;
  readonly pathModel: string | undefined;
  readonly isStreaming: boolean;
  readonly isComplete: boolean;
  /** The answer is not the end of the call; nothing is said of it before that end. */
  readonly isWaiting: boolean;
  readonly responseModel: string | undefined;
  readonly responseId: string | undefined;
  readonly finishReasons: readonly string[] | undefined;
  readonly errorType: string | undefined;
  readonly serviceTier: string | undefined;
  /** Tokens by disjoint class; undefined when the provider reported no usage that can be believed. */
  readonly tokens: Readonly<Record<string, number>> | undefined;
}

/** One request, the response to it, and what is true of both. */
export interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly requestText: string;
  /** Request headers that the API reads: some name the model there. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly response: {
    readonly statusCode: number;
    readonly contentType: string;
    readonly bytes: Uint8Array;
  };
  readonly truth: ExchangeTruth;
}

interface Meta {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly statusCode: number;
  readonly contentType: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly endpoint: {
    readonly api: string;
    readonly provider: string;
    readonly operation: string;
    readonly pathModel?: string;
    readonly isStreaming?: boolean;
    readonly modifiers: { readonly serviceTier?: string };
  };
  readonly want: {
    readonly model?: string;
    readonly responseId?: string;
    readonly finishReasons?: readonly string[];
    readonly isComplete: boolean;
    readonly job?: { readonly state: string };
    readonly errorType?: string;
    readonly usage: { readonly kind: string; readonly tokens?: Readonly<Record<string, number>> };
    readonly modifiers: { readonly serviceTier?: string };
  };
}

const FIXTURES = join(root, 'test/fixtures');
const EXTENSIONS = ['json', 'sse', 'ndjson', 'eventstream'];

/** How many calls an exchange is: fetching a stored response is none, and one that waits for its end is none yet. */
export function callsOf({ truth }: Exchange): number {
  return truth.isWaiting || truth.operation === 'fetch_response' ? 0 : 1;
}

/** Every fixture as an exchange, in the order of its name. */
export function loadExchanges(): readonly Exchange[] {
  return globSync('*/*/*/meta.json', { cwd: FIXTURES })
    .sort()
    .map((path) => loadExchange(dirname(path)));
}

/** One fixture, with another request body where given. */
export function loadExchange(fixture: string, request?: object): Exchange {
  const folder = join(FIXTURES, fixture);
  const meta: Meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
  const requestText =
    request === undefined
      ? readFileSync(join(folder, 'request.json'), 'utf8')
      : JSON.stringify(request);
  return {
    name: request === undefined ? fixture : `${fixture} with every parameter`,
    method: meta.method,
    host: meta.host,
    path: meta.path,
    requestText,
    requestHeaders: meta.requestHeaders ?? {},
    response: {
      statusCode: meta.statusCode,
      contentType: meta.contentType,
      bytes: readFileSync(responseFile(folder)),
    },
    truth: truthOf(meta, JSON.parse(requestText)),
  };
}

function truthOf(meta: Meta, request: { readonly stream?: unknown }): ExchangeTruth {
  const { endpoint, want } = meta;
  return {
    provider: endpoint.provider,
    operation: endpoint.operation,
    api: endpoint.api,
    host: meta.host,
    statusCode: meta.statusCode,
    pathModel: endpoint.pathModel ?? headerModel(meta),
    isStreaming: isStreaming(meta, request),
    isComplete: want.isComplete,
    isWaiting: want.job?.state === 'running' && endpoint.operation !== 'fetch_response',
    responseModel: want.model,
    responseId: want.responseId,
    finishReasons: want.finishReasons,
    errorType: want.errorType,
    serviceTier: want.modifiers.serviceTier ?? endpoint.modifiers.serviceTier,
    tokens: want.usage.kind === 'reported' ? want.usage.tokens : undefined,
  };
}

function headerModel({ requestHeaders = {} }: Meta): string | undefined {
  return requestHeaders['ai-language-model-id'] ?? requestHeaders['ai-model-id'];
}

/** As the path or the request says; Ollama streams unless it is told not to, speech when asked for events. */
function isStreaming(
  { endpoint, requestHeaders = {} }: Meta,
  request: { readonly stream?: unknown; readonly stream_format?: unknown },
): boolean {
  if (endpoint.isStreaming !== undefined) return endpoint.isStreaming;
  if (requestHeaders['ai-language-model-streaming'] === 'true') return true;
  if (endpoint.api === 'ollama.chat' || endpoint.api === 'ollama.generate') {
    return request.stream !== false;
  }
  return request.stream === true || request.stream_format === 'sse';
}

function responseFile(folder: string): string {
  const files = EXTENSIONS.map((extension) => join(folder, `response.${extension}`));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`expected a response file in ${folder}`);
  return found;
}
