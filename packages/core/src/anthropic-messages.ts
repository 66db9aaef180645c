import { readAnthropicUsage } from './anthropic-usage.ts';
import type { DecodedRequest } from './decoder.ts';
import { stopSequencesOf } from './openai-request.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  nameOf,
  numberOf,
  present,
} from './wire-value.ts';

const WANTED_EVENTS: ReadonlySet<string> = new Set([
  'message_start',
  'message_delta',
  'message_stop',
  'error',
]);

/**
 * Anthropic messages.
 *
 * JSON: `{ type: 'message', id, model, stop_reason, usage }`. Stream: `message_start` with a message whose usage has the
 * input and a first output count, `message_delta` with cumulative usage (replaced member by member, never added) and the
 * stop reason, `message_stop`. Errors: `{ type: 'error', error: { type } }`, also as an event. A stream cut early keeps
 * what `message_start` reported.
 *
 * @see https://docs.claude.com/en/api/messages-streaming (checked against @anthropic-ai/sdk 1.11.0, 2026-11-21)
 */
export const anthropicMessages: Protocol = {
  requestKeys: new Set([
    'max_tokens',
    'metadata',
    'model',
    'output_config',
    'output_format',
    'service_tier',
    'stop_sequences',
    'stream',
    'temperature',
    'top_k',
    'top_p',
  ]),
  responseKeys: ['type', 'id', 'model', 'stop_reason', 'usage'],
  decodeRequest: decodeAnthropicRequest,
  readBody(draft, body) {
    if (fieldOf(body, 'type') === 'error' || isRecord(fieldOf(body, 'error'))) {
      draft.fail(fieldOf(body, 'error'));
      return;
    }
    readMessage(draft, body);
  },
  wantsEvent(_draft, { event, text }) {
    if (event !== '') return WANTED_EVENTS.has(event);
    return text.includes('message_') || text.includes('error"');
  },
  readEvent(draft, event) {
    switch (fieldOf(event, 'type')) {
      case 'message_start':
        readMessage(draft, fieldOf(event, 'message'));
        break;
      case 'message_delta':
        draft.finish(0, fieldOf(fieldOf(event, 'delta'), 'stop_reason'));
        mergeUsage(draft, fieldOf(event, 'usage'));
        break;
      case 'message_stop':
        draft.isComplete = true;
        break;
      case 'error':
        draft.fail(fieldOf(event, 'error'));
        draft.isComplete = true;
        break;
      default:
        break;
    }
  },
  readUsage(draft) {
    return readAnthropicUsage(draft.usage);
  },
};

function readMessage(draft: ResponseDraft, message: unknown): void {
  draft.identify(message);
  draft.finish(0, fieldOf(message, 'stop_reason'));
  mergeUsage(draft, fieldOf(message, 'usage'));
}

function mergeUsage(draft: ResponseDraft, usage: unknown): void {
  if (usage === undefined || usage === null) return;
  if (!isRecord(usage) || !isRecord(draft.usage)) {
    draft.usage = usage;
  } else {
    const reported = Object.entries(usage).filter(([, value]) => value !== null);
    draft.usage = { ...draft.usage, ...Object.fromEntries(reported) };
  }
  draft.modify(
    present({
      serviceTier: nameOf(fieldOf(usage, 'service_tier')),
      speed: nameOf(fieldOf(usage, 'speed')),
      inferenceGeo: nameOf(fieldOf(usage, 'inference_geo')),
    }),
  );
}

function decodeAnthropicRequest(body: JsonRecord): DecodedRequest {
  const outputConfig = fieldOf(body, 'output_config');
  const hasSchema = firstOf(body, 'output_format') ?? firstOf(outputConfig, 'format');
  return {
    ...present({ model: nameOf(fieldOf(body, 'model')) }),
    isStreaming: fieldOf(body, 'stream') === true,
    parameters: present({
      maxTokens: numberOf(fieldOf(body, 'max_tokens')),
      temperature: numberOf(fieldOf(body, 'temperature')),
      topP: numberOf(fieldOf(body, 'top_p')),
      topK: numberOf(fieldOf(body, 'top_k')),
      stopSequences: stopSequencesOf(fieldOf(body, 'stop_sequences')),
      outputType: hasSchema === undefined ? undefined : ('json' as const),
      reasoningLevel: nameOf(fieldOf(outputConfig, 'effort')),
      serviceTier: nameOf(fieldOf(body, 'service_tier')),
      userId: nameOf(fieldOf(fieldOf(body, 'metadata'), 'user_id')),
    }),
  };
}
