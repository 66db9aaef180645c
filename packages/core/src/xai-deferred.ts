import { openaiChat } from './openai-chat.ts';
import type { Protocol } from './protocol.ts';
import { fieldOf } from './wire-value.ts';

/**
 * A deferred completion of xAI that is fetched: 202 while it is still being made, then, once only, a chat completion. It
 * was asked for by a chat request with `deferred: true`, whose answer is `{ request_id }`.
 *
 * @see https://docs.x.ai/docs/guides/deferred-chat-completions (checked 2026-11-22)
 */
export const xaiDeferred: Protocol = {
  ...openaiChat,
  readHead(draft, { statusCode }) {
    if (statusCode >= 300) return;
    draft.isBackground = true;
    draft.jobState = statusCode === 202 ? 'running' : 'finished';
  },
  readBody(draft, body) {
    openaiChat.readBody(draft, body);
    const seconds = fieldOf(body, 'created');
    if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds * 1000)) return;
    draft.finishedEpochMs = seconds * 1000;
  },
};
