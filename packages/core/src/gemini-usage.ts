import type { Usage } from './call-record.ts';
import { CountSheet } from './count-sheet.ts';
import type { ResponseDraft } from './response-draft.ts';
import { fieldOf, listOf, present } from './wire-value.ts';

type Media = 'AUDIO' | 'IMAGE' | 'VIDEO';

/**
 * Usage of Gemini.
 *
 * `promptTokenCount` includes `cachedContentTokenCount`; `thoughtsTokenCount` is not in `candidatesTokenCount` and
 * `toolUsePromptTokenCount` is not in the prompt; `totalTokenCount` is the sum of all four but the cached. The details
 * by modality may cover only a part: the rest is text, and so are documents and cached video, which have no class.
 *
 * @see https://ai.google.dev/api/generate-content#UsageMetadata (checked against @google/genai 3.1.0, 2026-11-21)
 */
export function readGeminiUsage(draft: ResponseDraft): Usage {
  const raw = draft.usage;
  if (raw === undefined || raw === null) return { kind: 'missing' };
  const sheet = new CountSheet(raw);
  const prompt = sheet.count(raw, 'promptTokenCount');
  const cached = sheet.count(raw, 'cachedContentTokenCount');
  const toolUse = sheet.count(raw, 'toolUsePromptTokenCount');
  const candidates = sheet.count(raw, 'candidatesTokenCount', 'responseTokenCount');
  const thoughts = sheet.count(raw, 'thoughtsTokenCount');
  const total = sheet.count(raw, 'totalTokenCount');
  const sum = (prompt ?? 0) + (toolUse ?? 0) + (candidates ?? 0) + (thoughts ?? 0);
  if (total !== undefined && total !== sum) sheet.fail('total_mismatch');
  const input = inputClasses(sheet, raw, { prompt, cached, toolUse });
  const outputImage = detail(sheet, raw, 'candidatesTokensDetails', 'IMAGE');
  const outputAudio = detail(sheet, raw, 'candidatesTokensDetails', 'AUDIO');
  const tokens = present({
    ...input,
    output: sheet.rest(candidates, [outputImage, outputAudio], 'output_parts_exceed_total'),
    reasoning: thoughts,
    output_image: outputImage,
    output_audio: outputAudio,
  });
  return sheet.usage(tokens, draft.requests);
}

interface InputTotals {
  readonly prompt: number | undefined;
  readonly cached: number | undefined;
  readonly toolUse: number | undefined;
}

function inputClasses(
  sheet: CountSheet,
  raw: unknown,
  { prompt, cached, toolUse }: InputTotals,
): object {
  const cachedAudio = detail(sheet, raw, 'cacheTokensDetails', 'AUDIO');
  const cachedImage = detail(sheet, raw, 'cacheTokensDetails', 'IMAGE');
  const audio = uncached(sheet, raw, 'AUDIO');
  const image = uncached(sheet, raw, 'IMAGE');
  const video = uncached(sheet, raw, 'VIDEO');
  const all = prompt === undefined ? toolUse : prompt + (toolUse ?? 0);
  return {
    input: sheet.rest(all, [cached, audio, image, video], 'input_parts_exceed_total'),
    cache_read: sheet.rest(cached, [cachedAudio, cachedImage], 'cache_parts_exceed_total'),
    cache_read_audio: cachedAudio,
    cache_read_image: cachedImage,
    input_audio: audio,
    input_image: image,
    input_video: video,
  };
}

/** Tokens of a medium in prompt and tool results that did not come out of the cache. */
function uncached(sheet: CountSheet, raw: unknown, media: Media): number | undefined {
  const prompt = detail(sheet, raw, 'promptTokensDetails', media);
  const toolUse = detail(sheet, raw, 'toolUsePromptTokensDetails', media);
  if (prompt === undefined) return toolUse;
  const cached = detail(sheet, raw, 'cacheTokensDetails', media);
  const rest = sheet.rest(prompt, [cached], 'cache_parts_exceed_total');
  return (rest ?? 0) + (toolUse ?? 0);
}

/** The sum of a list's entries of one modality; undefined when it has none. */
function detail(sheet: CountSheet, raw: unknown, list: string, media: Media): number | undefined {
  let sum: number | undefined;
  for (const entry of listOf(fieldOf(raw, list))) {
    if (fieldOf(entry, 'modality') !== media) continue;
    const count = sheet.count(entry, 'tokenCount');
    if (count !== undefined) sum = (sum ?? 0) + count;
  }
  return sum;
}
