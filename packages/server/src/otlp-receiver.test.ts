import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CALL,
  fromProtobuf,
  hexId,
  metricsJson,
  type TestPoint,
  type TestSpan,
  toProtobuf,
  tracesJson,
} from './otlp.test-kit.ts';
import { startTestServer, type TestServer } from './server.test-kit.ts';

let test1: TestServer;
beforeAll(async () => {
  test1 = await startTestServer({ bodyLimitBytes: 100_000 });
});
afterAll(async () => {
  await test1[Symbol.asyncDispose]();
});

const NOW = Date.now();
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

const span = (number: number, more: Partial<TestSpan> = {}): TestSpan => ({
  spanId: hexId(16, number),
  startEpochMs: NOW - 1000,
  attributes: {
    ...CALL,
    'tokenmeter.metered': true,
    'gen_ai.usage.input_tokens': 3_000_000_000,
    'gen_ai.usage.output_tokens': 5,
    'tokenmeter.cost.total': 0.0125,
  },
  ...more,
});

const point = (more: Partial<TestPoint> = {}): TestPoint => ({
  metric: 'tokenmeter.calls',
  epochMs: NOW,
  startEpochMs: NOW - 5000,
  value: 4,
  attributes: { ...CALL, 'tokenmeter.outcome': 'ok' },
  ...more,
});

const encodings = [
  { note: 'JSON', isProtobuf: false, isGzip: false },
  { note: 'JSON, gzip', isProtobuf: false, isGzip: true },
  { note: 'protobuf', isProtobuf: true, isGzip: false },
  { note: 'protobuf, gzip', isProtobuf: true, isGzip: true },
].map((entry, index) => ({ ...entry, index }));

const encode = (
  kind: 'Traces' | 'Metrics',
  json: object,
  { isProtobuf, isGzip }: { isProtobuf: boolean; isGzip: boolean },
): { body: Uint8Array; headers: Record<string, string> } => {
  const plain = isProtobuf ? toProtobuf(kind, json) : Buffer.from(JSON.stringify(json));
  return {
    body: isGzip ? gzipSync(plain) : plain,
    headers: {
      ...(isProtobuf ? PROTOBUF : JSON_TYPE),
      ...(isGzip && { 'content-encoding': 'gzip' }),
    },
  };
};

test.for(encodings)('spans are stored and acknowledged: $note', async (encoding) => {
  const spanId = hexId(16, 100 + encoding.index);
  const json = tracesJson([{ ...span(0), spanId, traceId: hexId(32, 100) }]);
  const { body, headers } = encode('Traces', json, encoding);
  const answer = await test1.post('/v1/traces', body, headers);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(headers['content-type']);
  expect(await answer.text()).toBe(encoding.isProtobuf ? '' : '{}');
  expect(
    await test1.rows(
      `SELECT trace_id, provider, model, feature, input_tokens, output_tokens, cost_usd, service
       FROM llm_telemetry WHERE span_id = '${spanId}'`,
    ),
  ).toEqual([[hexId(32, 100), 'openai', 'gpt-4o', 'search', 3_000_000_000, 5, 0.0125, 'shop']]);
});

test.for(encodings)('counters are stored and acknowledged: $note', async (encoding) => {
  const feature = `counted-${encoding.index}`;
  const labels = { ...CALL, 'tokenmeter.feature': feature };
  const json = metricsJson([
    point({ attributes: { ...labels, 'tokenmeter.outcome': 'ok' } }),
    point({
      metric: 'tokenmeter.cost',
      value: 0.1,
      isDouble: true,
      attributes: { ...labels, 'tokenmeter.cost.class': 'input' },
    }),
  ]);
  const { body, headers } = encode('Metrics', json, encoding);
  const answer = await test1.post('/v1/metrics', body, headers);
  expect([answer.status, await answer.text()]).toEqual([200, encoding.isProtobuf ? '' : '{}']);
  expect(
    await test1.rows(
      `SELECT sum(calls), sum(cost_pico_usd) FROM usage_1m WHERE feature = '${feature}'`,
    ),
  ).toEqual([[4, 100_000_000_000]]);
});

test.for([
  { note: 'not JSON', headers: JSON_TYPE, body: '{"resourceSpans":', status: 400, code: 3 },
  { note: 'a list', headers: JSON_TYPE, body: '[]', status: 400, code: 3 },
  {
    note: 'a wrong shape',
    headers: JSON_TYPE,
    body: '{"resourceSpans":{"a":1}}',
    status: 400,
    code: 3,
  },
  {
    note: 'an id that is not hex',
    headers: JSON_TYPE,
    body: JSON.stringify(tracesJson([span(1, { traceId: 'xyz' })])),
    status: 400,
    code: 3,
  },
  { note: 'cut protobuf', headers: PROTOBUF, body: '\n\u00ff\u0001', status: 400, code: 3 },
  { note: 'JSON called protobuf', headers: PROTOBUF, body: '{"a":1}', status: 400, code: 3 },
  {
    note: 'broken gzip',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: 'not gzip',
    status: 400,
    code: 3,
  },
  {
    note: 'another compression',
    headers: { ...JSON_TYPE, 'content-encoding': 'br' },
    body: '{}',
    status: 415,
    code: 3,
  },
  {
    note: 'a form',
    headers: { 'content-type': 'text/plain' },
    body: '{}',
    status: 415,
    code: 3,
  },
  { note: 'too large', headers: JSON_TYPE, body: ' '.repeat(100_001), status: 413, code: 8 },
])('refused with a reason: $note', async ({ headers, body, status, code }) => {
  const bytes = Buffer.from(body, 'latin1');
  const answer = await test1.post('/v1/traces', bytes, headers);
  expect(answer.status).toBe(status);
  const isProtobuf = headers['content-type'] === PROTOBUF['content-type'];
  const raw = Buffer.from(await answer.arrayBuffer());
  const refusal: unknown = isProtobuf ? fromProtobuf('RpcStatus', raw) : JSON.parse(String(raw));
  expect(refusal).toEqual({ code, message: expect.stringMatching(/\w{3}/) });
});

test('a small body that expands beyond the limit is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
  expect(bomb.byteLength).toBeLessThan(100_000);
  const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
  expect((await test1.post('/v1/traces', bomb, headers)).status).toBe(413);
});

test('only POST is taken, and logs are answered honestly', async () => {
  const got = await fetch(`${test1.server.url}/v1/traces`);
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  const logs = await test1.post('/v1/logs', { resourceLogs: [] });
  expect([logs.status, await logs.json()]).toEqual([
    404,
    { code: 12, message: expect.stringContaining('logs') },
  ]);
});

test.for([
  { note: 'negative', value: -1, message: 'not a number from 0' },
  { note: 'not a number', value: 'NaN', message: 'not a number from 0' },
  { note: 'infinite', value: 'Infinity', message: 'not a number from 0' },
  { note: 'huge', value: 1e15, message: 'not a number from 0' },
])('an impossible value is rejected and the rest is kept: $note', async ({ value, message }) => {
  const feature = `kept-${value}`;
  const bad = point({ metric: 'tokenmeter.cost', value, isDouble: true });
  const good = point({ attributes: { ...CALL, 'tokenmeter.feature': feature } });
  const answer = await test1.post('/v1/metrics', metricsJson([bad, good]));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { partialSuccess: { rejectedDataPoints: '1', errorMessage: expect.stringContaining(message) } },
  ]);
  expect(await test1.rows(`SELECT sum(calls) FROM usage_1m WHERE feature = '${feature}'`)).toEqual([
    [4],
  ]);
});

test.for([
  { note: 'a future point', more: { epochMs: NOW + 3_600_000 }, message: 'future' },
  { note: 'a point without a time', more: { epochMs: 0 }, message: 'no time' },
  { note: 'a sum that may fall', more: { isMonotonic: false }, message: 'monotonic' },
])('rejected: $note', async ({ more, message }) => {
  const json = metricsJson([point(more)]);
  const body = await test1.post('/v1/metrics', toProtobuf('Metrics', json), PROTOBUF);
  expect(fromProtobuf('Answer', Buffer.from(await body.arrayBuffer()))).toEqual({
    partialSuccess: { rejected: '1', errorMessage: expect.stringContaining(message) },
  });
});

test.for([
  { note: 'an id of zeros', more: { spanId: hexId(16, 0) }, message: 'span id' },
  { note: 'an end before the start', more: { durationMs: -5 }, message: 'ends before' },
  {
    note: 'a negative cost',
    more: { attributes: { ...CALL, 'tokenmeter.metered': true, 'tokenmeter.cost.total': -1.5 } },
    message: 'tokenmeter.cost.total',
  },
])('a call span is rejected: $note', async ({ more, message }) => {
  const answer = await test1.post('/v1/traces', tracesJson([span(77, more)]));
  expect(await answer.json()).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining(message) },
  });
});

test('fields that are not known are skipped in protobuf', async () => {
  const json = tracesJson([{ ...span(0), spanId: hexId(16, 900) }]);
  const known = toProtobuf('Traces', json);
  const unknown = Buffer.from([0x7a, 0x03, 1, 2, 3, 0x80, 0x01, 0x05]);
  const answer = await test1.post('/v1/traces', Buffer.concat([unknown, known]), PROTOBUF);
  expect(answer.status).toBe(200);
  expect(
    await test1.rows(`SELECT count(*) FROM calls WHERE span_id = '${hexId(16, 900)}'`),
  ).toEqual([[1]]);
});
