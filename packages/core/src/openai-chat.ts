import { decodeOpenaiRequest, OPENAI_REQUEST_KEYS } from './openai-request.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import { hasValue } from './scan-json.ts';
import { skimChunks } from './skim-chunks.ts';
import type { SseData } from './sse-reader.ts';
import { fieldOf, firstOf, isRecord, type JsonRecord, listOf, nameOf } from './wire-value.ts';

/** After this many events without an id or a model, none is expected any more. */
const EVENTS_WITH_IDENTITY = 8;

/**
 * Chat completions of OpenAI and of every host that speaks them, also legacy completions and embeddings, whose members
 * have the same names.
 *
 * JSON: `{ id, model, service_tier, system_fingerprint, choices: [{ index, finish_reason }], usage }`. Stream: the same
 * per event with `usage: null` until a last event with `choices: []` (only with `stream_options.include_usage`), then
 * `[DONE]`. Groq puts stream usage into `x_groq.usage`; others repeat cumulative usage on every event: the last wins.
 * Errors: `{ error: { code, type } }`, also as an event.
 */
export const openaiChat: Protocol = {
  requestKeys: OPENAI_REQUEST_KEYS,
  responseKeys: ['id', 'model', 'service_tier', 'system_fingerprint', 'finish_reason', 'usage'],
  decodeRequest: decodeOpenaiRequest,
  readBody(draft, body) {
    readChunk(draft, body);
    // xAI's answer to a deferred request; the completion is fetched by this id.
    const requestId = nameOf(fieldOf(body, 'request_id'));
    if (requestId === undefined || fieldOf(body, 'choices') !== undefined) return;
    draft.responseId ??= requestId;
    draft.jobState = 'running';
  },
  wantsEvent(draft, data) {
    if (data.text === '[DONE]') {
      draft.isComplete = true;
      return false;
    }
    return isUnidentified(draft) || mayMatter(data);
  },
  skim(draft, text) {
    const skim = skimChunks(text);
    return (from) => (isUnidentified(draft) ? from : skim(from));
  },
  readEvent(draft, event) {
    readChunk(draft, event);
    // Some hosts end without [DONE]: a finish reason and the usage are all that can come.
    if (draft.usage !== undefined && draft.finishReasons.length > 0) draft.isComplete = true;
    if (draft.errorType !== undefined) draft.isComplete = true;
  },
  readUsage(draft, endpoint) {
    const isEmbedding = endpoint.operation === 'embeddings';
    return readOpenaiUsage(draft, endpoint.provider, { isEmbedding });
  },
};

function isUnidentified(draft: ResponseDraft): boolean {
  if (draft.eventCount > EVENTS_WITH_IDENTITY) return false;
  return draft.responseId === undefined || draft.model === undefined;
}

function mayMatter({ text, tail }: SseData): boolean {
  if (tail !== undefined) return true;
  // An event without choices is an error or something new; both are rare.
  if (!text.includes('choices"') || text.startsWith('{"error"')) return true;
  return hasValue(text, 'usage"') || hasValue(text, 'finish_reason"');
}

function readChunk(draft: ResponseDraft, chunk: JsonRecord): void {
  draft.identify(chunk);
  draft.systemFingerprint = nameOf(fieldOf(chunk, 'system_fingerprint')) ?? draft.systemFingerprint;
  const serviceTier = nameOf(fieldOf(chunk, 'service_tier'));
  if (serviceTier !== undefined) draft.modify({ serviceTier });
  // Members found in the windows of a large body come without their choices.
  draft.finish(0, fieldOf(chunk, 'finish_reason'));
  for (const choice of listOf(fieldOf(chunk, 'choices'))) {
    draft.finish(fieldOf(choice, 'index'), fieldOf(choice, 'finish_reason'));
  }
  const usage = firstOf(chunk, 'usage') ?? firstOf(fieldOf(chunk, 'x_groq'), 'usage');
  if (usage !== undefined) draft.usage = usage;
  const error = firstOf(chunk, 'error');
  if (error !== undefined && error !== false && (isRecord(error) || typeof error === 'string')) {
    draft.fail(error);
  }
}
