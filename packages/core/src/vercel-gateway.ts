import type { RequestParameters, TokenCounts, Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import type { Endpoint } from './decoder.ts';
import { stopSequencesOf } from './openai-request.ts';
import type { Protocol } from './protocol.ts';
import { believedCost, vercelCost } from './provider-cost.ts';
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

const WANTED_EVENT = /"type"\s*:\s*"(?:response-metadata|finish|error|result)"/;

/**
 * The AI Gateway's own protocol, which string models of the AI SDK speak: `…/language-model`, `embedding-model`,
 * `image-model`, `reranking-model`, `speech-model`, `transcription-model`, `video-model` and `decision-model`.
 *
 * The model stands in a request header. A language model answers `{ response: { id, modelId }, finishReason, usage,
 * providerMetadata }`, streamed as parts `response-metadata` and `finish`. Usage of AI SDK 5 is flat: `{ inputTokens,
 * outputTokens, reasoningTokens, cachedInputTokens }`; since 6: `{ inputTokens: { total, noCache, cacheRead, cacheWrite },
 * outputTokens: { total, text, reasoning } }`. Embeddings: `{ tokens }`. `providerMetadata.gateway` has the cost as a
 * decimal text; where there is nothing else (rerank, video), it alone is the usage.
 *
 * @see https://www.npmjs.com/package/@ai-sdk/gateway (4.0.146 and 2.0.168, checked 2026-11-22)
 */
export const vercelGateway: Protocol = {
  requestKeys: new Set([
    'dimensions',
    'frequencyPenalty',
    'maxOutputTokens',
    'n',
    'presencePenalty',
    'providerOptions',
    'responseFormat',
    'seed',
    'stopSequences',
    'temperature',
    'topK',
    'topP',
  ]),
  responseKeys: ['response', 'finishReason', 'usage', 'providerMetadata', 'error'],
  decodeRequest(body) {
    return { isStreaming: false, parameters: parametersOf(body) };
  },
  readBody: readPart,
  wantsEvent(_draft, { text, tail }) {
    return tail !== undefined || WANTED_EVENT.test(text);
  },
  readEvent(draft, part) {
    switch (fieldOf(part, 'type')) {
      case 'response-metadata':
        identify(draft, part);
        return;
      case 'finish':
      case 'result':
        readPart(draft, part);
        draft.isComplete = true;
        return;
      case 'error':
        draft.fail(firstOf(part, 'error'));
        draft.isComplete = true;
        return;
      default:
        // Members found in the two ends of a part that was too large to keep.
        readPart(draft, part);
    }
  },
  readUsage(draft, endpoint) {
    return usageOf(draft, endpoint);
  },
};

function identify(draft: ResponseDraft, response: unknown): void {
  draft.responseId = nameOf(fieldOf(response, 'id')) ?? draft.responseId;
  draft.model = nameOf(fieldOf(response, 'modelId')) ?? draft.model;
}

function readPart(draft: ResponseDraft, part: JsonRecord): void {
  identify(draft, fieldOf(part, 'response'));
  const reason = fieldOf(part, 'finishReason');
  draft.finish(0, firstOf(reason, 'unified') ?? reason);
  const metadata = fieldOf(part, 'providerMetadata');
  const gateway = fieldOf(metadata, 'gateway');
  draft.responseId ??= nameOf(fieldOf(gateway, 'generationId'));
  const found = present({
    usage: firstOf(part, 'usage'),
    cost: firstOf(gateway, 'cost'),
    marketCost: firstOf(gateway, 'marketCost'),
    anthropic: firstOf(fieldOf(metadata, 'anthropic'), 'usage'),
  });
  if (Object.keys(found).length > 0) draft.usage = found;
  const error = firstOf(part, 'error');
  if (isRecord(error) || typeof error === 'string') draft.fail(error);
}

function usageOf(draft: ResponseDraft, endpoint: Endpoint): Usage {
  const raw = draft.usage;
  if (raw === undefined) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const usage = fieldOf(raw, 'usage');
  if (usage !== undefined && !isRecord(usage)) sheet.fail('usage_not_an_object');
  const tokens = present({
    ...inputClasses(sheet, raw, usage),
    ...outputClasses(sheet, usage, endpoint),
  });
  const reported = vercelCost(fieldOf(raw, 'cost'), fieldOf(raw, 'marketCost'));
  const cost = believedCost(draft, reported, tokens);
  const verdict = sheet.usage(tokens, {}, cost);
  if (verdict.kind !== 'missing' || cost === undefined) return verdict;
  return { kind: 'reported', tokens: {}, requests: {}, providerCostUsd: cost, raw };
}

function inputClasses(sheet: CountSheet, raw: unknown, usage: unknown): TokenCounts {
  const input = fieldOf(usage, 'inputTokens');
  if (!isRecord(input)) return flatInput(sheet, raw, usage);
  const cacheRead = sheet.count(input, 'cacheRead');
  const cacheWrite = sheet.count(input, 'cacheWrite');
  const total = sheet.count(input, 'total');
  const rest = sheet.rest(total, [cacheRead, cacheWrite], 'input_parts_exceed_total');
  return present({
    input: rest ?? sheet.count(input, 'noCache'),
    cache_read: cacheRead,
    cache_write: cacheWrite,
  });
}

/** AI SDK 5 reports Anthropic's input as Anthropic does, without what was cached. */
function flatInput(sheet: CountSheet, raw: unknown, usage: unknown): TokenCounts {
  const total = sheet.count(usage, 'inputTokens', 'tokens');
  const cached = sheet.count(usage, 'cachedInputTokens');
  const own = fieldOf(raw, 'anthropic');
  if (total !== undefined && fieldOf(own, 'input_tokens') === total) {
    return present({
      input: total,
      cache_read: sheet.count(own, 'cache_read_input_tokens'),
      cache_write: sheet.count(own, 'cache_creation_input_tokens'),
    });
  }
  return present({
    input: sheet.rest(total, [cached], 'input_parts_exceed_total'),
    cache_read: cached,
  });
}

function outputClasses(sheet: CountSheet, usage: unknown, { operation }: Endpoint): TokenCounts {
  const output = fieldOf(usage, 'outputTokens');
  const isSplit = isRecord(output);
  const total = isSplit ? sheet.count(output, 'total') : sheet.count(usage, 'outputTokens');
  if (operation === 'image_generation') return present({ output_image: total });
  const reasoning = isSplit
    ? sheet.count(output, 'reasoning')
    : sheet.count(usage, 'reasoningTokens');
  const rest = sheet.rest(total, [reasoning], 'output_parts_exceed_total');
  return present({
    output: rest ?? (isSplit ? sheet.count(output, 'text') : undefined),
    reasoning,
  });
}

function parametersOf(body: JsonRecord): RequestParameters {
  const gateway = fieldOf(fieldOf(body, 'providerOptions'), 'gateway');
  const isJson = fieldOf(fieldOf(body, 'responseFormat'), 'type') === 'json';
  return present({
    maxTokens: numberOf(fieldOf(body, 'maxOutputTokens')),
    temperature: numberOf(fieldOf(body, 'temperature')),
    topP: numberOf(fieldOf(body, 'topP')),
    topK: numberOf(fieldOf(body, 'topK')),
    frequencyPenalty: numberOf(fieldOf(body, 'frequencyPenalty')),
    presencePenalty: numberOf(fieldOf(body, 'presencePenalty')),
    seed: numberOf(fieldOf(body, 'seed')),
    choiceCount: numberOf(fieldOf(body, 'n')),
    stopSequences: stopSequencesOf(fieldOf(body, 'stopSequences')),
    embeddingsDimensionCount: numberOf(fieldOf(body, 'dimensions')),
    outputType: isJson ? ('json' as const) : undefined,
    userId: nameOf(fieldOf(gateway, 'user')),
  });
}
