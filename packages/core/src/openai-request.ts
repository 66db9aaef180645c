import type { RequestParameters } from './call-record.ts';
import type { DecodedRequest } from './decoder.ts';
import {
  fieldOf,
  firstOf,
  type JsonRecord,
  listOf,
  nameOf,
  numberOf,
  present,
} from './wire-value.ts';

/** Members of an OpenAI request, of whatever API, that are read. */
export const OPENAI_REQUEST_KEYS: ReadonlySet<string> = new Set([
  'background',
  'conversation',
  'deferred',
  'dimensions',
  'encoding_format',
  'frequency_penalty',
  'max_completion_tokens',
  'max_output_tokens',
  'max_tokens',
  'modalities',
  'model',
  'n',
  'presence_penalty',
  'previous_response_id',
  'reasoning',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'stream',
  'temperature',
  'text',
  'top_k',
  'top_p',
  'user',
]);

/** Stop sequences kept; providers allow four. */
const MAX_STOP_SEQUENCES = 16;

/** Decodes a request of any API of the OpenAI family: chat, responses, completions, embeddings. Never throws. */
export function decodeOpenaiRequest(body: JsonRecord): DecodedRequest {
  return {
    ...present({
      model: nameOf(fieldOf(body, 'model')),
      isBackground: isBackground(body) || undefined,
    }),
    isStreaming: fieldOf(body, 'stream') === true,
    parameters: hasParameters(body) ? { ...samplingOf(body), ...sessionOf(body) } : {},
  };
}

/** OpenAI's word and xAI's. */
function isBackground(body: JsonRecord): boolean {
  return fieldOf(body, 'background') === true || fieldOf(body, 'deferred') === true;
}

/** Members that become parameters. Most calls have none, and need not be asked for each. */
const PARAMETER_KEYS: ReadonlySet<string> = new Set(
  [...OPENAI_REQUEST_KEYS].filter(
    (key) => !['background', 'deferred', 'model', 'stream'].includes(key),
  ),
);

function hasParameters(body: JsonRecord): boolean {
  for (const key in body) if (PARAMETER_KEYS.has(key)) return true;
  return false;
}

function samplingOf(body: JsonRecord): RequestParameters {
  return present({
    maxTokens: numberOf(firstOf(body, 'max_completion_tokens', 'max_output_tokens', 'max_tokens')),
    temperature: numberOf(fieldOf(body, 'temperature')),
    topP: numberOf(fieldOf(body, 'top_p')),
    topK: numberOf(fieldOf(body, 'top_k')),
    frequencyPenalty: numberOf(fieldOf(body, 'frequency_penalty')),
    presencePenalty: numberOf(fieldOf(body, 'presence_penalty')),
    seed: numberOf(fieldOf(body, 'seed')),
    choiceCount: numberOf(fieldOf(body, 'n')),
    stopSequences: stopSequencesOf(fieldOf(body, 'stop')),
    reasoningLevel: nameOf(
      firstOf(body, 'reasoning_effort') ?? fieldOf(fieldOf(body, 'reasoning'), 'effort'),
    ),
    outputType: outputTypeOf(body),
    embeddingsDimensionCount: numberOf(fieldOf(body, 'dimensions')),
    encodingFormats: encodingFormatsOf(fieldOf(body, 'encoding_format')),
  });
}

function sessionOf(body: JsonRecord): RequestParameters {
  const conversation = fieldOf(body, 'conversation');
  return present({
    previousResponseId: nameOf(fieldOf(body, 'previous_response_id')),
    conversationId: nameOf(conversation) ?? nameOf(fieldOf(conversation, 'id')),
    serviceTier: nameOf(fieldOf(body, 'service_tier')),
    userId: nameOf(firstOf(body, 'user', 'safety_identifier')),
  });
}

/** Stop sequences given as one text or as a list of texts; undefined for everything else. */
export function stopSequencesOf(value: unknown): readonly string[] | undefined {
  const list = (typeof value === 'string' ? [value] : listOf(value)).filter(
    (item) => typeof item === 'string',
  );
  return list.length === 0 ? undefined : list.slice(0, MAX_STOP_SEQUENCES);
}

function encodingFormatsOf(value: unknown): readonly string[] | undefined {
  const name = nameOf(value);
  return name === undefined ? undefined : [name];
}

function outputTypeOf(body: JsonRecord): RequestParameters['outputType'] | undefined {
  if (listOf(fieldOf(body, 'modalities')).includes('audio')) return 'speech';
  const format = fieldOf(fieldOf(body, 'text'), 'format') ?? fieldOf(body, 'response_format');
  switch (fieldOf(format, 'type')) {
    case 'text':
      return 'text';
    case 'json_object':
    case 'json_schema':
      return 'json';
    default:
      return undefined;
  }
}
