import { anthropicMessages } from './anthropic-messages.ts';
import { readAnthropicUsage } from './anthropic-usage.ts';
import { readBedrockError } from './bedrock-converse.ts';
import { readBedrockUsage } from './bedrock-usage.ts';
import type { RequestParameters } from './call-record.ts';
import type { ResponseHead } from './decoder.ts';
import { decodeOpenaiRequest, OPENAI_REQUEST_KEYS } from './openai-request.ts';
import { readOpenaiUsage } from './openai-usage.ts';
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

const METRICS = 'amazon-bedrock-invocationMetrics';

const MAY_MATTER =
  /"(?:message_|usage"|amazon-bedrock|prompt_token_count"|inputTextTokenCount"|(?:stop_?reason|finish_reason|completionReason)"\s*:\s*")/i;

/**
 * Bedrock InvokeModel and InvokeModelWithResponseStream: the body is that of the model's own API.
 *
 * Understood are the usage of Anthropic (`usage.input_tokens`), Nova (`usage.inputTokens`), everything OpenAI-like
 * (`usage.prompt_tokens`), Llama (`prompt_token_count`) and Titan (`inputTextTokenCount`). For all others Bedrock counts
 * itself: in the headers `x-amzn-bedrock-{input,output}-token-count`, and in a stream as
 * `amazon-bedrock-invocationMetrics` on the last chunk, which also marks the end. The model's own usage is preferred:
 * it alone tells the lifetimes of cache writes. The model is the path's; the body's name lacks vendor and region. The tier
 * that served is in the header `x-amzn-bedrock-service-tier`, whatever a model says of its maker's tiers.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html (checked 2026-11-21)
 */
export const bedrockInvoke: Protocol = {
  requestKeys: new Set([...OPENAI_REQUEST_KEYS, ...anthropicMessages.requestKeys]),
  responseKeys: ['id', 'type', 'stop_reason', 'usage', 'inputTextTokenCount', METRICS],
  decodeRequest(body) {
    const fromOpenai = decodeOpenaiRequest(body).parameters;
    const fromAnthropic = anthropicMessages.decodeRequest(body).parameters;
    const parameters: RequestParameters = { ...fromOpenai, ...fromAnthropic };
    return { isStreaming: false, parameters };
  },
  readHead(draft, head) {
    readBedrockError(draft, head);
    draft.usage = usageOfHeaders(head);
    const serviceTier = nameOf(head.headers?.['x-amzn-bedrock-service-tier']);
    draft.modify(present({ serviceTier }));
  },
  readBody: readModelBody,
  wantsEvent(_draft, { event, text, tail }) {
    return event === 'chunk' && (tail !== undefined || MAY_MATTER.test(text));
  },
  readEvent(draft, event) {
    readModelBody(draft, event);
    if (fieldOf(event, METRICS) !== undefined) draft.isComplete = true;
  },
  readUsage(draft, endpoint) {
    const raw = draft.usage;
    if (firstOf(raw, 'prompt_tokens') !== undefined)
      return readOpenaiUsage(draft, endpoint.provider);
    return firstOf(raw, 'input_tokens', 'output_tokens') === undefined
      ? readBedrockUsage(raw)
      : readAnthropicUsage(raw);
  },
};

function usageOfHeaders(head: ResponseHead): unknown {
  const usage = present({
    inputTokenCount: countOf(head, 'input-token-count'),
    outputTokenCount: countOf(head, 'output-token-count'),
    cacheReadInputTokenCount: countOf(head, 'cache-read-input-token-count'),
    cacheWriteInputTokenCount: countOf(head, 'cache-write-input-token-count'),
  });
  return Object.keys(usage).length > 0 ? usage : undefined;
}

/** A header that is not a plain number counts as absent. */
function countOf(head: ResponseHead, name: string): number | undefined {
  const value = head.headers?.[`x-amzn-bedrock-${name}`];
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function readModelBody(draft: ResponseDraft, body: JsonRecord): void {
  draft.responseId = nameOf(fieldOf(body, 'id')) ?? draft.responseId;
  const type = fieldOf(body, 'type');
  const isAnthropic =
    typeof type === 'string' && /^(?:message|error|content_block|ping)/.test(type);
  if (isAnthropic) readAnthropic(draft, body, type);
  else readOther(draft, body);
  const metrics = firstOf(body, METRICS);
  if (metrics !== undefined && !isModelUsage(draft.usage)) draft.usage = metrics;
}

/** False for counts of Bedrock's own and for Llama's running ones, which the final metrics replace. */
function isModelUsage(usage: unknown): boolean {
  return isRecord(usage) && firstOf(usage, 'inputTokenCount') === undefined;
}

function readAnthropic(draft: ResponseDraft, body: JsonRecord, type: string): void {
  // Counts of the headers would mix with the model's own.
  if (fieldOf(draft.usage, 'inputTokenCount') !== undefined) draft.usage = undefined;
  const { serviceTier } = draft.modifiers;
  if (type === 'message' || type === 'error') anthropicMessages.readBody(draft, body);
  else anthropicMessages.readEvent(draft, body, type);
  draft.modify(present({ serviceTier }));
  draft.model = undefined;
}

function readOther(draft: ResponseDraft, body: JsonRecord): void {
  draft.finish(0, firstOf(body, 'stopReason', 'stop_reason', 'completionReason', 'finish_reason'));
  for (const key of ['choices', 'outputs', 'results']) {
    for (const item of listOf(fieldOf(body, key))) {
      draft.finish(
        fieldOf(item, 'index'),
        firstOf(item, 'finish_reason', 'stop_reason', 'completionReason'),
      );
    }
  }
  draft.finish(0, firstOf(fieldOf(body, 'messageStop'), 'stopReason'));
  const usage =
    firstOf(body, 'usage') ?? firstOf(fieldOf(body, 'metadata'), 'usage') ?? looseCounts(body);
  if (usage !== undefined) draft.usage = usage;
}

/** Counts that are no object of their own: Llama's and Titan's. Streams repeat them in part, with the last total last. */
function looseCounts(body: JsonRecord): unknown {
  const input = firstOf(body, 'prompt_token_count', 'inputTextTokenCount');
  // In a stream the input comes first and the running output alone; Bedrock's metrics have both.
  if (input === undefined) return undefined;
  const results = listOf(fieldOf(body, 'results')).map((item) => firstOf(item, 'tokenCount'));
  const output = firstOf(body, 'generation_token_count', 'totalOutputTextTokenCount') ?? results[0];
  return present({ inputTokenCount: input, outputTokenCount: output });
}
