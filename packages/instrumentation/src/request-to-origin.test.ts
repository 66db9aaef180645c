import http from 'node:http';
import { ProxyAgent, request as undiciRequest } from 'undici';
import { expect, test } from 'vitest';
import { sendJson, startProvider } from './provider.test-kit.ts';
import { requestToOrigin } from './request-to-origin.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

const URL_OF_CALL = 'http://api.anthropic.com:8080/v1/messages?beta=true';
const BODY = JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 9, messages: [] });
const ANSWER = {
  type: 'message',
  model: 'claude-haiku-4-5',
  content: [],
  stop_reason: 'end_turn',
  usage: { input_tokens: 100, output_tokens: 40 },
};
const INIT = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;

/** As axios up to 1.6 does, with `HTTP_PROXY` or `HTTPS_PROXY`. */
function postThrough(proxyUrl: string): Promise<void> {
  const { hostname, port } = new URL(proxyUrl);
  return new Promise((resolve, reject) => {
    const options = { ...INIT, hostname, port, path: URL_OF_CALL };
    const request = http.request(options, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(BODY);
  });
}

async function postThroughAgent(uri: string): Promise<void> {
  const dispatcher = new ProxyAgent({ uri, proxyTunnel: false });
  await (await undiciRequest(URL_OF_CALL, { ...INIT, body: BODY, dispatcher })).body.dump();
  await dispatcher.close();
}

test.for([
  { note: 'node:http', send: postThrough },
  { note: 'undici', send: postThroughAgent },
])('a call of $note through a forward proxy is one to its provider', async ({ send }) => {
  await using proxy = await startProvider((response) => sendJson(response, ANSWER));
  using telemetry = startTelemetry();
  await send(proxy.url);
  const [call] = await telemetry.metered(1);
  expect(proxy.requests.map(({ path }) => path)).toEqual([URL_OF_CALL]);
  expect(call?.record).toMatchObject({
    provider: 'anthropic',
    serverAddress: 'api.anthropic.com',
    serverPort: 8080,
    outcome: 'ok',
  });
});

test.for([
  { path: '/v1/messages', want: { host: 'proxy', port: 3128, path: '/v1/messages' } },
  { path: 'https://', want: { host: 'proxy', port: 3128, path: 'https://' } },
  { path: 'https://[::1]/a?b=c', want: { host: '[::1]', port: 443, path: '/a?b=c' } },
])('$path goes to $want.host', ({ path, want }) => {
  const request = { method: 'POST', host: 'proxy', port: 3128, path, header: () => 'h' };
  const { header, method, ...target } = requestToOrigin(request);
  expect([method, header('x'), target]).toEqual(['POST', 'h', want]);
});
