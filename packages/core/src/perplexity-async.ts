import type { ResponseJob } from './call-record.ts';
import { openaiChat } from './openai-chat.ts';
import type { Protocol } from './protocol.ts';
import { type ResponseDraft, UNNAMED_ERROR } from './response-draft.ts';
import { fieldOf, firstOf, isRecord, type JsonRecord } from './wire-value.ts';

const STATES: ReadonlyMap<unknown, ResponseJob['state']> = new Map([
  ['CREATED', 'running'],
  ['IN_PROGRESS', 'running'],
  ['COMPLETED', 'finished'],
  ['FAILED', 'finished'],
]);

/**
 * Perplexity's asynchronous chat completions, asked for by `{ request: { model, … } }`.
 *
 * Creation and every fetch answer `{ id, model, status, created_at, completed_at, failed_at, response }`; `response` is null
 * until the status is `COMPLETED`, and then a chat completion with its usage.
 *
 * @see https://docs.perplexity.ai/api-reference/async-chat-completions-post (checked against @perplexity-ai/perplexity_ai
 *   0.38.5, 2026-11-22)
 */
export const perplexityAsync: Protocol = {
  ...openaiChat,
  requestKeys: new Set(['request']),
  responseKeys: ['id', 'model', 'status', 'usage'],
  decodeRequest(body) {
    const request = fieldOf(body, 'request');
    return openaiChat.decodeRequest(isRecord(request) ? request : {});
  },
  readBody: readJob,
  readEvent: readJob,
};

function readJob(draft: ResponseDraft, job: JsonRecord): void {
  const response = fieldOf(job, 'response');
  openaiChat.readBody(draft, isRecord(response) ? response : job);
  // The job has an id of its own, by which it is fetched.
  draft.identify(job);
  const status = fieldOf(job, 'status');
  const state = STATES.get(status);
  if (state === undefined) return;
  draft.isBackground = true;
  draft.jobState = state;
  if (status === 'FAILED') {
    draft.finish(0, 'error');
    draft.errorType ??= UNNAMED_ERROR;
  }
  const seconds = firstOf(job, 'completed_at', 'failed_at', 'created_at');
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds * 1000)) return;
  draft.finishedEpochMs = seconds * 1000;
}
