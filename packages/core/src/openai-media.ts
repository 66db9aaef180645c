import { openaiChat } from './openai-chat.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import { hasValue } from './scan-json.ts';
import { fieldOf, firstOf, isRecord, type JsonRecord, nameOf, present } from './wire-value.ts';

const TERMINAL_EVENTS: ReadonlySet<unknown> = new Set([
  'image_generation.completed',
  'image_edit.completed',
  'transcript.text.done',
  'speech.audio.done',
]);

/** What images and audio have in common: `{ usage }` in JSON, and typed events of which the last has the usage. */
const media: Protocol = {
  ...openaiChat,
  responseKeys: ['type', 'model', 'usage', 'svg_usage'],
  decodeRequest(body) {
    const decoded = openaiChat.decodeRequest(body);
    // In these APIs `stream_format: 'sse'` asks for events too.
    const isStreaming = decoded.isStreaming || fieldOf(body, 'stream_format') === 'sse';
    return { ...decoded, isStreaming };
  },
  readBody: readMedia,
  wantsEvent(_draft, { text, tail }) {
    return (
      tail !== undefined ||
      hasValue(text, 'usage"') ||
      text.includes('error"') ||
      text.includes('.done"')
    );
  },
  readEvent(draft, event) {
    readMedia(draft, event);
    const isOver = TERMINAL_EVENTS.has(fieldOf(event, 'type')) || draft.errorType !== undefined;
    if (isOver) draft.isComplete = true;
  },
};

/**
 * OpenAI images: generations, edits, variations. `usage` splits the input into text and image tokens; an output that it
 * does not split is image tokens. Models billed per image (DALL·E) report none. `svg_usage` belongs to another model and
 * is counted as a problem.
 *
 * @see https://platform.openai.com/docs/api-reference/images (checked against openai 7.55.0, 2026-11-21)
 */
export const openaiImages: Protocol = {
  ...media,
  readUsage(draft, endpoint) {
    return readOpenaiUsage(draft, endpoint.provider, { outputClass: 'output_image' });
  },
};

/**
 * OpenAI audio: transcriptions, translations, speech. Transcription usage is `{ type: 'tokens', input_token_details }`
 * or `{ type: 'duration', seconds }`; the latter has no tokens, so it is missing usage plus a problem. Speech comes as
 * bytes without usage, or as events whose last one has it.
 *
 * @see https://platform.openai.com/docs/api-reference/audio (checked against openai 7.55.0, 2026-11-21)
 */
export const openaiAudio: Protocol = {
  ...media,
  readUsage(draft, endpoint) {
    if (fieldOf(draft.usage, 'type') === 'duration') {
      draft.problems.add('billed_by_duration');
      return { kind: 'missing' };
    }
    const outputClass = endpoint.operation === 'speech' ? 'output_audio' : 'output';
    return readOpenaiUsage(draft, endpoint.provider, { outputClass });
  },
};

/** Providers whose moderations cost nothing. */
const FREE_MODERATIONS: ReadonlySet<string> = new Set(['openai', 'azure.ai.openai']);

/**
 * OpenAI moderations, which are free: a response without usage counts as no tokens billed, said explicitly, instead of
 * unknown usage. Other providers' moderations report tokens and are read like chat.
 *
 * @see https://platform.openai.com/docs/guides/moderation (checked 2026-11-21)
 */
export const openaiModerations: Protocol = {
  ...openaiChat,
  readUsage(draft, endpoint) {
    const isWhole = draft.usage === undefined && draft.isComplete && draft.errorType === undefined;
    if (!isWhole || !FREE_MODERATIONS.has(endpoint.provider)) {
      return readOpenaiUsage(draft, endpoint.provider);
    }
    return { kind: 'reported', tokens: { input: 0 }, requests: {}, raw: {} };
  },
};

function readMedia(draft: ResponseDraft, body: JsonRecord): void {
  draft.model = nameOf(fieldOf(body, 'model')) ?? draft.model;
  draft.modify(present({ serviceTier: nameOf(fieldOf(body, 'service_tier')) }));
  const usage = firstOf(body, 'usage');
  if (usage !== undefined) draft.usage = usage;
  if (isRecord(fieldOf(body, 'svg_usage'))) draft.problems.add('svg_usage_unpriced');
  const error = firstOf(body, 'error');
  if (isRecord(error)) draft.fail(error);
}
