import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeOtlpProtobuf } from './otlp-schema.ts';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

const resource = { attributes: [text('service.name', 'shop')] };
const scope = { name: 'tokenmeter', version: '0.1.0' };

const tracesWith = (id: (hex: string) => unknown): Record<string, unknown> => ({
  resourceSpans: [
    {
      resource,
      scopeSpans: [
        {
          scope,
          spans: [
            {
              traceId: id(TRACE_ID),
              spanId: id(SPAN_ID),
              name: 'chat gpt-4o',
              kind: 3,
              startTimeUnixNano: '1763703000000000001',
              endTimeUnixNano: '1763703000500000000',
              attributes: [
                text('gen_ai.request.model', 'gpt-4o'),
                { key: 'gen_ai.usage.input_tokens', value: { intValue: '120' } },
                { key: 'tokenmeter.cost.total', value: { doubleValue: 0.0125 } },
                { key: 'tokenmeter.metered', value: { boolValue: true } },
                {
                  key: 'gen_ai.response.finish_reasons',
                  value: { arrayValue: { values: [{ stringValue: 'stop' }] } },
                },
              ],
              status: { code: 2, message: 'late' },
            },
          ],
        },
      ],
    },
  ],
});

const traces = {
  json: tracesWith((hex) => hex),
  proto: tracesWith((hex) => Buffer.from(hex, 'hex')),
};

const counter = (options: {
  value: number;
  time: number;
  start?: number;
  feature?: string;
  temporality?: 1 | 2;
}): Record<string, unknown> => ({
  resourceMetrics: [
    {
      resource,
      scopeMetrics: [
        {
          scope,
          metrics: [
            {
              name: 'tokenmeter.cost',
              unit: 'USD',
              sum: {
                aggregationTemporality: options.temporality ?? 2,
                isMonotonic: true,
                dataPoints: [
                  {
                    startTimeUnixNano: `${options.start ?? 1}000000000`,
                    timeUnixNano: `${options.time}000000000`,
                    asDouble: options.value,
                    attributes: [text('tokenmeter.feature', options.feature ?? 'chat')],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});

const histogram = {
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: 'tokenmeter.call.cost',
              histogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    timeUnixNano: '9000000000',
                    count: '3',
                    sum: 0.5,
                    bucketCounts: ['1', '2', '0'],
                    explicitBounds: [0.1, 1],
                    min: 0.05,
                    max: 0.3,
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};

async function send(
  sink: OtlpSink,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(sink.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function sendCounter(sink: OtlpSink, options: Parameters<typeof counter>[0]): Promise<void> {
  await (await send(sink, '/v1/metrics', JSON.stringify(counter(options)))).text();
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };

test.for([
  { note: 'JSON', body: JSON.stringify(traces.json), headers: {} },
  {
    note: 'gzip JSON',
    body: new Uint8Array(gzipSync(JSON.stringify(traces.json))),
    headers: { 'content-encoding': 'gzip' },
  },
  {
    note: 'protobuf',
    body: new Uint8Array(encodeOtlpProtobuf('traces', traces.proto)),
    headers: PROTOBUF,
  },
  {
    note: 'gzip protobuf',
    body: new Uint8Array(gzipSync(encodeOtlpProtobuf('traces', traces.proto))),
    headers: { ...PROTOBUF, 'content-encoding': 'gzip' },
  },
])('a span arrives whole as $note', async ({ body, headers }) => {
  await using sink = await startOtlpSink();
  const response = await send(sink, '/v1/traces', body, headers);
  expect(response.status).toBe(200);
  expect(sink.spans()).toEqual([
    {
      resource: { 'service.name': 'shop' },
      scope,
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: undefined,
      name: 'chat gpt-4o',
      kind: 'client',
      startUnixNano: 1_763_703_000_000_000_001n,
      endUnixNano: 1_763_703_000_500_000_000n,
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 120,
        'tokenmeter.cost.total': 0.0125,
        'tokenmeter.metered': true,
        'gen_ai.response.finish_reasons': ['stop'],
      },
      events: [],
      status: { code: 'error', message: 'late' },
    },
  ]);
});

test('a cumulative counter counts with its latest point per series and start', async () => {
  await using sink = await startOtlpSink();
  await sendCounter(sink, { value: 1, time: 10 });
  await sendCounter(sink, { value: 2.5, time: 20 });
  await sendCounter(sink, { value: 2, time: 15 });
  await sendCounter(sink, { value: 0.5, time: 30, start: 25 });
  await sendCounter(sink, { value: 100, time: 30, feature: 'triage' });
  expect(sink.sumOf('tokenmeter.cost')).toBe(103);
  expect(sink.sumOf('tokenmeter.cost', { 'tokenmeter.feature': 'chat' })).toBe(3);
  expect(sink.sumOf('tokenmeter.cost', { 'service.name': 'shop' })).toBe(103);
  expect(sink.sumOf('tokenmeter.cost', { 'service.name': 'other' })).toBe(0);
  expect(sink.sumOf('tokenmeter.calls')).toBe(0);
});

test('delta points add up', async () => {
  await using sink = await startOtlpSink();
  await sendCounter(sink, { value: 1, time: 10, temporality: 1 });
  await sendCounter(sink, { value: 2.5, time: 20, temporality: 1 });
  expect(sink.sumOf('tokenmeter.cost')).toBe(3.5);
});

test.for([
  { note: 'JSON', body: JSON.stringify(histogram), headers: {} },
  {
    note: 'protobuf',
    body: new Uint8Array(encodeOtlpProtobuf('metrics', histogram)),
    headers: PROTOBUF,
  },
])('a histogram keeps count, sum and buckets as $note', async ({ body, headers }) => {
  await using sink = await startOtlpSink();
  await (await send(sink, '/v1/metrics', body, headers)).text();
  expect(sink.metrics('tokenmeter.call.cost')).toMatchObject([
    {
      kind: 'histogram',
      temporality: 'cumulative',
      value: 0.5,
      timeUnixNano: 9_000_000_000n,
      histogram: { count: 3, bounds: [0.1, 1], counts: [1, 2, 0], min: 0.05, max: 0.3 },
    },
  ]);
  expect(sink.countOf('tokenmeter.call.cost')).toBe(3);
});

test.for([
  { note: 'an unknown path', path: '/v1/profiles', body: '{}', headers: {}, status: 404 },
  {
    note: 'an unknown type',
    path: '/v1/traces',
    body: 'x',
    headers: { 'content-type': 'text/plain' },
    status: 415,
  },
  { note: 'broken JSON', path: '/v1/traces', body: '{', headers: {}, status: 400 },
  {
    note: 'broken protobuf',
    path: '/v1/traces',
    body: new Uint8Array([0xff, 0xff]),
    headers: PROTOBUF,
    status: 400,
  },
])('$note gets $status and stores nothing', async ({ path, body, headers, status }) => {
  await using sink = await startOtlpSink();
  const response = await send(sink, path, body, headers);
  expect([response.status, sink.spans(), sink.metrics()]).toEqual([status, [], []]);
  expect(sink.exports()).toMatchObject([{ status }]);
});

test('a refusing sink stores nothing and says when to come back', async () => {
  await using sink = await startOtlpSink();
  sink.behave({ kind: 'refuse', status: 503, retryAfterSeconds: 1 });
  const refused = await send(sink, '/v1/traces', JSON.stringify(traces.json));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  sink.behave({ kind: 'accept' });
  await send(sink, '/v1/traces', JSON.stringify(traces.json));
  expect(sink.spans().length).toBe(1);
  expect(sink.exports().map((entry) => entry.status)).toEqual([503, 200]);
});

test('a hanging sink never answers', async () => {
  await using sink = await startOtlpSink();
  sink.behave({ kind: 'hang' });
  const answer = send(sink, '/v1/traces', JSON.stringify(traces.json));
  answer.catch(() => undefined);
  await sink.until(() => sink.exports().length === 1);
  expect(sink.exports()).toMatchObject([{ signal: 'traces', status: undefined }]);
  await sink[Symbol.asyncDispose]();
  await expect(answer).rejects.toThrow();
});

test('until gives up with a reason', async () => {
  await using sink = await startOtlpSink();
  await expect(sink.until(() => false, 1)).rejects.toThrow('within 1 ms');
});

test('clear forgets everything', async () => {
  await using sink = await startOtlpSink();
  await send(sink, '/v1/traces', JSON.stringify(traces.json));
  sink.clear();
  expect([sink.spans(), sink.metrics(), sink.exports()]).toEqual([[], [], []]);
});
