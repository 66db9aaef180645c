import { gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import {
  ANTHROPIC_EVENTS,
  ANTHROPIC_MESSAGE,
  CHAT_COMPLETION,
  CHAT_EVENTS,
  sendEvents,
  sendJson,
  startProvider,
  type TestProvider,
} from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

const PROMPT = [{ role: 'user', content: 'Hi' }] as const;
const CHAT = { model: 'gpt-4o-mini', messages: [...PROMPT] };

const openai = (provider: TestProvider, maxRetries = 0): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries });
const anthropic = (provider: TestProvider): Anthropic =>
  new Anthropic({ apiKey: 'k', baseURL: provider.url, maxRetries: 0 });

// gpt-4o-mini: $0.15 in, $0.075 cached, $0.60 out per million tokens.
const CHAT_USD = (200 * 0.15 + 1000 * 0.075 + 300 * 0.6) / 1e6;
// claude-haiku-4-5: $1 in, $0.10 cache read, $1.25 cache write 5 min, $5 out per million tokens.
const MESSAGE_USD = (100 * 1 + 2000 * 0.1 + 50 * 1.25 + 40 * 5) / 1e6;

test('a chat completion is metered with its tokens, its price and its span', async () => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry();
  const answer = await openai(provider).chat.completions.create({ ...CHAT, user: 'u-1' });
  expect(answer.choices[0]?.message.content).toBe('Grüße');
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({
    api: 'openai.chat',
    provider: 'openai',
    operation: 'chat',
    requestModel: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    serverAddress: '127.0.0.1',
    serverPort: provider.port,
    outcome: 'ok',
    statusCode: 200,
    resendCount: 0,
    isStreaming: false,
    responseId: 'chatcmpl-1',
    finishReasons: ['stop'],
  });
  const [span] = telemetry.spans();
  expect(span?.name).toBe('chat gpt-4o-mini');
  expect(span?.status.code).toBe(0);
  expect(span?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.usage.input_tokens': 1200,
    'gen_ai.usage.output_tokens': 300,
    'gen_ai.usage.cache_read.input_tokens': 1000,
    'gen_ai.usage.reasoning.output_tokens': 100,
    'openai.api.type': 'chat_completions',
    'tokenmeter.feature': 'unattributed',
    'tokenmeter.metered': true,
    'user.id': 'u-1',
  });
  expect(span?.attributes['tokenmeter.cost.total']).toBeCloseTo(CHAT_USD, 12);
  expect(span?.attributes['gen_ai.request.stream']).toBeUndefined();
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(CHAT_USD, 12);
  expect(await telemetry.total('tokenmeter.tokens')).toBe(1500);
  expect(
    await telemetry.total('tokenmeter.calls', {
      'tokenmeter.cache': 'hit',
      'tokenmeter.retry': false,
    }),
  ).toBe(1);
});

test('a stream with usage is metered once, though the SDK cancels it after [DONE]', async () => {
  await using provider = await startProvider((response) => sendEvents(response, CHAT_EVENTS));
  using telemetry = startTelemetry();
  const stream = await openai(provider).chat.completions.create({
    ...CHAT,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  for await (const part of stream) text += part.choices[0]?.delta.content ?? '';
  expect(text).toBe('Grüße');
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'ok', isStreaming: true, finishReasons: ['stop'] });
  expect(call?.record.firstChunkEpochMs).toBeGreaterThan(call?.record.startEpochMs ?? Infinity);
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(CHAT_USD, 12);
  expect(telemetry.spans()[0]?.attributes['gen_ai.request.stream']).toBe(true);
});

test('an endless stream counts as good once its terminal mark was seen', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, CHAT_EVENTS, { end: false }),
  );
  using telemetry = startTelemetry();
  const stream = await openai(provider).chat.completions.create({ ...CHAT, stream: true });
  for await (const _ of stream);
  expect((await telemetry.metered(1))[0]?.record.outcome).toBe('ok');
});

test('break stops the provider and is an abort, not an error', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false }),
  );
  using telemetry = startTelemetry();
  const stream = await openai(provider).chat.completions.create({ ...CHAT, stream: true });
  for await (const _ of stream) break;
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'aborted', errorType: 'AbortError' });
  expect(telemetry.spans()[0]?.status.code).toBe(0);
  await expect.poll(() => provider.requests[0]?.isCancelled).toBe(true);
});

test('an aborted Anthropic stream keeps the tokens seen so far', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, ANTHROPIC_EVENTS.slice(0, 3), { end: false }),
  );
  using telemetry = startTelemetry();
  const stream = anthropic(provider).messages.stream({
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    messages: [...PROMPT],
  });
  stream.on('error', () => undefined);
  stream.on('text', () => stream.abort());
  await stream.done().catch(() => undefined);
  const [call] = await telemetry.metered(1);
  expect(call?.record.outcome).toBe('aborted');
  expect(call?.record.usage).toMatchObject({ tokens: { input: 100, cache_read: 2000 } });
});

test('Anthropic messages are metered, streamed and not, gzip and not', async () => {
  await using provider = await startProvider((response, _request, index) => {
    if (index === 0) return sendJson(response, ANTHROPIC_MESSAGE);
    if (index === 1) return sendEvents(response, ANTHROPIC_EVENTS);
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(ANTHROPIC_MESSAGE)));
  });
  using telemetry = startTelemetry();
  const client = anthropic(provider);
  const params = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [...PROMPT] };
  await client.messages.create(params);
  expect((await client.messages.stream(params).finalMessage()).usage.output_tokens).toBe(40);
  const zipped = await client.messages.create(params);
  expect(zipped.content[0]).toMatchObject({ text: 'Hello' });
  const calls = await telemetry.metered(3);
  expect(calls.map((call) => call.priced)).toMatchObject(
    Array.from({ length: 3 }, () => ({ kind: 'priced', costUsd: expect.closeTo(MESSAGE_USD, 12) })),
  );
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(3 * MESSAGE_USD, 12);
  expect(telemetry.spans()[0]?.attributes['gen_ai.usage.input_tokens']).toBe(2150);
});

test('withResponse, asResponse and tee behave as without us', async () => {
  await using provider = await startProvider((response, _request, index) =>
    index < 2 ? sendJson(response, CHAT_COMPLETION) : sendEvents(response, CHAT_EVENTS),
  );
  using telemetry = startTelemetry();
  const { completions } = openai(provider).chat;
  const { data, response } = await completions.create(CHAT).withResponse();
  expect([data.id, response.status]).toEqual(['chatcmpl-1', 200]);
  const raw = await completions.create(CHAT).asResponse();
  expect(await raw.json()).toEqual(CHAT_COMPLETION);
  const [left, right] = (await completions.create({ ...CHAT, stream: true })).tee();
  const count = async (stream: AsyncIterable<unknown>): Promise<number> => {
    let parts = 0;
    for await (const _ of stream) parts += 1;
    return parts;
  };
  expect(await Promise.all([count(left), count(right)])).toEqual([4, 4]);
  await telemetry.metered(3);
  expect(await telemetry.total('tokenmeter.tokens')).toBe(4500);
});

test('each attempt is one call: 429, then 500, then 200', async () => {
  await using provider = await startProvider((response, _request, index) => {
    if (index === 2) return sendJson(response, CHAT_COMPLETION);
    response.setHeader('retry-after-ms', '1');
    const status = index === 0 ? 429 : 500;
    sendJson(response, { error: { type: 'rate_limit', code: 'rate_limit_exceeded' } }, status);
  });
  using telemetry = startTelemetry();
  await openai(provider, 2).chat.completions.create(CHAT);
  const calls = await telemetry.metered(3);
  expect(
    calls.map(({ record }) => [record.statusCode, record.outcome, record.resendCount]),
  ).toEqual([
    [429, 'error', 0],
    [500, 'error', 1],
    [200, 'ok', 2],
  ]);
  expect(await telemetry.total('tokenmeter.unpriced')).toBe(0);
  expect(await telemetry.total('tokenmeter.calls', { 'tokenmeter.retry': true })).toBe(2);
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(CHAT_USD, 12);
});

test('a stream that is cut by the provider is an error, a short one is incomplete', async () => {
  await using provider = await startProvider(async (response, _request, index) => {
    await sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: index === 1 });
    if (index === 0) response.destroy();
  });
  using telemetry = startTelemetry();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const stream = await openai(provider).chat.completions.create({ ...CHAT, stream: true });
    try {
      for await (const _ of stream);
    } catch {
      // The SDK reports the cut; so does the record.
    }
  }
  const calls = await telemetry.metered(2);
  expect(calls.map(({ record }) => record.outcome)).toEqual(['error', 'incomplete']);
  expect(telemetry.spans().map((span) => span.status.code)).toEqual([2, 2]);
});

test('totals are the same when no span is sampled', async () => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry({}, new AlwaysOffSampler());
  await openai(provider).chat.completions.create(CHAT);
  await telemetry.metered(1);
  expect(telemetry.spans()).toEqual([]);
  expect(await telemetry.total('tokenmeter.cost')).toBeCloseTo(CHAT_USD, 12);
  expect(await telemetry.total('tokenmeter.tokens')).toBe(1500);
  expect(await telemetry.total('gen_ai.client.inference.usage.input_tokens')).toBe(1200);
});

test('an unreachable provider is a failed call without tokens', async () => {
  const provider = await startProvider((response) => sendJson(response, {}));
  await provider[Symbol.asyncDispose]();
  using telemetry = startTelemetry();
  await expect(openai(provider).chat.completions.create(CHAT)).rejects.toThrow();
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'error', errorType: 'ECONNREFUSED' });
  expect(await telemetry.total('tokenmeter.unpriced')).toBe(0);
});

test('nothing that a hook throws reaches the application', async () => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry({
    onCall: () => {
      throw new Error('broken');
    },
  });
  const answer = await openai(provider).chat.completions.create(CHAT);
  expect(answer.id).toBe('chatcmpl-1');
  await telemetry.metered(1);
  expect(
    await telemetry.total('tokenmeter.self.problems', { 'tokenmeter.problem': 'on_call' }),
  ).toBe(1);
  expect(await telemetry.total('tokenmeter.self.metered')).toBe(1);
});
