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
   * Where the path is trusted: on any host; on this machine, declared and known hosts; on declared and known hosts, because
   * applications have such paths themselves (`/v1/batches`); or only on hosts of the named providers.
   */
  readonly reach: 'any_host' | 'known_host' | 'named_host' | ReadonlySet<string>;
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
const NAMED_HOST: Options = { reach: 'named_host' };
const STREAMING: Options = { isStreaming: true };
const ANTHROPIC: Options = { provider: 'anthropic' };
const COHERE: Options = { provider: 'cohere', reach: new Set(['cohere']) };
const MISTRAL: Options = { provider: 'mistral_ai', reach: new Set(['mistral_ai']) };
const X_AI: Options = { provider: 'x_ai', reach: new Set(['x_ai']), method: 'GET' };
const PERPLEXITY: Options = { provider: 'perplexity', reach: new Set(['perplexity']) };
const OPENROUTER: Options = { provider: 'openrouter', reach: new Set(['openrouter']) };
const JINA: Options = { provider: 'jina', reach: new Set(['jina']) };
const VOYAGE: Options = { provider: 'voyageai', reach: new Set(['voyageai']) };
const OPENAI_ITSELF: Options = { reach: new Set(['openai', 'azure.ai.openai']) };
const ANTHROPIC_ITSELF: Options = { provider: 'anthropic', reach: new Set(['anthropic']) };
const GOOGLE: ReadonlySet<string> = new Set(['gcp.gemini', 'gcp.vertex_ai']);
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
/** Counting tokens is free, and looks like a model. */
const VERTEX_CLAUDE = /\/publishers\/anthropic\/models\/(?!count-tokens:)[^/]+:\w+$/;
const VERTEX_MISTRAL = /\/publishers\/mistralai\/models\/[^/]+:\w+$/;
const IMAGES = /\/(?:imagen[^/]*|publishers\/google\/models\/[^/]+):predict$/;
const CONVERSATIONS = /\/conversations(?:\/[^/]+(?:\/restart)?)?$/;
const BEDROCK_MODEL = /\/model\/[^/]+\/[a-z-]+$/;

const CONVERSATION = [route('mistral.conversations', 'chat', CONVERSATIONS, MISTRAL)];

/** Candidates by the last segment of the path, or by what follows its colon. */
export const ROUTES: ReadonlyMap<string, readonly Route[]> = new Map([
  [
    'completions',
    [
      route('perplexity.async', 'chat', /\/async\/chat\/completions$/, PERPLEXITY),
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
  [
    'contextualizedembeddings',
    [route('openai.embeddings', 'embeddings', /\/v\d+\/contextualizedembeddings$/, VOYAGE)],
  ],
  [
    'multimodalembeddings',
    [route('openai.embeddings', 'embeddings', /\/v\d+\/multimodalembeddings$/, VOYAGE)],
  ],
  ['generations', [route('openai.images', 'image_generation', /\/images\/generations$/)]],
  ['images', [route('openai.images', 'image_generation', /\/v\d+\/images$/, OPENROUTER)]],
  [
    'edits',
    [
      route('openai.images', 'image_generation', /\/images\/edits$/),
      route('openai.videos', 'video_generation', /\/videos\/edits$/, NAMED_HOST),
    ],
  ],
  ['videos', [route('openai.videos', 'video_generation', /\/v\d+\/videos$/, NAMED_HOST)]],
  ['remix', [route('openai.videos', 'video_generation', /\/videos\/[^/]+\/remix$/, NAMED_HOST)]],
  ['extensions', [route('openai.videos', 'video_generation', /\/videos\/extensions$/, NAMED_HOST)]],
  [
    'batches',
    [
      route('anthropic.batches', 'batch', /\/v1\/messages\/batches$/, ANTHROPIC),
      route('openai.batches', 'batch', /\/(?:v\d+|openai)\/batches$/, NAMED_HOST),
    ],
  ],
  ['jobs', [route('mistral.batches', 'batch', /\/v1\/batch\/jobs$/, MISTRAL)]],
  ['variations', [route('openai.images', 'image_generation', /\/images\/variations$/)]],
  ['transcriptions', [route('openai.audio', 'transcription', /\/audio\/transcriptions$/)]],
  ['translations', [route('openai.audio', 'transcription', /\/audio\/translations$/)]],
  ['speech', [route('openai.audio', 'speech', /\/audio\/speech$/)]],
  [
    'moderations',
    [
      route('openai.moderations', 'moderation', /\/v1\/moderations$/),
      route('openai.moderations', 'moderation', /\/v1\/chat\/moderations$/, MISTRAL),
    ],
  ],
  [
    'classifications',
    [route('openai.moderations', 'classification', /\/v1\/(?:chat\/)?classifications$/, MISTRAL)],
  ],
  [
    'decisions',
    [
      route('openai.decisions', 'classification', /\/v\d+\/decisions$/, NAMED_HOST),
      route('openai.decisions', 'classification', /\/alpha\/decisions$/, OPENROUTER),
    ],
  ],
  ['systemone', [route('openai.decisions', 'classification', /\/systemone$/, OPENROUTER)]],
  ['runs', [route('openai.agents', 'chat', /\/threads\/(?:[^/]+\/)?runs$/, OPENAI_ITSELF)]],
  ['run', [route('anthropic.agents', 'chat', /\/v1\/deployments\/[^/]+\/run$/, ANTHROPIC_ITSELF)]],
  ['dreams', [route('anthropic.agents', 'batch', /\/v1\/dreams$/, ANTHROPIC_ITSELF)]],
  [
    'events',
    [
      route('openai.agents', 'chat', /\/agents\/sessions\/[^/]+\/events$/, OPENAI_ITSELF),
      route('anthropic.agents', 'chat', /\/v1\/sessions\/[^/]+\/events$/, ANTHROPIC_ITSELF),
    ],
  ],
  ['ocr', [route('mistral.ocr', 'ocr', /\/v1\/ocr$/, MISTRAL)]],
  ['conversations', CONVERSATION],
  ['restart', CONVERSATION],
  [
    'classify',
    [
      route('cohere.classify', 'classification', /\/v1\/classify$/, COHERE),
      route('jina.classify', 'classification', /\/v1\/classify$/, JINA),
    ],
  ],
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
  [
    'rerank',
    [
      route('cohere.rerank', 'rerank', /\/v[12]\/rerank$/, COHERE),
      route('jina.rerank', 'rerank', /\/rerank$/, NAMED_HOST),
    ],
  ],
  [
    'generate',
    [
      route('cohere.chat', 'text_completion', /\/v1\/generate$/, COHERE),
      route('ollama.generate', 'text_completion', /\/api\/generate$/, OLLAMA),
    ],
  ],
  ['generateContent', [route('gemini.generate', 'generate_content', GEMINI_MODEL, GEMINI)]],
  [
    'streamGenerateContent',
    [route('gemini.generate', 'generate_content', GEMINI_MODEL, { ...GEMINI, ...STREAMING })],
  ],
  [
    'interactions',
    [
      route('gemini.generate', 'generate_content', /\/interactions$/, {
        reach: GOOGLE,
      }),
    ],
  ],
  ['embedContent', [route('gemini.embed', 'embeddings', GEMINI_MODEL, GEMINI)]],
  ['batchEmbedContents', [route('gemini.embed', 'embeddings', GEMINI_MODEL, GEMINI)]],
  ['batchGenerateContent', [route('gemini.batches', 'batch', GEMINI_MODEL, GEMINI)]],
  ['batchPredictionJobs', [route('gemini.batches', 'batch', /\/batchPredictionJobs$/, VERTEX)]],
  ['asyncBatchEmbedContent', [route('gemini.batches', 'batch', GEMINI_MODEL, GEMINI)]],
  [
    'predict',
    [
      route('gemini.embed', 'embeddings', /embedding[^/]*:predict$/, VERTEX),
      route('gemini.media', 'image_generation', IMAGES, { reach: GOOGLE }),
    ],
  ],
  [
    'predictLongRunning',
    [route('gemini.media', 'video_generation', GEMINI_MODEL, { reach: GOOGLE })],
  ],
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
  [
    'async-invoke',
    [
      route('bedrock.async', 'video_generation', /\/async-invoke$/, {
        reach: new Set(['aws.bedrock']),
      }),
    ],
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

const GET: Options = { method: 'GET' };
const RESPONSE = [route('openai.responses', 'fetch_response', /\/responses\/[^/]+$/, GET)];
const BATCH = [
  route('openai.batches', 'fetch_response', /\/(?:v\d+|openai)\/batches\/[^/]+$/, {
    ...GET,
    ...NAMED_HOST,
  }),
];
const DEFERRED = [route('xai.deferred', 'fetch_response', /\/deferred-completion\/[^/]+$/, X_AI)];
const ASYNC_ID = /\/async\/chat\/completions\/[^/]+$/;
const ASYNC = [route('perplexity.async', 'fetch_response', ASYNC_ID, { ...PERPLEXITY, ...GET })];
const INTERACTION = [
  route('gemini.generate', 'fetch_response', /\/interactions\/[^/]+$/, { ...GET, reach: GOOGLE }),
];

const NO_ROUTES: readonly Route[] = [];

/** Paths that end with an id: those of things that the provider keeps. */
export function routesOfIds(method: string, path: string, tail: string): readonly Route[] {
  if (method === 'POST') return tail.startsWith('conv_') ? CONVERSATION : NO_ROUTES;
  if (method !== 'GET') return NO_ROUTES;
  if (tail.startsWith('resp')) return RESPONSE;
  if (tail.startsWith('batch_')) return BATCH;
  if (path.includes('/interactions/')) return INTERACTION;
  if (path.includes('/async/chat/completions/')) return ASYNC;
  return path.includes('/deferred-completion/') ? DEFERRED : NO_ROUTES;
}
