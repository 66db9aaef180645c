import { decodeRequest, matchEndpoint } from '@tokenmeter/core';

/** Hosts that are known to take `stream_options.include_usage`. */
const KNOWN_HOSTS = /^(?:(?:[a-z]{2}\.)?api\.openai\.com|[a-z0-9-]+\.openai\.azure\.com)$/;

/**
 * Adds `stream_options.include_usage` to the body of a streamed chat completion.
 *
 * Undefined, which means "send it as it is", unless all of this holds: the host is known to take it or is in `hosts`
 * (`host` or `host:port`), the request streams a chat completion, and its caller said nothing about `stream_options`. The
 * rest of the body stays as it was, character by character.
 */
export function askForUsage(
  url: URL,
  body: string,
  hosts: ReadonlySet<string> = new Set(),
): string | undefined {
  const isKnown = KNOWN_HOSTS.test(url.hostname) || hosts.has(url.host) || hosts.has(url.hostname);
  if (!isKnown || body.includes('"stream_options"')) return undefined;
  const target = { method: 'POST', host: url.hostname, path: url.pathname };
  const endpoint = matchEndpoint(target);
  if (endpoint?.api !== 'openai.chat') return undefined;
  if (!decodeRequest(endpoint, body).isStreaming) return undefined;
  const end = body.lastIndexOf('}');
  if (end <= 0 || body.slice(end + 1).trim() !== '') return undefined;
  return `${body.slice(0, end)},"stream_options":{"include_usage":true}${body.slice(end)}`;
}
