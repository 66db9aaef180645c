import { readBedrockUsage } from './bedrock-usage.ts';
import type { DecodedRequest, ResponseHead } from './decoder.ts';
import { stopSequencesOf } from './openai-request.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import { fieldOf, firstOf, type JsonRecord, nameOf, numberOf, present } from './wire-value.ts';

const WANTED_EVENTS: ReadonlySet<string> = new Set(['messageStop', 'metadata']);

/**
 * Bedrock Converse and ConverseStream.
 *
 * JSON: `{ stopReason, usage, serviceTier: { type } }`. Stream: AWS event stream with `messageStop` and, last, `metadata`
 * with the same members. No response names its model: the request's path does. Errors: header `x-amzn-errortype`, or an
 * exception message in the stream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (checked 2026-11-21)
 */
export const bedrockConverse: Protocol = {
  requestKeys: new Set(['additionalModelRequestFields', 'inferenceConfig', 'serviceTier']),
  responseKeys: ['stopReason', 'usage', 'serviceTier'],
  decodeRequest: decodeConverseRequest,
  readHead: readBedrockError,
  readBody: readConverse,
  wantsEvent(_draft, { event }) {
    return WANTED_EVENTS.has(event);
  },
  readEvent(draft, event, name) {
    readConverse(draft, event);
    if (name === 'metadata') draft.isComplete = true;
  },
  readUsage(draft) {
    return readBedrockUsage(draft.usage);
  },
};

/** Takes the error's name out of the headers: `ThrottlingException:http://…` or the bare name. */
export function readBedrockError(draft: ResponseDraft, head: ResponseHead): void {
  const type = head.headers?.['x-amzn-errortype'];
  if (head.statusCode >= 400 && type !== undefined) draft.fail({ type: type.split(':')[0] });
}

function readConverse(draft: ResponseDraft, body: JsonRecord): void {
  draft.finish(0, fieldOf(body, 'stopReason'));
  const usage = firstOf(body, 'usage');
  if (usage !== undefined) draft.usage = usage;
  draft.modify(present({ serviceTier: nameOf(fieldOf(fieldOf(body, 'serviceTier'), 'type')) }));
}

function decodeConverseRequest(body: JsonRecord): DecodedRequest {
  const config = fieldOf(body, 'inferenceConfig');
  const more = fieldOf(body, 'additionalModelRequestFields');
  return {
    isStreaming: false,
    parameters: present({
      maxTokens: numberOf(fieldOf(config, 'maxTokens')),
      temperature: numberOf(fieldOf(config, 'temperature')),
      topP: numberOf(fieldOf(config, 'topP')),
      topK: numberOf(fieldOf(more, 'top_k')),
      stopSequences: stopSequencesOf(fieldOf(config, 'stopSequences')),
      serviceTier: nameOf(fieldOf(fieldOf(body, 'serviceTier'), 'type')),
    }),
  };
}
