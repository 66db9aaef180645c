import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { ALL_CLASSES, ask, PATHS, readJson } from './replay-client.test-kit.ts';
import { startReplayProvider } from './replay-provider.ts';

test.for([
  { note: 'OpenAI', path: PATHS.chat, error: { error: { code: 'rate_limit_exceeded' } } },
  { note: 'Anthropic', path: PATHS.messages, error: { error: { type: 'rate_limit_error' } } },
])('$note answers 429 twice and then 200 within one conversation', async ({ path, error }) => {
  await using provider = await startReplayProvider();
  const headers = { 'x-replay-conversation': 'c-1', 'x-replay-fail': '429x2' };
  const first = await ask(provider, path, { headers });
  expect([first.status, first.headers.get('retry-after-ms')]).toEqual([429, '10']);
  expect(await first.json()).toMatchObject(error);
  const second = await ask(provider, path, { headers });
  await second.text();
  const third = await ask(provider, path, { headers });
  await third.text();
  const other = await ask(provider, path, {
    headers: { ...headers, 'x-replay-conversation': 'c-2' },
  });
  await other.text();
  expect([second.status, third.status, other.status]).toEqual([429, 200, 429]);
  await provider.settled();
  expect(provider.totals()).toMatchObject([
    { responses: 4, errors: 3, tokens: { input: 100, output: 20 } },
  ]);
});

test('an aborted messages stream leaves the input and one output token observable', async () => {
  await using provider = await startReplayProvider();
  const aborter = new AbortController();
  const response = await ask(provider, PATHS.messages, {
    body: { stream: true },
    headers: { ...ALL_CLASSES, 'x-replay-drip-ms': '20', 'x-replay-chunks': '500' },
    signal: aborter.signal,
  });
  await response.body?.getReader().read();
  aborter.abort();
  await provider.settled();
  expect(provider.requests()).toMatchObject([
    {
      ending: 'client_aborted',
      observableTokens: {
        input: 7,
        cache_read: 100,
        cache_write_5m: 20,
        cache_write_1h: 3,
        output: 1,
      },
    },
  ]);
});

test.for([
  { note: 'a stream', body: { stream: true }, headers: { 'x-replay-cut-after': '2' } },
  { note: 'a JSON body', body: {}, headers: { 'x-replay-cut-after': '1', 'x-replay-chunks': '3' } },
])('cutting $note breaks the connection and reports nothing', async ({ body, headers }) => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, PATHS.chat, { body, headers });
  await expect(response.text()).rejects.toThrow();
  await provider.settled();
  expect(provider.requests()).toMatchObject([
    { ending: 'cut', status: 200, observableTokens: undefined },
  ]);
});

test.for([
  { note: 'chat', path: PATHS.chat, marker: '[DONE]' },
  { note: 'responses', path: PATHS.responses, marker: 'response.completed' },
  { note: 'messages', path: PATHS.messages, marker: 'message_stop' },
])('a $note stream can end without its terminal event', async ({ path, marker }) => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, path, {
    body: { stream: true },
    headers: { 'x-replay-omit': 'terminal' },
  });
  expect(await response.text()).not.toContain(marker);
  await provider.settled();
  expect(provider.requests()).toMatchObject([{ ending: 'unterminated' }]);
});

test.for(Object.entries(PATHS))('%s can leave usage out', async ([, path]) => {
  await using provider = await startReplayProvider();
  const streamed = await ask(provider, path, {
    body: { stream: true, stream_options: { include_usage: true } },
    headers: { 'x-replay-omit': 'usage' },
  });
  expect(await streamed.text()).not.toContain('_tokens":1');
  const whole = await ask(provider, path, { headers: { 'x-replay-omit': 'usage' } });
  expect((await readJson(whole)).usage ?? null).toBeNull();
  await provider.settled();
  expect(provider.totals()).toMatchObject([{ responses: 2, tokens: {} }]);
});

test('an error event ends a stream as failed, with the usage sent before it', async () => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, PATHS.messages, {
    body: { stream: true },
    headers: { 'x-replay-error-after': '2' },
  });
  expect(await response.text()).toContain('"type":"overloaded_error"');
  await provider.settled();
  expect(provider.requests()).toMatchObject([
    { ending: 'failed', observableTokens: { input: 100, output: 1 } },
  ]);
});

test.for(['head', 'body'])('a reply that hangs at the %s waits for the client', async (place) => {
  await using provider = await startReplayProvider();
  const incoming = httpRequest(provider.url + PATHS.chat, {
    method: 'POST',
    headers: { 'x-replay-hang': place },
  });
  incoming.on('error', () => undefined);
  incoming.end('{"model":"m-1","stream":true}');
  if (place === 'body') await once(incoming, 'response');
  else await expect.poll(() => provider.requests().length).toBe(1);
  incoming.destroy();
  await provider.settled();
  expect(provider.requests()).toMatchObject([{ ending: 'client_aborted' }]);
});

test('disposing breaks open responses and settles the books', async () => {
  const provider = await startReplayProvider();
  const response = await ask(provider, PATHS.chat, {
    body: { stream: true },
    headers: { 'x-replay-hang': 'body' },
  });
  await provider[Symbol.asyncDispose]();
  await expect(response.text()).rejects.toThrow();
  expect(provider.requests()).toMatchObject([{ ending: 'cut' }]);
});
