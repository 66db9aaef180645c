import type { DecodedRequest } from './decoder.ts';
import { readInteraction } from './gemini-interactions.ts';
import { readGeminiUsage } from './gemini-usage.ts';
import { stopSequencesOf } from './openai-request.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  listOf,
  nameOf,
  numberOf,
  present,
} from './wire-value.ts';

/** Vertex's traffic types in the words of the other providers. */
const TIERS: ReadonlyMap<unknown, string> = new Map([
  ['ON_DEMAND', 'default'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
  ['ON_DEMAND_OFFPEAK', 'off-peak'],
  ['PROVISIONED_THROUGHPUT', 'provisioned'],
]);

/**
 * Gemini `generateContent`, `streamGenerateContent` and `interactions`, on Google's own host and on Vertex.
 *
 * JSON: `{ candidates: [{ index, finishReason, groundingMetadata }], promptFeedback, usageMetadata, modelVersion,
 * responseId }`. A stream is server-sent events, or without `alt=sse` one JSON array of the same objects; every chunk
 * has running usage, the last one wins. It is complete once every chunk's candidate has a finish reason and usage was
 * seen. A blocked prompt has no candidates but a `blockReason`. Errors: `{ error: { code, status } }`.
 *
 * The tier that served is in `usageMetadata`, else in the header `x-gemini-service-tier`.
 *
 * Grounding: models before Gemini 3 bill a grounded prompt once, later ones bill every search query.
 *
 * @see https://ai.google.dev/api/generate-content (checked against @google/genai 3.1.0, 2026-11-21)
 */
export const geminiGenerate: Protocol = {
  requestKeys: new Set([
    'background',
    'generationConfig',
    'generation_config',
    'model',
    'serviceTier',
    'service_tier',
    'stream',
  ]),
  responseKeys: [
    'finishReason',
    'usageMetadata',
    'modelVersion',
    'responseId',
    'id',
    'model',
    'status',
    'usage',
  ],
  format: 'values_in_array',
  decodeRequest: decodeGeminiRequest,
  readHead(draft, head) {
    draft.modify(present({ serviceTier: nameOf(head.headers?.['x-gemini-service-tier']) }));
  },
  readBody: readChunk,
  wantsEvent(_draft, { event }) {
    return !event.startsWith('step.');
  },
  readEvent(draft, event) {
    readChunk(draft, event);
    if (fieldOf(event, 'event_type') !== undefined) return;
    const isFinished = draft.finishReasons.length > 0 && draft.usage !== undefined;
    if (isFinished || draft.errorType !== undefined) draft.isComplete = true;
  },
  readUsage(draft) {
    return readGeminiUsage(draft);
  },
};

function readChunk(draft: ResponseDraft, chunk: JsonRecord): void {
  if (readInteraction(draft, chunk)) return;
  draft.model = nameOf(fieldOf(chunk, 'modelVersion')) ?? draft.model;
  draft.responseId = nameOf(fieldOf(chunk, 'responseId')) ?? draft.responseId;
  draft.finish(0, fieldOf(chunk, 'finishReason'));
  draft.finish(0, firstOf(fieldOf(chunk, 'promptFeedback'), 'blockReason'));
  for (const candidate of listOf(fieldOf(chunk, 'candidates'))) {
    draft.finish(fieldOf(candidate, 'index'), fieldOf(candidate, 'finishReason'));
    countGrounding(draft, candidate);
  }
  const usage = firstOf(chunk, 'usageMetadata');
  if (usage !== undefined) draft.usage = usage;
  const tier = TIERS.get(fieldOf(usage, 'trafficType')) ?? nameOf(fieldOf(usage, 'serviceTier'));
  draft.modify(present({ serviceTier: tier }));
  const error = firstOf(chunk, 'error');
  if (isRecord(error)) draft.fail({ code: fieldOf(error, 'status') ?? fieldOf(error, 'code') });
}

function countGrounding(draft: ResponseDraft, candidate: unknown): void {
  const queries = listOf(fieldOf(fieldOf(candidate, 'groundingMetadata'), 'webSearchQueries'));
  if (queries.length === 0) return;
  const isPerPrompt = /^gemini-[12]\b/.test(draft.model ?? '');
  // Chunks repeat the metadata: the largest count wins, nothing is added up.
  const grounding = Math.max(draft.requests.grounding ?? 0, isPerPrompt ? 1 : queries.length);
  draft.requests = { grounding };
}

function decodeGeminiRequest(body: JsonRecord): DecodedRequest {
  const config = firstOf(body, 'generationConfig', 'generation_config');
  const modalities = listOf(fieldOf(config, 'responseModalities'));
  return {
    ...present({
      model: nameOf(fieldOf(body, 'model')),
      isBackground: fieldOf(body, 'background') === true || undefined,
    }),
    isStreaming: fieldOf(body, 'stream') === true,
    parameters: present({
      maxTokens: numberOf(firstOf(config, 'maxOutputTokens', 'max_output_tokens')),
      temperature: numberOf(fieldOf(config, 'temperature')),
      topP: numberOf(firstOf(config, 'topP', 'top_p')),
      topK: numberOf(fieldOf(config, 'topK')),
      seed: numberOf(fieldOf(config, 'seed')),
      frequencyPenalty: numberOf(fieldOf(config, 'frequencyPenalty')),
      presencePenalty: numberOf(fieldOf(config, 'presencePenalty')),
      choiceCount: numberOf(fieldOf(config, 'candidateCount')),
      stopSequences: stopSequencesOf(fieldOf(config, 'stopSequences')),
      reasoningLevel: nameOf(
        fieldOf(fieldOf(config, 'thinkingConfig'), 'thinkingLevel') ??
          fieldOf(config, 'thinking_level'),
      ),
      outputType: outputTypeOf(modalities, fieldOf(config, 'responseMimeType')),
      serviceTier: nameOf(firstOf(body, 'serviceTier', 'service_tier')),
    }),
  };
}

function outputTypeOf(
  modalities: readonly unknown[],
  mimeType: unknown,
): 'image' | 'speech' | 'json' | 'text' | undefined {
  if (modalities.includes('IMAGE')) return 'image';
  if (modalities.includes('AUDIO')) return 'speech';
  if (mimeType === 'application/json') return 'json';
  return mimeType === 'text/plain' ? 'text' : undefined;
}
