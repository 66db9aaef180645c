import type { RequestParameters } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
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

/**
 * Ollama chat and generate.
 *
 * One JSON object, or one per line of a stream, which is the default: `{ model, done, done_reason, prompt_eval_count,
 * eval_count }`. The line with `done: true` has the counts. A prompt found in the cache may have no `prompt_eval_count`:
 * absent is unknown, not 0. Errors: `{ error: 'text' }`, also as a line.
 *
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md (checked against ollama 0.6.4, 2026-11-21)
 */
export const ollamaChat: Protocol = {
  requestKeys: new Set(['format', 'model', 'options', 'stream', 'think']),
  responseKeys: ['model', 'done', 'done_reason', 'prompt_eval_count', 'eval_count', 'error'],
  format: 'values',
  decodeRequest(body) {
    return {
      ...present({ model: nameOf(fieldOf(body, 'model')) }),
      isStreaming: fieldOf(body, 'stream') !== false,
      parameters: parametersOf(body),
    };
  },
  readBody: readLine,
  wantsEvent(draft, { text, tail }) {
    if (tail !== undefined || draft.model === undefined) return true;
    return text.includes('done_reason"') || text.includes('eval_count"') || text.includes('error"');
  },
  readEvent(draft, event) {
    readLine(draft, event);
  },
  readUsage(draft) {
    if (draft.usage === undefined) return { kind: 'missing' };
    const sheet = new CountSheet(draft.usage);
    const tokens = present({
      input: sheet.count(draft.usage, 'prompt_eval_count'),
      output: sheet.count(draft.usage, 'eval_count'),
    });
    return sheet.usage(tokens, {});
  },
};

/** Ollama embed: one object `{ model, embeddings, prompt_eval_count }`. The older `/api/embeddings` has no counts. */
export const ollamaEmbed: Protocol = {
  ...ollamaChat,
  requestKeys: new Set(['dimensions', 'model']),
  decodeRequest(body) {
    return {
      ...present({ model: nameOf(fieldOf(body, 'model')) }),
      isStreaming: false,
      parameters: present({ embeddingsDimensionCount: numberOf(fieldOf(body, 'dimensions')) }),
    };
  },
  readEvent(draft, event) {
    readLine(draft, event);
    draft.isComplete = true;
  },
};

function readLine(draft: ResponseDraft, line: JsonRecord): void {
  draft.model = nameOf(fieldOf(line, 'model')) ?? draft.model;
  draft.finish(0, fieldOf(line, 'done_reason'));
  const prompt = firstOf(line, 'prompt_eval_count');
  const output = firstOf(line, 'eval_count');
  if (prompt !== undefined || output !== undefined) {
    draft.usage = present({ prompt_eval_count: prompt, eval_count: output });
  }
  if (fieldOf(line, 'done') === true) draft.isComplete = true;
  const error = firstOf(line, 'error');
  if (error === undefined) return;
  draft.fail(error);
  draft.isComplete = true;
}

function parametersOf(body: JsonRecord): RequestParameters {
  const options = fieldOf(body, 'options');
  const format = fieldOf(body, 'format');
  const think = fieldOf(body, 'think');
  return present({
    maxTokens: numberOf(fieldOf(options, 'num_predict')),
    temperature: numberOf(fieldOf(options, 'temperature')),
    topP: numberOf(fieldOf(options, 'top_p')),
    topK: numberOf(fieldOf(options, 'top_k')),
    frequencyPenalty: numberOf(fieldOf(options, 'frequency_penalty')),
    presencePenalty: numberOf(fieldOf(options, 'presence_penalty')),
    seed: numberOf(fieldOf(options, 'seed')),
    stopSequences: stopSequencesOf(fieldOf(options, 'stop')),
    reasoningLevel: nameOf(think),
    outputType: format === 'json' || isRecord(format) ? ('json' as const) : undefined,
  });
}
