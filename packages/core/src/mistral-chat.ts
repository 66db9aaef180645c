import type { RequestParameters } from './call-record.ts';
import { openaiChat } from './openai-chat.ts';
import type { Protocol } from './protocol.ts';
import { fieldOf, numberOf, present } from './wire-value.ts';

/**
 * Mistral chat, fill-in-the-middle and agents: OpenAI chat but for `random_seed` in the request and for cached tokens
 * that come as `num_cached_tokens`, `prompt_tokens_details` or `prompt_token_details`.
 *
 * @see https://docs.mistral.ai/api (checked against @mistralai/mistralai 2.7.0, 2026-11-20)
 */
export const mistralChat: Protocol = {
  ...openaiChat,
  requestKeys: new Set([...openaiChat.requestKeys, 'random_seed']),
  decodeRequest(body) {
    const decoded = openaiChat.decodeRequest(body);
    const seed = numberOf(fieldOf(body, 'random_seed'));
    const parameters: RequestParameters = { ...decoded.parameters, ...present({ seed }) };
    return { ...decoded, parameters };
  },
};
