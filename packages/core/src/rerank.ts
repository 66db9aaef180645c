import { cohere } from './cohere.ts';
import { openaiChat } from './openai-chat.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import type { Protocol } from './protocol.ts';
import { fieldOf, firstOf } from './wire-value.ts';

/**
 * Rerank and classification as Jina, Voyage, Together and Fireworks have them: `{ model, results, usage }` with `{
 * total_tokens }` (Jina, Voyage) or OpenAI's members (Together). All tokens are input. Hosts that answer in Cohere's words
 * (`meta.billed_units`) are read as Cohere is.
 *
 * @see https://docs.voyageai.com/reference/reranker-api, https://api.jina.ai/redoc and together-ai 0.52.0 (checked
 *   2026-11-22)
 */
export const rerank: Protocol = {
  ...openaiChat,
  responseKeys: ['id', 'model', 'usage', 'meta'],
  readBody(draft, body) {
    openaiChat.readBody(draft, body);
    const units = firstOf(fieldOf(body, 'meta'), 'billed_units');
    if (draft.usage === undefined && units !== undefined) draft.usage = { billed_units: units };
  },
  readUsage(draft, endpoint) {
    if (firstOf(draft.usage, 'billed_units') !== undefined)
      return cohere.readUsage(draft, endpoint);
    return readOpenaiUsage(draft, endpoint.provider, { isEmbedding: true });
  },
};
