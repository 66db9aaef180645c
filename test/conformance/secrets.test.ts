import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadExchanges } from './exchange.ts';
import { replay } from './replay.ts';

const SECRET = 'planted-2f9c1e';

/** Puts the secret into every text of a request that the conventions do not ask for. */
function plant(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plant(item, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, plant(item, name)]),
    );
  }
  const isContent = /^(content|text|prompt|input|inputText|message|query|texts|documents)$/.test(
    key,
  );
  return typeof value === 'string' && isContent ? `${SECRET} ${value}` : value;
}

/** The completion, as text of the answer, in whatever framing. */
function plantInAnswer(bytes: Uint8Array, contentType: string): Uint8Array {
  if (/eventstream|octet/.test(contentType)) return bytes;
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(
    text.replaceAll(/"(content|text|thinking|delta|message)":(\s*)"/g, `"$1":$2"${SECRET} `),
  );
}

test.for(['http/json', 'http/protobuf'])(
  'a secret in prompt, completion, headers and key reaches no exported byte (%s)',
  async (protocol) => {
    const received: Buffer[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const isZipped = request.headers['content-encoding'] === 'gzip';
        received.push(
          isZipped ? gunzipSync(body) : body,
          Buffer.from(JSON.stringify(request.headers)),
        );
        response.end(protocol === 'http/json' ? '{}' : '');
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
    const exchanges = loadExchanges().map((exchange) => ({
      ...exchange,
      requestText: JSON.stringify(plant(JSON.parse(exchange.requestText))),
      response: {
        ...exchange.response,
        bytes: plantInAnswer(exchange.response.bytes, exchange.response.contentType),
      },
    }));
    const planted = exchanges.filter(({ requestText }) => requestText.includes(SECRET)).length;
    const { finished } = await replay(exchanges, {
      headers: {
        authorization: `Bearer ${SECRET}`,
        'x-api-key': SECRET,
        'api-key': SECRET,
        'x-goog-api-key': SECRET,
        cookie: `session=${SECRET}`,
      },
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      },
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const sent = Buffer.concat(received).toString('latin1');
    expect(finished).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(planted).toBeGreaterThan(80);
    expect(sent).toContain('tokenmeter.calls');
    expect(sent.includes(SECRET)).toBe(false);
    expect(sent.includes(Buffer.from(SECRET).toString('base64').slice(0, 16))).toBe(false);
  },
);
