import type { ApiName, OperationName } from './call-record.ts';
import type { EndpointHeaders } from './decoder.ts';

/** One path that a protocol understands. */
export interface Route {
  readonly api: ApiName;
  readonly operation: OperationName;
  readonly method: 'POST' | 'GET';
  /** What the path ends with. */
  readonly pattern: RegExp;
  /** Provider of hosts that no table names. */
  readonly provider: string;
  /**
   * Where the path is trusted: on any host; on this machine, declared and known hosts; or only on hosts of the named
   * providers, because applications have such paths themselves (`/api/chat`).
   */
  readonly reach: 'any_host' | 'known_host' | ReadonlySet<string>;
  readonly isStreaming?: boolean;
  readonly headers?: EndpointHeaders;
}

type Options = Partial<Omit<Route, 'api' | 'operation' | 'pattern'>>;

function route(
  api: ApiName,
  operation: OperationName,
  pattern: RegExp,
  options: Options = {},
): Route {
  return {
    api,
    operation,
    pattern,
    method: 'POST',
    provider: 'openai',
    reach: 'known_host',
    ...options,
  };
}

const ANY_HOST: Options = { reach: 'any_host' };
const STREAMING: Options = { isStreaming: true };
const ANTHROPIC: Options = { provider: 'anthropic' };
const COHERE: Options = { provider: 'cohere', reach: new Set(['cohere']) };
const MISTRAL: Options = { provider: 'mistral_ai', reach: new Set(['mistral_ai']) };
const OLLAMA: Options = { provider: 'ollama', reach: new Set(['ollama']) };
const GEMINI: Options = { provider: 'gcp.gemini' };
const VERTEX: Options = { provider: 'gcp.vertex_ai', reach: new Set(['gcp.vertex_ai']) };
const BEDROCK: Options = { provider: 'aws.bedrock' };
const VERCEL: Options = { provider: 'vercel', headers: { model: 'ai-model-id' } };
const VERCEL_LANGUAGE: Options = {
  provider: 'vercel',
  headers: { model: 'ai-language-model-id', isStreaming: 'ai-language-model-streaming' },
};

const GEMINI_MODEL = /\/(?:models|tunedModels|endpoints)\/[^/]+:\w+$/;
const VERTEX_CLAUDE = /\/publishers\/anthropic\/models\/[^/]+:\w+$/;
const VERTEX_MISTRAL = /\/publishers\/mistralai\/models\/[^/]+:\w+$/;
const BEDROCK_MODEL = /\/model\/[^/]+\/[a-z-]+$/;

/** Candidates by the last segment of the path, or by what follows its colon. */
const ROUTES: ReadonlyMap<string, readonly Route[]> = new Map([
  [
    'completions',
    [
      route('openai.chat', 'chat', /\/chat\/completions$/, ANY_HOST),
      route('mistral.chat', 'text_completion', /\/fim\/completions$/, MISTRAL),
      route('mistral.chat', 'chat', /\/agents\/completions$/, MISTRAL),
      route('openai.completions', 'text_completion', /\/v\d+\/completions$/, ANY_HOST),
      route('openai.completions', 'text_completion', /\/completions$/),
    ],
  ],
  ['responses', [route('openai.responses', 'chat', /\/responses$/)]],
  ['compact', [route('openai.responses', 'chat', /\/responses\/compact$/)]],
  ['cancel', [route('openai.responses', 'fetch_response', /\/responses\/[^/]+\/cancel$/)]],
  ['messages', [route('anthropic.messages', 'chat', /\/v1\/messages$/, ANTHROPIC)]],
  [
    'embeddings',
    [
      route('ollama.embed', 'embeddings', /\/api\/embeddings$/, OLLAMA),
      route('openai.embeddings', 'embeddings', /\/v\d+\/embeddings$/, ANY_HOST),
      route('openai.embeddings', 'embeddings', /\/embeddings$/),
    ],
  ],
  ['generations', [route('openai.images', 'image_generation', /\/images\/generations$/)]],
  ['edits', [route('openai.images', 'image_generation', /\/images\/edits$/)]],
  ['variations', [route('openai.images', 'image_generation', /\/images\/variations$/)]],
  ['transcriptions', [route('openai.audio', 'transcription', /\/audio\/transcriptions$/)]],
  ['translations', [route('openai.audio', 'transcription', /\/audio\/translations$/)]],
  ['speech', [route('openai.audio', 'speech', /\/audio\/speech$/)]],
  ['moderations', [route('openai.moderations', 'moderation', /\/v1\/moderations$/)]],
  [
    'chat',
    [
      route('cohere.chat', 'chat', /\/v[12]\/chat$/, COHERE),
      route('ollama.chat', 'chat', /\/api\/chat$/, OLLAMA),
    ],
  ],
  [
    'embed',
    [
      route('cohere.embed', 'embeddings', /\/v[12]\/embed$/, COHERE),
      route('ollama.embed', 'embeddings', /\/api\/embed$/, OLLAMA),
    ],
  ],
  ['rerank', [route('cohere.rerank', 'rerank', /\/v[12]\/rerank$/, COHERE)]],
  ['generate', [route('ollama.generate', 'text_completion', /\/api\/generate$/, OLLAMA)]],
  ['generateContent', [route('gemini.generate', 'generate_content', GEMINI_MODEL, GEMINI)]],
  [
    'streamGenerateContent',
    [route('gemini.generate', 'generate_content', GEMINI_MODEL, { ...GEMINI, ...STREAMING })],
  ],
  [
    'interactions',
    [
      route('gemini.generate', 'generate_content', /\/interactions$/, {
        reach: new Set(['gcp.gemini', 'gcp.vertex_ai']),
      }),
    ],
  ],
  ['embedContent', [route('gemini.embed', 'embeddings', GEMINI_MODEL, GEMINI)]],
  ['batchEmbedContents', [route('gemini.embed', 'embeddings', GEMINI_MODEL, GEMINI)]],
  ['predict', [route('gemini.embed', 'embeddings', /embedding[^/]*:predict$/, VERTEX)]],
  [
    'rawPredict',
    [
      route('anthropic.messages', 'chat', VERTEX_CLAUDE, VERTEX),
      route('mistral.chat', 'chat', VERTEX_MISTRAL, VERTEX),
    ],
  ],
  [
    'streamRawPredict',
    [
      route('anthropic.messages', 'chat', VERTEX_CLAUDE, { ...VERTEX, ...STREAMING }),
      route('mistral.chat', 'chat', VERTEX_MISTRAL, { ...VERTEX, ...STREAMING }),
    ],
  ],
  ['converse', [route('bedrock.converse', 'chat', BEDROCK_MODEL, BEDROCK)]],
  [
    'converse-stream',
    [route('bedrock.converse', 'chat', BEDROCK_MODEL, { ...BEDROCK, ...STREAMING })],
  ],
  ['invoke', [route('bedrock.invoke', 'chat', BEDROCK_MODEL, BEDROCK)]],
  [
    'invoke-with-response-stream',
    [route('bedrock.invoke', 'chat', BEDROCK_MODEL, { ...BEDROCK, ...STREAMING })],
  ],
  ['language-model', [route('vercel.language', 'chat', /\/language-model$/, VERCEL_LANGUAGE)]],
  ['embedding-model', [route('vercel.embed', 'embeddings', /\/embedding-model$/, VERCEL)]],
  ['image-model', [route('vercel.image', 'image_generation', /\/image-model$/, VERCEL)]],
  ['reranking-model', [route('vercel.rerank', 'rerank', /\/reranking-model$/, VERCEL)]],
  ['speech-model', [route('vercel.audio', 'speech', /\/speech-model$/, VERCEL)]],
  [
    'transcription-model',
    [route('vercel.audio', 'transcription', /\/transcription-model$/, VERCEL)],
  ],
  ['video-model', [route('vercel.video', 'video_generation', /\/video-model$/, VERCEL)]],
  ['decision-model', [route('vercel.decision', 'classification', /\/decision-model$/, VERCEL)]],
]);

const RETRIEVALS: readonly Route[] = [
  route('openai.responses', 'fetch_response', /\/responses\/[^/]+$/, { method: 'GET' }),
];

const NO_ROUTES: readonly Route[] = [];

/** A path without its query, and the routes that it may be. */
export interface RouteCandidates {
  readonly path: string;
  readonly routes: readonly Route[];
}

/** False for nearly all requests: what the path ends with belongs to no API that we know. */
export function hasCandidates(method: string, target: string): boolean {
  return tailRoutes(method, withoutQuery(target)).length > 0;
}

/** The routes of a request by its path; none for nearly all requests, at the price of one look-up. */
export function candidateRoutes(method: string, target: string): RouteCandidates {
  const path = withoutQuery(target);
  const routes = tailRoutes(method, path);
  if (routes.length === 0) return { path, routes };
  return {
    path,
    routes: routes.filter((one) => one.method === method && one.pattern.test(path)),
  };
}

function tailRoutes(method: string, path: string): readonly Route[] {
  const tail = path.slice(path.lastIndexOf('/') + 1);
  return ROUTES.get(tail.slice(tail.lastIndexOf(':') + 1)) ?? retrievals(method, tail);
}

function retrievals(method: string, tail: string): readonly Route[] {
  return method === 'GET' && tail.startsWith('resp') ? RETRIEVALS : NO_ROUTES;
}

function withoutQuery(target: string): string {
  const query = target.search(/[?#]/);
  const path = query < 0 ? target : target.slice(0, query);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
