import { decodeOpenaiRequest, OPENAI_REQUEST_KEYS } from './openai-request.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import type { Protocol } from './protocol.ts';
import { type ResponseDraft, UNNAMED_ERROR } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  listOf,
  nameOf,
  present,
} from './wire-value.ts';

const TERMINAL_EVENTS: ReadonlySet<unknown> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
]);

const WANTED_EVENT =
  /"type"\s*:\s*"(?:error|response\.(?:created|queued|completed|incomplete|failed))"/;

/**
 * OpenAI responses.
 *
 * JSON: `{ id, object: 'response', model, status, error, incomplete_details, output, service_tier, usage, tool_usage }`;
 * status is completed, failed, incomplete, cancelled, queued or in_progress. Stream: typed events, of which
 * `response.created` names id and model and `response.completed`, `.incomplete` or `.failed` carries the whole response.
 * Web searches are `tool_usage.web_search.num_requests`, else the search actions in `output`. In
 * the background mode the first answer is queued and has no usage; the response is fetched until it is finished, and
 * every later answer (`fetch_response`, `…/cancel`) repeats the usage: whether it was counted is not for a decoder to know.
 *
 * @see https://platform.openai.com/docs/api-reference/responses (checked against openai 7.55.0, 2026-11-21)
 */
export const openaiResponses: Protocol = {
  requestKeys: OPENAI_REQUEST_KEYS,
  responseKeys: [
    'type',
    'id',
    'model',
    'status',
    'background',
    'created_at',
    'completed_at',
    'incomplete_details',
    'service_tier',
    'usage',
    'tool_usage',
  ],
  decodeRequest: decodeOpenaiRequest,
  readBody(draft, body) {
    readResponse(draft, body);
  },
  wantsEvent(_draft, data) {
    if (data.tail !== undefined) return true;
    return WANTED_EVENT.test(data.text) || data.text.startsWith('{"error"');
  },
  readEvent(draft, event) {
    const type = fieldOf(event, 'type');
    const response = fieldOf(event, 'response');
    const isTerminal = TERMINAL_EVENTS.has(type);
    if (isRecord(response)) readResponse(draft, response);
    else if (type === 'error' || type === undefined) readError(draft, event);
    // Members found in the windows of a large event come without their response.
    else if (isTerminal) readResponse(draft, event);
    if (isTerminal || draft.errorType !== undefined) draft.isComplete = true;
  },
  readUsage(draft, endpoint) {
    return readOpenaiUsage(draft, endpoint.provider);
  },
};

/** `{ type: 'error', code }` of OpenAI, `{ error: { code } }` of some compatible hosts. */
function readError(draft: ResponseDraft, event: JsonRecord): void {
  const error = fieldOf(event, 'error');
  if (isRecord(error)) draft.fail(error);
  else if (fieldOf(event, 'type') === 'error') draft.fail({ code: fieldOf(event, 'code') });
}

function readResponse(draft: ResponseDraft, response: JsonRecord): void {
  draft.identify(response);
  draft.modify(present({ serviceTier: nameOf(fieldOf(response, 'service_tier')) }));
  const usage = firstOf(response, 'usage');
  if (usage !== undefined) draft.usage = usage;
  const error = firstOf(response, 'error');
  if (error !== undefined) draft.fail(error);
  readStatus(draft, response);
  readTools(draft, response);
}

const UNFINISHED: ReadonlySet<unknown> = new Set(['queued', 'in_progress']);

function readJob(draft: ResponseDraft, response: JsonRecord, status: unknown): void {
  const background = fieldOf(response, 'background');
  if (typeof background === 'boolean') draft.isBackground = background;
  if (typeof status !== 'string') return;
  draft.jobState = UNFINISHED.has(status) ? 'running' : 'finished';
  // Only completed responses say when that was; for others the time of their making has to do.
  const seconds = firstOf(response, 'completed_at', 'created_at');
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds * 1000)) return;
  draft.finishedEpochMs = seconds * 1000;
}

function readStatus(draft: ResponseDraft, response: JsonRecord): void {
  const status = fieldOf(response, 'status');
  readJob(draft, response, status);
  if (status === 'failed') {
    draft.finish(0, 'error');
    draft.errorType ??= UNNAMED_ERROR;
  } else if (status === 'incomplete') {
    draft.finish(0, firstOf(fieldOf(response, 'incomplete_details'), 'reason') ?? status);
  } else if (status === 'completed' || status === 'cancelled') {
    draft.finish(0, status);
  }
}

function readTools(draft: ResponseDraft, response: JsonRecord): void {
  const output = listOf(fieldOf(response, 'output'));
  const toolUsage = fieldOf(response, 'tool_usage');
  const billed = fieldOf(fieldOf(toolUsage, 'web_search'), 'num_requests');
  const isCount = typeof billed === 'number' && Number.isInteger(billed) && billed >= 0;
  const searches = isCount ? billed : countItems(output, isSearch);
  draft.requests = {
    ...(searches > 0 ? { web_search: searches } : {}),
    ...positive(
      'file_search',
      countItems(output, (item) => hasType(item, 'file_search_call')),
    ),
    ...positive(
      'code_interpreter',
      countItems(output, (item) => hasType(item, 'code_interpreter_call')),
    ),
  };
  const imageTokens = fieldOf(fieldOf(toolUsage, 'image_gen'), 'total_tokens');
  // They are billed at the rates of an image model that the response does not name.
  if (typeof imageTokens === 'number' && imageTokens > 0) draft.problems.add('image_tool_unpriced');
  // Written by a model of its own, whose tokens are in no other figure.
  if (output.some((item) => isRecord(fieldOf(item, 'svg_usage')))) {
    draft.problems.add('svg_usage_unpriced');
  }
}

function positive(key: 'file_search' | 'code_interpreter', count: number): object {
  return count > 0 ? { [key]: count } : {};
}

function countItems(items: readonly unknown[], accept: (item: unknown) => boolean): number {
  return items.filter(accept).length;
}

function hasType(item: unknown, type: string): boolean {
  return fieldOf(item, 'type') === type;
}

/** Opening a page and finding in it are free; only searches are billed. */
function isSearch(item: unknown): boolean {
  const action = fieldOf(fieldOf(item, 'action'), 'type');
  return hasType(item, 'web_search_call') && (action === undefined || action === 'search');
}
