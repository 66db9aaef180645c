import { anthropicMessages } from './anthropic-messages.ts';
import type { ApiName } from './call-record.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol } from './protocol.ts';

const PROTOCOLS: Readonly<Partial<Record<ApiName, Protocol>>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiResponses,
  'anthropic.messages': anthropicMessages,
};

/** The protocol of an API; undefined for `custom`, which has no wire format. */
export function protocolOf(api: ApiName): Protocol | undefined {
  return PROTOCOLS[api];
}
