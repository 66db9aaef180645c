import { CountSheet } from './count-sheet.ts';
import { geminiGenerate } from './gemini-generate.ts';
import type { Protocol } from './protocol.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  listOf,
  numberOf,
  present,
} from './wire-value.ts';

/**
 * Gemini `embedContent` and `batchEmbedContents`, and Vertex `predict` of embedding models.
 *
 * Gemini reports `usageMetadata.promptTokenCount` at most; Vertex reports tokens per text:
 * `predictions[].embeddings.statistics.token_count` or `embeddings[].statistics.tokenCount`, which are summed.
 *
 * @see https://ai.google.dev/api/embeddings (checked against @google/genai 3.1.0, 2026-11-21)
 */
export const geminiEmbed: Protocol = {
  ...geminiGenerate,
  requestKeys: new Set(['outputDimensionality', 'parameters', 'embedContentConfig']),
  responseKeys: ['usageMetadata'],
  decodeRequest(body) {
    const size =
      firstOf(body, 'outputDimensionality') ??
      firstOf(fieldOf(body, 'parameters'), 'outputDimensionality') ??
      firstOf(fieldOf(body, 'embedContentConfig'), 'outputDimensionality');
    return {
      isStreaming: false,
      parameters: present({ embeddingsDimensionCount: numberOf(size) }),
    };
  },
  readBody(draft, body) {
    geminiGenerate.readBody(draft, body);
    draft.usage ??= sumStatistics(body);
  },
  readUsage(draft) {
    if (draft.usage === undefined) return { kind: 'missing' };
    const sheet = new CountSheet(draft.usage);
    const input = sheet.count(draft.usage, 'promptTokenCount', 'totalTokenCount');
    return sheet.usage(present({ input }), {});
  },
};

/** Usage in Gemini's words, made of the counts per text; undefined when no text has one. */
function sumStatistics(body: JsonRecord): unknown {
  const texts = [...listOf(fieldOf(body, 'embeddings')), ...listOf(fieldOf(body, 'predictions'))];
  const single = fieldOf(body, 'embedding');
  if (isRecord(single)) texts.push(single);
  const counts = texts
    .map(
      (text) => fieldOf(text, 'statistics') ?? fieldOf(fieldOf(text, 'embeddings'), 'statistics'),
    )
    .map((statistics) => firstOf(statistics, 'tokenCount', 'token_count'))
    .filter((count) => count !== undefined);
  if (counts.length === 0) return undefined;
  // One odd count makes the sum odd, and the sheet refuses it.
  const sum = counts.reduce<number>(
    (total, count) => total + (typeof count === 'number' ? count : Number.NaN),
    0,
  );
  return { promptTokenCount: sum };
}
