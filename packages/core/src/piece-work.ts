import type { Usage } from './call-record.ts';
import { openaiChat } from './openai-chat.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import { fieldOf, firstOf, isRecord, type JsonRecord, nameOf } from './wire-value.ts';

const MISSING: Usage = { kind: 'missing' };

/**
 * Calls that are billed by the piece, the page or the second, or whose usage comes in a file or a session that nobody reads
 * here: OpenAI videos, Imagen and Veo, Bedrock's asynchronous invocations, Mistral OCR, batches but OpenAI's, and the work
 * that is done on the provider's side (OpenAI's agents and threads, Anthropic's sessions, deployments and dreams).
 * Their usage is always missing, so that they are counted as calls without a price and never pass unseen.
 *
 * `{ id | name | invocationArn, model, status, error }`; the model, or `{ id }` of it, stands in the request (`model`,
 * `modelId`) or the path.
 *
 * @see https://platform.openai.com/docs/api-reference/videos, https://ai.google.dev/gemini-api/docs/imagen,
 *   https://docs.mistral.ai/api/#tag/ocr, https://docs.aws.amazon.com/bedrock/latest/APIReference and
 *   https://docs.anthropic.com/en/api/creating-message-batches (checked against openai 7.57.0 and @anthropic-ai/sdk 1.12.0,
 *   2026-11-22)
 */
export const pieceWork: Protocol = {
  ...openaiChat,
  requestKeys: new Set(['model', 'modelId', 'user', 'safety_identifier']),
  responseKeys: ['model'],
  decodeRequest(body) {
    const model = modelOf(body);
    return openaiChat.decodeRequest(model === undefined ? body : { ...body, model });
  },
  readBody,
  readEvent: readBody,
  readUsage: () => MISSING,
};

function modelOf(body: unknown): string | undefined {
  const model = firstOf(body, 'modelId', 'model');
  return nameOf(model) ?? nameOf(fieldOf(model, 'id'));
}

function readBody(draft: ResponseDraft, body: JsonRecord): void {
  draft.model = modelOf(body) ?? draft.model;
  draft.responseId = nameOf(firstOf(body, 'id', 'name', 'invocationArn')) ?? draft.responseId;
  // Nothing of it is ever read; a body of pictures that is too large to keep is no problem then.
  draft.usage = null;
  const error = firstOf(body, 'error');
  if (isRecord(error)) draft.fail(error);
}
