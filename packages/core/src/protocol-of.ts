import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvoke } from './bedrock-invoke.ts';
import type { ApiName } from './call-record.ts';
import { cohere } from './cohere.ts';
import { geminiEmbed } from './gemini-embed.ts';
import { geminiGenerate } from './gemini-generate.ts';
import { mistralChat } from './mistral-chat.ts';
import { mistralConversations } from './mistral-conversations.ts';
import { ollamaChat, ollamaEmbed } from './ollama.ts';
import { openaiBatches } from './openai-batches.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiAudio, openaiImages, openaiModerations } from './openai-media.ts';
import { openaiResponses } from './openai-responses.ts';
import { perplexityAsync } from './perplexity-async.ts';
import { pieceWork } from './piece-work.ts';
import type { Protocol } from './protocol.ts';
import { rerank } from './rerank.ts';
import { vercelGateway } from './vercel-gateway.ts';
import { xaiDeferred } from './xai-deferred.ts';

/** Legacy completions, embeddings and decisions have the members of chat, so they are rows, not files. */
const PROTOCOLS: Readonly<Record<ApiName, Protocol | undefined>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiResponses,
  'openai.completions': openaiChat,
  'openai.embeddings': openaiChat,
  'openai.images': openaiImages,
  'openai.audio': openaiAudio,
  'openai.moderations': openaiModerations,
  'anthropic.messages': anthropicMessages,
  'gemini.generate': geminiGenerate,
  'gemini.embed': geminiEmbed,
  'bedrock.converse': bedrockConverse,
  'bedrock.invoke': bedrockInvoke,
  'mistral.chat': mistralChat,
  'cohere.chat': cohere,
  'cohere.embed': cohere,
  'cohere.rerank': cohere,
  'ollama.chat': ollamaChat,
  'ollama.generate': ollamaChat,
  'ollama.embed': ollamaEmbed,
  'cohere.classify': cohere,
  'jina.rerank': rerank,
  'jina.classify': rerank,
  'mistral.conversations': mistralConversations,
  'mistral.ocr': pieceWork,
  'openai.videos': pieceWork,
  'openai.batches': openaiBatches,
  'openai.decisions': openaiChat,
  'openai.agents': pieceWork,
  'anthropic.batches': pieceWork,
  'anthropic.agents': pieceWork,
  'gemini.batches': pieceWork,
  'gemini.media': pieceWork,
  'mistral.batches': pieceWork,
  'bedrock.async': pieceWork,
  'xai.deferred': xaiDeferred,
  'perplexity.async': perplexityAsync,
  'vercel.language': vercelGateway,
  'vercel.embed': vercelGateway,
  'vercel.image': vercelGateway,
  'vercel.rerank': vercelGateway,
  'vercel.audio': vercelGateway,
  'vercel.video': vercelGateway,
  'vercel.decision': vercelGateway,
  custom: undefined,
};

/** Every API that has a wire format, and `custom`. */
export const API_NAMES: readonly ApiName[] = keysOf(PROTOCOLS);

function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(record).filter((key): key is K => Object.hasOwn(record, key));
}

/** The protocol of an API; undefined for `custom`, which has no wire format. */
export function protocolOf(api: ApiName): Protocol | undefined {
  return PROTOCOLS[api];
}
