import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { expect, test } from 'vitest';
import { withAttribution } from './attribution.ts';
import type { MeteredCall } from './call-sink.ts';
import {
  CHAT_COMPLETION,
  CHAT_EVENTS,
  sendEvents,
  sendJson,
  startProvider,
} from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';
import { wrapFetch } from './wrap-fetch.ts';

const PATH = '/v1/chat/completions';
const BODY = JSON.stringify({ model: 'gpt-4o-mini', messages: [], user: 'Jürgen' });
const HEADERS = { 'content-type': 'application/json' };

/** Sends with node:http, reads as told, and gives what the application saw. */
function postWithHttp(
  url: string,
  read: (response: http.IncomingMessage) => Promise<string>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}${PATH}`, { method: 'POST', headers: HEADERS });
    request.on('response', (response) => resolve(read(response)));
    request.on('error', reject);
    // In two pieces, one a text and one bytes, cut inside a character.
    const bytes = Buffer.from(BODY);
    request.write(bytes.subarray(0, -4).toString('latin1'), 'latin1');
    request.end(bytes.subarray(-4));
  });
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const sends: readonly { note: string; send: (url: string) => Promise<string> }[] = [
  {
    note: 'global fetch with a text',
    send: async (url) =>
      (await fetch(`${url}${PATH}`, { method: 'POST', headers: HEADERS, body: BODY })).text(),
  },
  {
    note: 'global fetch with a Request',
    send: async (url) =>
      (
        await fetch(new Request(`${url}${PATH}`, { method: 'POST', headers: HEADERS, body: BODY }))
      ).text(),
  },
  {
    note: 'global fetch with a stream',
    send: async (url) => {
      const body = new Blob([BODY]).stream();
      const init = { method: 'POST', headers: HEADERS, body, duplex: 'half' } as const;
      return (await fetch(`${url}${PATH}`, init)).text();
    },
  },
  {
    note: 'fetch of npm undici with its own agent',
    send: async (url) => {
      const dispatcher = new Agent();
      const init = { method: 'POST', headers: HEADERS, body: BODY, dispatcher };
      return (await undiciFetch(`${url}${PATH}`, init)).text();
    },
  },
  {
    note: 'request of npm undici with bytes',
    send: async (url) => {
      const init = { method: 'POST', headers: HEADERS, body: Buffer.from(BODY) } as const;
      return (await undiciRequest(`${url}${PATH}`, init)).body.text();
    },
  },
  { note: 'node:http', send: (url) => postWithHttp(url, readAll) },
];

test.for(sends)('$note is metered once', async ({ send }) => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry();
  const text = await withAttribution({ feature: 'f' }, () => send(provider.url));
  expect(JSON.parse(text)).toEqual(CHAT_COMPLETION);
  expect(provider.requests.map(({ body }) => body)).toEqual([BODY]);
  const calls = await telemetry.metered(1);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    attribution: { feature: 'f' },
    record: {
      outcome: 'ok',
      requestModel: 'gpt-4o-mini',
      serverPort: provider.port,
      parameters: { userId: 'Jürgen' },
      usage: { tokens: { input: 200, cache_read: 1000 } },
    },
  });
  expect(await telemetry.total('tokenmeter.self.recognised')).toBe(1);
});

test('a compressed response over node:http is metered, and the application gets its bytes', async () => {
  const zipped = gzipSync(JSON.stringify(CHAT_COMPLETION));
  await using provider = await startProvider((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(zipped);
  });
  using telemetry = startTelemetry();
  const size = await postWithHttp(provider.url, async (response) => {
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    return String(bytes);
  });
  expect(size).toBe(String(zipped.length));
  expect((await telemetry.metered(1))[0]?.record.outcome).toBe('ok');
});

test.for([
  {
    note: 'fetch',
    send: async (url: string) =>
      (await fetch(`${url}${PATH}`, { method: 'POST', headers: HEADERS, body: BODY })).status,
  },
  {
    note: 'node:http',
    send: (url: string) =>
      postWithHttp(url, (response) => Promise.resolve(String(response.statusCode))),
  },
])('a response of $note that nobody reads is metered', async ({ send }) => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry();
  expect(Number(await send(provider.url))).toBe(200);
  const calls = await telemetry.metered(1);
  expect(calls.map(({ record }) => [record.outcome, record.usage.kind])).toEqual([
    ['ok', 'reported'],
  ]);
});

test('a response over node:http that is destroyed is an abort', async () => {
  await using provider = await startProvider((response) =>
    sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false }),
  );
  using telemetry = startTelemetry();
  await postWithHttp(provider.url, (response) => {
    response.once('data', () => response.destroy());
    return Promise.resolve('');
  });
  expect((await telemetry.metered(1))[0]?.record.outcome).toBe('aborted');
  await expect.poll(() => provider.requests[0]?.isCancelled).toBe(true);
});

const stops: readonly {
  note: string;
  stop: (controller: AbortController, response: Response) => unknown;
  outcome: string;
}[] = [
  { note: 'a reason', stop: (it) => it.abort(new Error('enough')), outcome: 'aborted' },
  { note: 'a word', stop: (it) => it.abort('enough'), outcome: 'aborted' },
  { note: 'a cancel', stop: (_, { body }) => body?.cancel(['enough']), outcome: 'aborted' },
  {
    note: 'a time-out',
    stop: (it) => it.abort(new DOMException('late', 'TimeoutError')),
    outcome: 'error',
  },
  { note: 'the word time-out', stop: (it) => it.abort('timeout'), outcome: 'error' },
];

for (const isMeteredByWrapper of [false, true]) {
  test.for(stops)(`fetch stopped with $note, wrapped: ${isMeteredByWrapper}`, async (row) => {
    await using provider = await startProvider((response) =>
      sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false }),
    );
    const outcomes: string[] = [];
    const onCall = ({ record }: MeteredCall): void => void outcomes.push(record.outcome);
    using _telemetry = isMeteredByWrapper ? undefined : startTelemetry({ onCall });
    const send = isMeteredByWrapper ? wrapFetch(fetch, { onCall }) : fetch;
    const controller = new AbortController();
    const init = { method: 'POST', headers: HEADERS, body: BODY, signal: controller.signal };
    const response = await send(`${provider.url}${PATH}`, init);
    const read = row.note === 'a cancel' ? undefined : response.text().catch(() => undefined);
    await row.stop(controller, response);
    await read;
    await expect.poll(() => outcomes).toEqual([row.outcome]);
  });
}

/** Sends with node:http, calls `act` once the response or, without one, the request is there; settles when it closed. */
function closedAfter(
  url: string,
  act: (request: http.ClientRequest, response?: http.IncomingMessage) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const request = http.request(`${url}${PATH}`, { method: 'POST', headers: HEADERS });
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.once('data', () => act(request, response));
    });
    request.on('error', () => undefined);
    request.on('close', resolve);
    request.end(BODY);
    request.once('finish', () => act(request));
  });
}

const destroys: readonly {
  note: string;
  destroy: (request: http.ClientRequest) => void;
  hasResponse: boolean;
}[] = [
  { note: 'destroyed', destroy: (request) => request.destroy(), hasResponse: true },
  { note: 'destroyed before its response', destroy: (one) => one.destroy(), hasResponse: false },
  {
    note: 'destroyed with the error of an abort',
    destroy: (request) => request.destroy(new DOMException('stop', 'AbortError')),
    hasResponse: true,
  },
  {
    note: 'destroyed with a reason of its own',
    destroy: (request) => request.destroy(new Error('enough')),
    hasResponse: true,
  },
  {
    note: 'destroyed as axios cancels',
    destroy: (request) =>
      request.destroy(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' })),
    hasResponse: true,
  },
  {
    note: 'destroyed as axios cancels, before its response',
    destroy: (request) =>
      request.destroy(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' })),
    hasResponse: false,
  },
];

test.for(destroys)('a request of node:http that is $note is an abort', async (row) => {
  await using provider = await startProvider((response) => {
    if (row.hasResponse) void sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false });
  });
  using telemetry = startTelemetry();
  await closedAfter(provider.url, (request, response) => {
    if ((response !== undefined) === row.hasResponse) row.destroy(request);
  });
  expect((await telemetry.metered(1))[0]?.record.outcome).toBe('aborted');
});

test.for([
  { note: 'reset before the head', hasHead: false, cut: 'resetAndDestroy' },
  { note: 'closed before the head', hasHead: false, cut: 'destroy' },
  { note: 'reset in the body', hasHead: true, cut: 'resetAndDestroy' },
  { note: 'closed in the body', hasHead: true, cut: 'destroy' },
] as const)('a connection of node:http that the provider has $note is an error', async (row) => {
  await using provider = await startProvider((response) => {
    if (row.hasHead) void sendEvents(response, CHAT_EVENTS.slice(0, 2), { end: false });
    setTimeout(() => response.socket?.[row.cut](), 30);
  });
  using telemetry = startTelemetry();
  await closedAfter(provider.url, () => undefined);
  expect((await telemetry.metered(1))[0]?.record).toMatchObject({
    outcome: 'error',
    errorType: 'ECONNRESET',
  });
});

test('a refused connection of node:http is a failed call', async () => {
  const provider = await startProvider(() => undefined);
  await provider[Symbol.asyncDispose]();
  using telemetry = startTelemetry();
  await expect(postWithHttp(provider.url, readAll)).rejects.toThrow('ECONNREFUSED');
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'error', errorType: 'ECONNREFUSED' });
});

test('a second instance stays idle, and takes over once the first has stopped', async () => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  const first = startTelemetry();
  using second = startTelemetry();
  await sends[0]?.send(provider.url);
  await first.metered(1);
  expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
  first[Symbol.dispose]();
  second.instrumentation.enable();
  await sends[0]?.send(provider.url);
  await second.metered(1);
  expect([first.calls.length, second.calls.length]).toEqual([1, 1]);
});

test('requests that are no calls are left alone', async () => {
  await using provider = await startProvider((response) => sendJson(response, {}));
  using telemetry = startTelemetry();
  await (await fetch(`${provider.url}/health`)).text();
  expect(await telemetry.total('tokenmeter.self.recognised')).toBe(0);
});
