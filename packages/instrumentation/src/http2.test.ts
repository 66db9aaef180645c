import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { parseDeclaredHosts } from '@tokenmeter/core';
import { H2CClient } from 'undici';
import { expect, test } from 'vitest';
import { withAttribution } from './attribution.ts';
import { CHAT_COMPLETION } from './provider.test-kit.ts';
import { startTelemetry, type TestTelemetry } from './telemetry.test-kit.ts';

const FIXTURES = new URL('../../../test/fixtures/bedrock/converse/', import.meta.url);
const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1%3A0';

interface Http2Provider extends AsyncDisposable {
  readonly origin: string;
  readonly codes: readonly number[];
}

type Answer = (stream: http2.ServerHttp2Stream, path: string) => void;

/** A provider that speaks HTTP/2 without TLS; `codes` are the reset codes of its closed streams. */
async function startHttp2Provider(answer: Answer): Promise<Http2Provider> {
  const sessions = new Set<http2.ServerHttp2Session>();
  const codes: number[] = [];
  const server = http2.createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    stream.resume();
    stream.on('error', () => undefined);
    stream.on('close', () => codes.push(stream.rstCode));
    stream.on('end', () => answer(stream, String(headers[':path'])));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    codes,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}

function startBedrockTelemetry(provider: Http2Provider): TestTelemetry {
  const parsed = parseDeclaredHosts(`${new URL(provider.origin).host}=aws.bedrock`);
  return startTelemetry(parsed.ok ? { declaredHosts: parsed.hosts } : {});
}

function post(client: http2.ClientHttp2Session, path: string): http2.ClientHttp2Stream {
  const stream = client.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/json',
    'amz-sdk-request': 'attempt=2; max=3',
  });
  stream.end(readFileSync(new URL('plain/request.json', FIXTURES)));
  return stream;
}

test.for([
  { scenario: 'plain', operation: 'converse', type: 'application/json', file: 'response.json' },
  {
    scenario: 'stream',
    operation: 'converse-stream',
    type: 'application/vnd.amazon.eventstream',
    file: 'response.eventstream',
  },
])(
  'Bedrock over node:http2 is metered: $operation',
  async ({ scenario, operation, type, file }) => {
    const body = readFileSync(new URL(`${scenario}/${file}`, FIXTURES));
    await using provider = await startHttp2Provider((stream) => {
      stream.respond({ ':status': 200, 'content-type': type });
      stream.write(body.subarray(0, 30));
      stream.end(body.subarray(30));
    });
    using telemetry = startBedrockTelemetry(provider);
    const client = http2.connect(provider.origin);
    const pieces: Buffer[] = [];
    await withAttribution({ feature: 'bedrock' }, async () => {
      for await (const piece of post(client, `/model/${MODEL}/${operation}`)) pieces.push(piece);
    });
    client.close();
    expect(Buffer.concat(pieces)).toEqual(body);
    const calls = await telemetry.metered(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      attribution: { feature: 'bedrock' },
      record: {
        provider: 'aws.bedrock',
        requestModel: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
        isStreaming: scenario === 'stream',
        outcome: 'ok',
        resendCount: 1,
        usage: { kind: 'reported' },
      },
    });
  },
);

test('a stream that the application closes is an abort, and the provider hears of it', async () => {
  await using provider = await startHttp2Provider((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    stream.write(readFileSync(new URL('stream/response.eventstream', FIXTURES)).subarray(0, 60));
  });
  using telemetry = startBedrockTelemetry(provider);
  const client = http2.connect(provider.origin);
  const stream = post(client, `/model/${MODEL}/converse-stream`);
  stream.once('data', () => stream.close(http2.constants.NGHTTP2_CANCEL));
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'aborted', usage: { kind: 'missing' } });
  await expect.poll(() => provider.codes).toEqual([http2.constants.NGHTTP2_CANCEL]);
  client.destroy();
});

test.for([
  { note: 'an error', isAnswered: true, error: new Error('lost'), outcome: 'error' },
  { note: 'an error before any answer', isAnswered: false, error: new Error(), outcome: 'error' },
  { note: 'no error', isAnswered: true, error: undefined, outcome: 'incomplete' },
])('a stream that the provider resets with $note is $outcome', async (row) => {
  await using provider = await startHttp2Provider((stream) => {
    if (row.isAnswered) {
      stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
      stream.write(readFileSync(new URL('stream/response.eventstream', FIXTURES)).subarray(0, 60));
    }
    setTimeout(() => stream.destroy(row.error), 20);
  });
  using telemetry = startBedrockTelemetry(provider);
  const client = http2.connect(provider.origin);
  const stream = post(client, `/model/${MODEL}/converse-stream`);
  stream.on('error', () => undefined).resume();
  const calls = await telemetry.metered(1);
  client.destroy();
  expect(calls.map((call) => call.record.outcome)).toEqual([row.outcome]);
});

/** Takes connections and treats them so once a request has come. */
async function startRudeServer(treat: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => treat(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

test.for([
  { note: 'resets the connection', treat: (socket: Socket) => socket.resetAndDestroy() },
  { note: 'ends the connection', treat: (socket: Socket) => socket.end() },
])('a provider that $note has failed the call', async ({ treat }) => {
  const server = await startRudeServer(treat);
  const { port } = server.address() as AddressInfo;
  using telemetry = startTelemetry({ declaredHosts: new Map([['127.0.0.1', 'aws.bedrock']]) });
  const client = http2.connect(`http://127.0.0.1:${port}`).on('error', () => undefined);
  post(client, `/model/${MODEL}/converse`).on('error', () => undefined);
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'error', errorType: 'ECONNRESET' });
  client.destroy();
  server.close();
});

test('a connection that never came about is an error, and no gap in the prices', async () => {
  const server = await startRudeServer(() => undefined);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  using telemetry = startTelemetry({ declaredHosts: new Map([['127.0.0.1', 'aws.bedrock']]) });
  const client = http2.connect(`http://127.0.0.1:${port}`).on('error', () => undefined);
  post(client, `/model/${MODEL}/converse`).on('error', () => undefined);
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({ outcome: 'error', errorType: 'ECONNREFUSED' });
  expect(await telemetry.total('tokenmeter.unpriced')).toBe(0);
});

test('undici over HTTP/2 is metered once', async () => {
  await using provider = await startHttp2Provider((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(CHAT_COMPLETION));
  });
  using telemetry = startTelemetry();
  const client = new H2CClient(provider.origin);
  for (let turn = 0; turn < 2; turn += 1) {
    const { body } = await client.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
    });
    expect(await body.json()).toEqual(CHAT_COMPLETION);
  }
  await client.close();
  const calls = await telemetry.metered(2);
  expect(calls.map(({ record }) => [record.outcome, record.requestModel])).toEqual([
    ['ok', 'gpt-4o-mini'],
    ['ok', 'gpt-4o-mini'],
  ]);
  expect(await telemetry.total('tokenmeter.self.recognised')).toBe(2);
});
