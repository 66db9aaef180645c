import { replyToMessages } from './anthropic-messages.ts';
import { replyToConverse } from './bedrock-converse.ts';
import { replyToInvoke } from './bedrock-invoke.ts';
import { replyToCohere, replyToCohereEmbed, replyToRerank } from './cohere-chat.ts';
import { replyToEmbedContent, replyToGenerate } from './gemini-generate.ts';
import { replyToOllama, replyToOllamaEmbed } from './ollama-chat.ts';
import { replyToChat, replyToEmbeddings } from './openai-chat.ts';
import {
  replyToCompletion,
  replyToImages,
  replyToModeration,
  replyToSpeech,
  replyToTranscription,
} from './openai-media.ts';
import { replyToResponses } from './openai-responses.ts';
import type { Asked, Reply } from './reply.ts';
import { replyToGateway, replyToGatewayEmbedding } from './vercel-gateway.ts';

/** One API: what it answers, and how it says that something went wrong. */
export interface Route {
  readonly pattern: RegExp;
  readonly reply: (asked: Asked) => Reply;
  readonly error: (status: number, words: string) => object;
}

const openaiError = (status: number, message: string): object => ({
  error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', code: null },
});
const anthropicError = (status: number, message: string): object => ({
  type: 'error',
  error: { type: status < 500 ? 'invalid_request_error' : 'api_error', message },
});
const googleError = (code: number, message: string): object => ({
  error: { code, message, status: code < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL' },
});
const plainError = (_status: number, message: string): object => ({ message });
const ollamaError = (_status: number, error: string): object => ({ error });

const ROUTES: readonly Route[] = [
  { pattern: /\/(?:chat|fim)\/completions$/, reply: replyToChat, error: openaiError },
  { pattern: /\/v1\/completions$/, reply: replyToCompletion, error: openaiError },
  { pattern: /\/embeddings$/, reply: replyToEmbeddings, error: openaiError },
  { pattern: /\/images\/generations$/, reply: replyToImages, error: openaiError },
  { pattern: /\/audio\/transcriptions$/, reply: replyToTranscription, error: openaiError },
  { pattern: /\/audio\/speech$/, reply: replyToSpeech, error: openaiError },
  { pattern: /\/v1\/moderations$/, reply: replyToModeration, error: openaiError },
  { pattern: /\/responses$/, reply: replyToResponses, error: openaiError },
  { pattern: /\/v1\/messages$/, reply: replyToMessages, error: anthropicError },
  { pattern: /:(?:streamG|g)enerateContent/, reply: replyToGenerate, error: googleError },
  { pattern: /:(?:batchE|e)mbedContents?$/, reply: replyToEmbedContent, error: googleError },
  { pattern: /\/v2\/embed$/, reply: replyToCohereEmbed, error: plainError },
  { pattern: /\/v2\/rerank$/, reply: replyToRerank, error: plainError },
  { pattern: /\/v2\/chat$/, reply: replyToCohere, error: plainError },
  { pattern: /\/api\/(?:chat|generate)$/, reply: replyToOllama, error: ollamaError },
  { pattern: /\/api\/embed$/, reply: replyToOllamaEmbed, error: ollamaError },
  { pattern: /\/model\/[^/]+\/converse(?:-stream)?$/, reply: replyToConverse, error: plainError },
  {
    pattern: /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/,
    reply: replyToInvoke,
    error: plainError,
  },
  { pattern: /\/language-model$/, reply: replyToGateway, error: openaiError },
  { pattern: /\/embedding-model$/, reply: replyToGatewayEmbedding, error: openaiError },
];

/** The API that a path speaks; undefined for paths of none, which are not model calls. */
export function routeReply(path: string): Route | undefined {
  const bare = path.split('?', 1)[0] ?? '';
  return ROUTES.find(({ pattern }) => pattern.test(bare));
}
