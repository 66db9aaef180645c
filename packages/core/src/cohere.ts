import type { RequestParameters, Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import { stopSequencesOf } from './openai-request.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  type JsonRecord,
  listOf,
  nameOf,
  numberOf,
  present,
} from './wire-value.ts';

const WANTED_EVENT =
  /"(?:type|event_type)"\s*:\s*"(?:message-start|message-end|stream-start|stream-end)"/;

/**
 * Cohere chat, embed and rerank, v2 and v1, and generate and classify, v1.
 *
 * Chat v2: `{ id, finish_reason, usage: { billed_units, tokens, cached_tokens } }`, streamed as `message-start` and
 * `message-end` events; embed, rerank and v1: `meta.billed_units`. Only billed units count: consumed `tokens` include
 * Cohere's own preamble. Cached tokens stay inside the billed input, since Cohere does not say that they are cheaper.
 * Classifications are billed by piece, so they have no usage. The first API streams rows of `{ event_type }`. Responses name
 * no model.
 *
 * @see https://docs.cohere.com/v2/reference/chat (checked against cohere-ai 8.1.0, 2026-11-21)
 */
export const cohere: Protocol = {
  requestKeys: new Set([
    'embedding_types',
    'frequency_penalty',
    'k',
    'max_tokens',
    'model',
    'output_dimension',
    'p',
    'presence_penalty',
    'response_format',
    'seed',
    'stop_sequences',
    'stream',
    'temperature',
  ]),
  responseKeys: ['id', 'finish_reason', 'usage', 'meta'],
  decodeRequest(body) {
    return {
      ...present({ model: nameOf(fieldOf(body, 'model')) }),
      isStreaming: fieldOf(body, 'stream') === true,
      parameters: parametersOf(body),
    };
  },
  readBody: readResponse,
  wantsEvent(_draft, { text, tail }) {
    return tail !== undefined || WANTED_EVENT.test(text);
  },
  readEvent(draft, event) {
    const type = firstOf(event, 'type', 'event_type');
    draft.responseId = nameOf(firstOf(event, 'id', 'generation_id')) ?? draft.responseId;
    if (type !== 'message-end' && type !== 'stream-end') return;
    draft.isComplete = true;
    const end = firstOf(event, 'delta', 'response');
    draft.finish(0, firstOf(end, 'finish_reason') ?? fieldOf(event, 'finish_reason'));
    takeUsage(draft, end);
    if (firstOf(end, 'error') !== undefined) draft.fail(fieldOf(end, 'error'));
  },
  readUsage(draft) {
    return readBilledUnits(draft.usage);
  },
};

function readResponse(draft: ResponseDraft, body: JsonRecord): void {
  draft.responseId = nameOf(firstOf(body, 'id', 'generation_id')) ?? draft.responseId;
  draft.finish(0, fieldOf(body, 'finish_reason'));
  for (const [index, text] of listOf(fieldOf(body, 'generations')).entries()) {
    draft.finish(index, fieldOf(text, 'finish_reason'));
  }
  takeUsage(draft, body);
}

function takeUsage(draft: ResponseDraft, source: unknown): void {
  const usage = firstOf(source, 'usage', 'meta');
  const units = firstOf(usage, 'billed_units');
  if (units !== undefined) draft.usage = { billed_units: units };
}

function readBilledUnits(raw: unknown): Usage {
  if (raw === undefined) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const units = fieldOf(raw, 'billed_units');
  const tokens = present({
    input: sheet.count(units, 'input_tokens'),
    input_image: sheet.count(units, 'image_tokens'),
    output: sheet.count(units, 'output_tokens'),
  });
  const rerank = sheet.count(units, 'search_units');
  return sheet.usage(tokens, rerank ? { rerank } : {});
}

function parametersOf(body: JsonRecord): RequestParameters {
  const format = fieldOf(fieldOf(body, 'response_format'), 'type');
  const encodings = listOf(fieldOf(body, 'embedding_types')).filter(
    (item) => typeof item === 'string',
  );
  return present({
    maxTokens: numberOf(fieldOf(body, 'max_tokens')),
    temperature: numberOf(fieldOf(body, 'temperature')),
    topP: numberOf(fieldOf(body, 'p')),
    topK: numberOf(fieldOf(body, 'k')),
    frequencyPenalty: numberOf(fieldOf(body, 'frequency_penalty')),
    presencePenalty: numberOf(fieldOf(body, 'presence_penalty')),
    seed: numberOf(fieldOf(body, 'seed')),
    stopSequences: stopSequencesOf(fieldOf(body, 'stop_sequences')),
    outputType: format === 'json_object' ? ('json' as const) : undefined,
    encodingFormats: encodings.length > 0 ? encodings : undefined,
    embeddingsDimensionCount: numberOf(fieldOf(body, 'output_dimension')),
  });
}
