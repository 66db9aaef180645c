import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeExampleFolder } from './example-folder.ts';
import { folderOf } from './folder-of.ts';
import { root, runNode } from './run-process.ts';

const PRELOAD = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;
/** RFC 6455, section 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What OpenAI sends when an answer is over (https://platform.openai.com/docs/api-reference/realtime, 2026-11-21). */
const DONE = {
  type: 'response.done',
  response: {
    id: 'resp_rt',
    object: 'realtime.response',
    status: 'completed',
    output: [],
    usage: {
      total_tokens: 1450,
      input_tokens: 1200,
      output_tokens: 250,
      input_token_details: {
        text_tokens: 700,
        audio_tokens: 500,
        image_tokens: 0,
        cached_tokens: 500,
        cached_tokens_details: { text_tokens: 300, audio_tokens: 200, image_tokens: 0 },
      },
      output_token_details: { text_tokens: 50, audio_tokens: 200 },
    },
  },
};
// gpt-realtime, USD per million: text $4, cached $0.40 of both kinds, audio $32; out $16 for text and $64 for audio.
const USD = (400 * 4 + 500 * 0.4 + 300 * 32 + 50 * 16 + 200 * 64) / 1e6;

function frame(message: object): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, payload]);
}

/** Answers the handshake, and whatever comes first with a whole answer of a model. */
function answer(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}${KEY_SUFFIX}`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: realtime\r\n\r\n`,
  );
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write(frame({ type: 'response.created', response: { id: 'resp_rt' } }));
    socket.write(frame(DONE));
    // The client's close is answered, and the connection ended.
    socket.once('data', () => socket.end(Buffer.from([0x88, 0])));
  });
}

test('examples/realtime: an answer over a web socket is metered with its audio and cached tokens', {
  timeout: 300_000,
}, async (context) => {
  using folder = makeExampleFolder(await folderOf('servers', context), 'realtime');
  await using sink = await startOtlpSink();
  const server = createServer().on('upgrade', answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const finished = await runNode(['--import', PRELOAD, 'app.mjs'], {
    cwd: folder.path,
    env: {
      OPENAI_API_KEY: 'none',
      OPENAI_REALTIME_URL: `ws://127.0.0.1:${port}/v1/realtime`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    },
  });
  server.closeAllConnections();
  server.close();
  expect(finished).toMatchObject({ code: 0, stdout: 'completed\n', stderr: '' });
  expect(sink.sumOf('tokenmeter.calls', { 'tokenmeter.feature': 'voice' })).toBe(1);
  expect(sink.sumOf('tokenmeter.tokens')).toBe(1450);
  expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(USD, 12);
  expect(
    sink.spans().map(({ name, attributes }) => [name, attributes['gen_ai.response.id']]),
  ).toEqual([['chat gpt-realtime', 'resp_rt']]);
});
