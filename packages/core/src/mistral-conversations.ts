import type { RequestCounts, Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import type { DecodedRequest } from './decoder.ts';
import { mistralChat } from './mistral-chat.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  listOf,
  nameOf,
  present,
} from './wire-value.ts';

/** Our request classes by Mistral's names of connectors. */
const CONNECTORS: ReadonlyMap<string, keyof RequestCounts> = new Map([
  ['web_search', 'web_search'],
  ['web_search_premium', 'web_search'],
  ['code_interpreter', 'code_interpreter'],
  ['document_library', 'file_search'],
]);

/**
 * Mistral's conversations, begun, continued and restarted, with a model or an agent.
 *
 * `{ conversation_id, outputs: [{ type, id, model }], usage }`, streamed as events of which `conversation.response.done`
 * has the usage: OpenAI's members, `connector_tokens` beside them, which are input and part of `total_tokens` only, and
 * `connectors`, the uses of each hosted tool. An agent's model is named by what it wrote.
 *
 * @see https://docs.mistral.ai/agents/agents (checked against @mistralai/mistralai 2.7.0, 2026-11-22)
 */
export const mistralConversations: Protocol = {
  ...mistralChat,
  requestKeys: new Set(['model', 'stream', 'completion_args']),
  responseKeys: ['usage'],
  decodeRequest,
  readBody: readResponse,
  wantsEvent({ model }, { text, tail }) {
    if (tail !== undefined || text.includes('"conversation.response.')) return true;
    return model === undefined && text.includes('"message.output');
  },
  readEvent(draft, event) {
    const type = fieldOf(event, 'type');
    if (type === 'conversation.response.error') draft.fail(event);
    else if (typeof type === 'string' && type.startsWith('message.output')) identify(draft, event);
    else readResponse(draft, event);
    const isOver = type === 'conversation.response.done' || draft.errorType !== undefined;
    if (isOver) draft.isComplete = true;
  },
  readUsage,
};

function decodeRequest(body: JsonRecord): DecodedRequest {
  const settings = fieldOf(body, 'completion_args');
  const { parameters } = mistralChat.decodeRequest(isRecord(settings) ? settings : {});
  return {
    ...present({ model: nameOf(fieldOf(body, 'model')) }),
    isStreaming: fieldOf(body, 'stream') === true,
    parameters,
  };
}

function identify(draft: ResponseDraft, message: unknown): void {
  draft.responseId = nameOf(fieldOf(message, 'id')) ?? draft.responseId;
  draft.model = nameOf(fieldOf(message, 'model')) ?? draft.model;
}

function readResponse(draft: ResponseDraft, body: JsonRecord): void {
  for (const output of listOf(fieldOf(body, 'outputs'))) {
    if (fieldOf(output, 'type') === 'message.output') identify(draft, output);
  }
  const usage = firstOf(body, 'usage');
  if (usage !== undefined) draft.usage = usage;
  const error = firstOf(body, 'error');
  if (isRecord(error)) draft.fail(error);
}

function readUsage(draft: ResponseDraft): Usage {
  const raw = draft.usage;
  if (raw === undefined) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const prompt = sheet.count(raw, 'prompt_tokens');
  const output = sheet.count(raw, 'completion_tokens');
  const connectors = sheet.count(raw, 'connector_tokens');
  const total = sheet.count(raw, 'total_tokens');
  const input = prompt === undefined ? connectors : prompt + (connectors ?? 0);
  if (total !== undefined && (input ?? 0) + (output ?? 0) !== total) sheet.fail('total_mismatch');
  return sheet.usage(present({ input, output }), connectorUses(draft, sheet));
}

function connectorUses(draft: ResponseDraft, sheet: CountSheet): RequestCounts {
  const uses: Partial<Record<keyof RequestCounts, number>> = {};
  const connectors = firstOf(draft.usage, 'connectors');
  for (const [name, requestClass] of CONNECTORS) {
    const count = sheet.count(connectors, name);
    if (count) uses[requestClass] = (uses[requestClass] ?? 0) + count;
  }
  // Pictures are billed by piece, at a price that the response does not tell.
  if (sheet.count(connectors, 'image_generation')) draft.problems.add('image_tool_unpriced');
  return uses;
}
