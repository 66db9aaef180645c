import { url } from './program.mjs';

/** A chat completion as a program writes it by hand. */
export const chatUrl = `${url}/v1/chat/completions`;

export const headers = { 'content-type': 'application/json', authorization: 'Bearer none' };

/** Body of a chat completion; streams ask for their usage. */
export function chatBody(content, isStream = false) {
  const streamed = isStream ? { stream: true, stream_options: { include_usage: true } } : {};
  return JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }], ...streamed });
}
