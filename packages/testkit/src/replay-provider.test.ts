import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_CLASSES, ask, dataOf, PATHS } from './replay-client.test-kit.ts';
import { startReplayProvider } from './replay-provider.ts';

test.for([
  {
    note: 'chat totals include cached, written and reasoning tokens',
    path: PATHS.chat,
    usage: {
      prompt_tokens: 130,
      completion_tokens: 45,
      total_tokens: 175,
      prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0, cache_write_tokens: 23 },
      completion_tokens_details: {
        reasoning_tokens: 5,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    tokens: { input: 7, cache_read: 100, cache_write: 23, output: 40, reasoning: 5 },
  },
  {
    note: 'responses totals include cached, written and reasoning tokens',
    path: PATHS.responses,
    usage: {
      input_tokens: 130,
      input_tokens_details: { cached_tokens: 100, cache_write_tokens: 23 },
      output_tokens: 45,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 175,
    },
    tokens: { input: 7, cache_read: 100, cache_write: 23, output: 40, reasoning: 5 },
  },
  {
    note: 'messages input excludes both cache classes',
    path: PATHS.messages,
    usage: {
      input_tokens: 7,
      cache_creation_input_tokens: 23,
      cache_read_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 3 },
      output_tokens: 45,
      output_tokens_details: { thinking_tokens: 5 },
      service_tier: 'standard',
      inference_geo: 'not_available',
    },
    tokens: {
      input: 7,
      cache_read: 100,
      cache_write_5m: 20,
      cache_write_1h: 3,
      output: 40,
      reasoning: 5,
    },
  },
])('$note', async ({ path, usage, tokens }) => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, path, { headers: ALL_CLASSES });
  const body = await response.json();
  expect(body).toMatchObject({ model: 'm-1', usage });
  await provider.settled();
  const who = path === PATHS.messages ? 'anthropic' : 'openai';
  expect(provider.totals()).toEqual([
    { provider: who, model: 'm-1', responses: 1, errors: 0, endings: { completed: 1 }, tokens },
  ]);
});

test.for([
  {
    note: 'a chat stream without include_usage never tells usage',
    path: PATHS.chat,
    body: {},
    tokens: undefined,
    last: '[DONE]',
  },
  {
    note: 'a chat stream with include_usage ends with a usage-only chunk',
    path: PATHS.chat,
    body: { stream_options: { include_usage: true } },
    tokens: { input: 100, output: 20 },
    last: '[DONE]',
  },
  {
    note: 'a responses stream ends with response.completed',
    path: PATHS.responses,
    body: {},
    tokens: { input: 100, output: 20 },
    last: expect.objectContaining({ type: 'response.completed', sequence_number: 15 }),
  },
  {
    note: 'a messages stream ends with message_stop',
    path: PATHS.messages,
    body: {},
    tokens: { input: 100, output: 20 },
    last: expect.objectContaining({ type: 'message_stop' }),
  },
])('$note', async ({ path, body, tokens, last }) => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, path, { body: { ...body, stream: true } });
  const events = dataOf(await response.text());
  expect(events.at(-1)).toEqual(last);
  await provider.settled();
  expect(provider.requests()).toMatchObject([{ ending: 'completed', observableTokens: tokens }]);
});

test('the usage chunk of a chat stream has no choices, and the others say usage null', async () => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, PATHS.chat, {
    body: { stream: true, stream_options: { include_usage: true } },
  });
  const chunks = dataOf(await response.text()).slice(0, -1);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 120 } });
  expect(chunks.slice(0, -1)).toEqual(
    chunks.slice(0, -1).map(() => expect.objectContaining({ usage: null })),
  );
});

test.for(['gzip', 'br', 'deflate', 'zstd'])(
  '%s gives the bytes of the plain stream',
  async (encoding) => {
    const body = { stream: true };
    const read = async (headers: Record<string, string>): Promise<[string | null, string]> => {
      await using provider = await startReplayProvider({ idSeed: 'same', now: () => 0 });
      const response = await ask(provider, PATHS.messages, { body, headers });
      return [response.headers.get('content-encoding'), await response.text()];
    };
    const [, plain] = await read({});
    expect(await read({ 'x-replay-encoding': encoding })).toEqual([encoding, plain]);
  },
);

test('a plan answers, and headers win over it field by field', async () => {
  await using provider = await startReplayProvider({
    plan: (request) => ({
      model: `${request.model}-2024-08-06`,
      tokens: { input: 5, output: 6 },
      serviceTier: 'flex',
    }),
  });
  const response = await ask(provider, PATHS.chat, { headers: { 'x-replay-output': '9' } });
  expect(await response.json()).toMatchObject({
    model: 'm-1-2024-08-06',
    service_tier: 'flex',
    usage: { prompt_tokens: 5, completion_tokens: 9 },
  });
});

test.for([
  { note: 'a misspelt header', headers: { 'x-replay-imput': '1' }, says: 'x-replay-imput' },
  { note: 'a negative count', headers: { 'x-replay-input': '-1' }, says: 'x-replay-input' },
  { note: 'an unknown coding', headers: { 'x-replay-encoding': 'lzma' }, says: 'lzma' },
  { note: 'an unknown omission', headers: { 'x-replay-omit': 'body' }, says: 'x-replay-omit' },
  { note: 'a wrong failure', headers: { 'x-replay-fail': '200' }, says: 'x-replay-fail' },
  { note: 'a wrong hang', headers: { 'x-replay-hang': 'yes' }, says: 'x-replay-hang' },
])('$note is refused by name and not booked', async ({ headers, says }) => {
  await using provider = await startReplayProvider();
  const response = await ask(provider, PATHS.chat, { headers });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(says);
  expect(provider.totals()).toEqual([]);
});

test.for([
  { note: 'an unknown path', path: '/v1/unknown', body: '{}', status: 404 },
  { note: 'a body that is no JSON', path: PATHS.chat, body: '{', status: 400 },
  { note: 'a body that is no object', path: PATHS.chat, body: '[1]', status: 400 },
])('$note gets $status', async ({ path, body, status }) => {
  await using provider = await startReplayProvider();
  const response = await fetch(provider.url + path, { method: 'POST', body });
  await response.text();
  expect(response.status).toBe(status);
});

test('a plan that throws answers 400 with its words', async () => {
  await using provider = await startReplayProvider({
    plan: () => {
      throw new RangeError('no such phase');
    },
  });
  const response = await ask(provider, PATHS.chat);
  expect(await response.text()).toContain('no such phase');
});

test('a taken port is refused', async () => {
  await using provider = await startReplayProvider();
  await expect(startReplayProvider({ port: provider.port })).rejects.toThrow('EADDRINUSE');
});

test('the same seed and conversation give the same bytes', async () => {
  const read = async (): Promise<string> => {
    await using provider = await startReplayProvider({
      idSeed: 'seed',
      now: () => 1_700_000_000_000,
    });
    const headers = { 'x-replay-conversation': 'c' };
    return await (await ask(provider, PATHS.responses, { headers, body: { stream: true } })).text();
  };
  expect(await read()).toBe(await read());
});

test('books equal the sum of what clients asked for, whatever the tokens', async () => {
  await using provider = await startReplayProvider();
  const count = fc.nat({ max: 1_000_000 });
  const calls = fc.array(fc.record({ input: count, cached: count, output: count }), {
    minLength: 1,
    maxLength: 5,
  });
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(calls, async (batch) => {
      for (const { input, cached, output } of batch) {
        const response = await ask(provider, PATHS.chat, {
          headers: {
            'x-replay-input': String(input),
            'x-replay-cache-read': String(cached),
            'x-replay-output': String(output),
          },
        });
        await response.text();
        asked += input + cached + output;
      }
      await provider.settled();
      const tokens = provider.totals()[0]?.tokens;
      const booked = (tokens?.input ?? 0) + (tokens?.cache_read ?? 0) + (tokens?.output ?? 0);
      expect(booked).toBe(asked);
    }),
    { numRuns: 20 },
  );
});
