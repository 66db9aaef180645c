import fc from 'fast-check';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { askForUsage } from './ask-for-usage.ts';
import type { MeteredCall } from './call-sink.ts';
import { CHAT_EVENTS, sendEvents, startProvider, type TestProvider } from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';
import { UsageEventFilter } from './usage-event-filter.ts';
import { wrapFetch } from './wrap-fetch.ts';

/** What OpenAI streams when nobody asked for usage. */
const PLAIN = CHAT_EVENTS.filter((event) => !event.includes('"prompt_tokens"')).map((event) =>
  event.replace(',"usage":null', ''),
);
const bytesOf = (events: readonly string[]): Buffer => Buffer.from(`${events.join('\n\n')}\n\n`);

/** Answers like OpenAI: usage only for those who ask. */
const startOpenAi = (): Promise<TestProvider> =>
  startProvider((response, request) =>
    sendEvents(response, request.body.includes('"include_usage":true') ? CHAT_EVENTS : PLAIN),
  );

const wrappedFor = (provider: TestProvider): typeof fetch =>
  wrapFetch(fetch, { injectUsageHosts: new Set([`127.0.0.1:${provider.port}`]) });

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const CHAT = { model: 'gpt-4o-mini', messages: [], stream: true };

test.for([{ options: undefined }, { options: null }, { options: {} }])(
  'a fetch that was wrapped with $options as options still fetches',
  async ({ options }) => {
    await using provider = await startProvider((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
    const response = await wrapFetch(fetch, options)(provider.url, post(CHAT));
    expect(await response.json()).toEqual({ ok: true });
  },
);

test('the filter gives back the bytes of a stream without usage, however it is cut', () => {
  const source = bytesOf(CHAT_EVENTS);
  fc.assert(
    fc.property(fc.array(fc.nat(source.length), { maxLength: 12 }), (cuts) => {
      const filter = new UsageEventFilter();
      const edges = [0, ...cuts.toSorted((a, b) => a - b), source.length];
      const shown = edges
        .slice(1)
        .map((edge, index) => filter.push(source.subarray(edges[index], edge)));
      expect(Buffer.concat([...shown, filter.end()]).equals(bytesOf(PLAIN))).toBe(true);
    }),
  );
});

const CHUNK = '{"id":"c","choices":[{"delta":{"content":"a"}}]}';
const USAGE = '{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}';

test.for([
  { note: 'lines end in a return', given: `data: ${USAGE}\r\rdata: x\r\r`, want: 'data: x\r\r' },
  { note: 'lines end in both', given: `data: ${USAGE}\r\n\r\ndata: x`, want: 'data: x' },
  { note: 'the event has an id', given: `id: 7\nevent: m\ndata: ${USAGE}\n\n`, want: '' },
  {
    note: 'the event has several lines',
    given: `data: ${USAGE.replaceAll(',', ',\ndata: ')}\n\n`,
    want: '',
  },
  {
    note: 'the member comes first',
    given: `data: ${CHUNK.replace('{', '{"usage": null, ')}\n\n`,
    want: `data: ${CHUNK}\n\n`,
  },
  {
    note: 'the member comes last, after another one of that name',
    given: 'data: {"choices":[{"delta":{"usage":null},"usage":null}], "usage" : null}\n\n',
    want: 'data: {"choices":[{"delta":{"usage":null},"usage":null}]}\n\n',
  },
  {
    note: 'only something inside has the member',
    given: 'data: {"choices":[{"delta":{"a":1,"usage":null}}]}\n\n',
    want: 'data: {"choices":[{"delta":{"a":1,"usage":null}}]}\n\n',
  },
  {
    note: 'the chunk is padded',
    given: `data: ${CHUNK.replace(/\}$/, ',"usage":null,"obfuscation":"Ab1"}')}\n\n`,
    want: `data: ${CHUNK.replace(/\}$/, ',"obfuscation":"Ab1"}')}\n\n`,
  },
  {
    note: 'bytes are no UTF-8',
    given: 'data: {"a":"\u00ff\u00c3","usage":null}\n\n',
    want: 'data: {"a":"\u00ff\u00c3"}\n\n',
  },
])('the filter hides what was asked for where $note', ({ given, want }) => {
  const filter = new UsageEventFilter();
  const shown = [...Buffer.from(given, 'latin1')].map((byte) => filter.push(Uint8Array.of(byte)));
  expect(Buffer.concat([...shown, filter.end()]).toString('latin1')).toBe(want);
});

test('an event that never ends is passed on', () => {
  const filter = new UsageEventFilter();
  const shown = Array.from({ length: 100 }, () => filter.push(new Uint8Array(65_536).fill(120)));
  const bytes = shown.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBe(100 * 65_536);
});

test('the filter leaves any stream without usage alone', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
      const filter = new UsageEventFilter();
      const shown = chunks.map((chunk) => filter.push(chunk));
      expect(Buffer.concat([...shown, filter.end()])).toEqual(Buffer.concat(chunks));
    }),
  );
});

test.for([
  { note: 'OpenAI', url: 'https://api.openai.com/v1/chat/completions', body: CHAT, want: true },
  {
    note: 'Azure OpenAI',
    url: 'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1',
    body: CHAT,
    want: true,
  },
  {
    note: 'another host',
    url: 'https://api.groq.com/openai/v1/chat/completions',
    body: CHAT,
    want: false,
  },
  {
    note: 'a call that does not stream',
    url: 'https://api.openai.com/v1/chat/completions',
    body: { ...CHAT, stream: false },
    want: false,
  },
  {
    note: 'a caller that said no',
    url: 'https://api.openai.com/v1/chat/completions',
    body: { ...CHAT, stream_options: { include_usage: false } },
    want: false,
  },
  { note: 'another API', url: 'https://api.openai.com/v1/responses', body: CHAT, want: false },
])('usage is asked for at $note: $want', ({ url, body, want }) => {
  const asked = askForUsage(new URL(url), JSON.stringify(body));
  const expected = { ...body, stream_options: { include_usage: true } };
  expect(asked === undefined ? undefined : JSON.parse(asked)).toEqual(want ? expected : undefined);
});

test('an injected stream can be read as that of fetch can, into own buffers too', async () => {
  await using provider = await startOpenAi();
  const read = async (fetch: typeof globalThis.fetch): Promise<unknown> => {
    const reader = (await fetch(`${provider.url}/v1/chat/completions`, post(CHAT))).body?.getReader(
      { mode: 'byob' },
    );
    let text = '';
    for (;;) {
      const { value, done } = (await reader?.read(new Uint8Array(7))) ?? { done: true };
      text += Buffer.from(value ?? []).toString('latin1');
      if (done) return { text, value };
    }
  };
  const bare = await read(fetch);
  expect(await read(wrappedFor(provider))).toEqual(bare);
});

test('the chunks of an injected stream are plain bytes', async () => {
  await using provider = await startOpenAi();
  const response = await wrappedFor(provider)(`${provider.url}/v1/chat/completions`, post(CHAT));
  for await (const chunk of response.body ?? []) expect(chunk.constructor).toBe(Uint8Array);
});

test('an injected stream is metered with its usage, and the SDK sees what it saw before', async () => {
  await using provider = await startOpenAi();
  using telemetry = startTelemetry();
  const read = async (fetch: typeof globalThis.fetch): Promise<unknown[]> => {
    const client = new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries: 0, fetch });
    const chunks: unknown[] = [];
    const stream = await client.chat.completions.create({ ...CHAT, stream: true });
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  };
  const bare = await read(fetch);
  expect(await read(wrappedFor(provider))).toEqual(bare);
  const calls = await telemetry.metered(2);
  expect(calls.map(({ record }) => [record.outcome, record.usage.kind])).toEqual([
    ['ok', 'missing'],
    ['ok', 'reported'],
  ]);
});

test('the response keeps its address, status and headers', async () => {
  await using provider = await startOpenAi();
  const url = `${provider.url}/v1/chat/completions`;
  const bare = await fetch(url, post(CHAT));
  const shown = await wrappedFor(provider)(url, post(CHAT));
  const facts = (response: Response): unknown[] => [
    response.url,
    response.status,
    response.type,
    response.redirected,
    response.headers.get('content-type'),
    response instanceof Response,
  ];
  expect(facts(shown)).toEqual(facts(bare));
  expect(await shown.text()).toBe(await bare.text());
});

test('a cancel reaches the provider', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false }),
  );
  const url = `${provider.url}/v1/chat/completions`;
  const response = await wrappedFor(provider)(url, post(CHAT));
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect.poll(() => provider.requests[0]?.isCancelled).toBe(true);
});

test('an abort shows the error that fetch itself would show', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false }),
  );
  const url = `${provider.url}/v1/chat/completions`;
  const failure = async (send: typeof fetch): Promise<unknown> => {
    const aborter = new AbortController();
    const response = await send(url, { ...post(CHAT), signal: aborter.signal });
    setTimeout(() => aborter.abort(), 20);
    return response.text().then(
      () => 'no error',
      (error: unknown) => (error instanceof Error ? [error.name, error.message] : error),
    );
  };
  expect(await failure(wrappedFor(provider))).toEqual(await failure(fetch));
});

test('where nothing meters the process, the wrapper does: good, cancelled and failed calls', async () => {
  await using provider = await startOpenAi();
  const calls: MeteredCall[] = [];
  const send = wrapFetch(fetch, {
    injectUsageHosts: new Set([`127.0.0.1:${provider.port}`]),
    onCall: (call) => calls.push(call),
  });
  const url = `${provider.url}/v1/chat/completions`;
  expect(await (await send(url, post(CHAT))).text()).toBe(bytesOf(PLAIN).toString());
  const cancelled = await send(url, post(CHAT));
  await cancelled.body?.cancel();
  await provider[Symbol.asyncDispose]();
  await expect(send(url, post(CHAT))).rejects.toThrow('fetch failed');
  expect(calls.map(({ record }) => [record.outcome, record.usage.kind])).toEqual([
    ['ok', 'reported'],
    ['aborted', 'missing'],
    ['error', 'missing'],
  ]);
});

test('where the process is metered, the wrapper does not meter again', async () => {
  await using provider = await startOpenAi();
  using telemetry = startTelemetry();
  const calls: MeteredCall[] = [];
  const send = wrapFetch(fetch, { onCall: (call) => calls.push(call) });
  await (await send(`${provider.url}/v1/chat/completions`, post(CHAT))).text();
  expect([(await telemetry.metered(1)).length, calls.length]).toEqual([1, 0]);
});
