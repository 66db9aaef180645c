import { openaiChat } from './openai-chat.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import type { Protocol } from './protocol.ts';
import { type ResponseDraft, UNNAMED_ERROR } from './response-draft.ts';
import { fieldOf, firstOf, type JsonRecord } from './wire-value.ts';

const RUNNING: ReadonlySet<unknown> = new Set([
  'validating',
  'in_progress',
  'finalizing',
  'cancelling',
]);

const OVER: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'cancelled']);

/**
 * Batches of OpenAI and of hosts with the same API: `{ id: 'batch_…', status, model, usage }`.
 *
 * The answer to their creation says `validating`; whoever fetches the batch sees it end. Its usage then is the sum of all
 * its requests, at the rates of the service tier `batch`. Hosts that report none leave it missing.
 *
 * @see https://platform.openai.com/docs/api-reference/batch (checked against openai 7.57.0, 2026-11-22)
 */
export const openaiBatches: Protocol = {
  ...openaiChat,
  requestKeys: new Set(),
  responseKeys: ['id', 'model', 'status', 'usage'],
  decodeRequest: () => ({ isStreaming: false, parameters: {} }),
  readBody: readBatch,
  readEvent: readBatch,
  readUsage(draft, endpoint) {
    return readOpenaiUsage(draft, endpoint.provider);
  },
};

function readBatch(draft: ResponseDraft, batch: JsonRecord): void {
  draft.identify(batch);
  draft.modify({ serviceTier: 'batch' });
  const status = fieldOf(batch, 'status');
  // Only an id like this one is found again in the path of whoever fetches it.
  if (draft.responseId?.startsWith('batch_') === true) readJob(draft, batch, status);
  if (!OVER.has(status)) return;
  draft.finish(0, status);
  const usage = firstOf(batch, 'usage');
  if (usage !== undefined) draft.usage = usage;
  if (status === 'failed') draft.errorType ??= UNNAMED_ERROR;
}

function readJob(draft: ResponseDraft, batch: JsonRecord, status: unknown): void {
  if (!RUNNING.has(status) && !OVER.has(status)) return;
  draft.isBackground = true;
  draft.jobState = RUNNING.has(status) ? 'running' : 'finished';
  const seconds = firstOf(batch, 'completed_at', 'failed_at', 'expired_at', 'cancelled_at');
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds * 1000)) return;
  draft.finishedEpochMs = seconds * 1000;
}
