import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALL_ATTRIBUTES } from './call-attributes.ts';
import { decodeMetricsProtobuf } from './decode-metrics-protobuf.ts';
import { decodeMetricsJson, decodeTracesJson } from './decode-otlp-json.ts';
import { decodeTracesProtobuf } from './decode-traces-protobuf.ts';
import { describeCall } from './describe-call.ts';
import { hexId, metricsJson, toProtobuf, tracesJson } from './otlp.test-kit.ts';

const NOW = Date.parse('2026-11-21T10:30:00Z');
const all = (): boolean => true;

const spans = (attributes: Record<string, string | number | boolean>): object =>
  tracesJson([
    {
      spanId: hexId(16, 7),
      parentSpanId: hexId(16, 8),
      startEpochMs: NOW,
      statusCode: 2,
      attributes,
    },
  ]);

test('every attribute that a call is made of means the same in both encodings', () => {
  const counts = [...CALL_ATTRIBUTES].filter((key) =>
    /usage|cost|count|tokens\.|requests\./.test(key),
  );
  const attributes = {
    ...Object.fromEntries([...CALL_ATTRIBUTES].map((key) => [key, `value of ${key}`])),
    ...Object.fromEntries(counts.map((key, index) => [key, index + 0.5])),
    'gen_ai.operation.name': 'chat',
    'tokenmeter.metered': true,
    'tokenmeter.cost.source': 'snapshot',
    'tokenmeter.cost.price_version': 'v1',
    'gen_ai.input.messages': 'secret',
  };
  const json = spans(attributes);
  const [fromJson, fromProtobuf] = [
    decodeTracesJson(JSON.stringify(json)),
    decodeTracesProtobuf(toProtobuf('Traces', json)),
  ].map((decoded) => {
    const [span] = decoded.ok ? decoded.items : [];
    const described = span === undefined ? undefined : describeCall(span, NOW + 1000);
    return described?.kind === 'call' ? { ...described.call, attributes: undefined } : described;
  });
  expect(fromProtobuf).toEqual(fromJson);
  expect(fromProtobuf).toMatchObject({ traceId: hexId(32, 1), isMetered: true });
});

test('content is not read from spans', () => {
  const json = spans({ 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': 'secret' });
  const decoded = decodeTracesProtobuf(toProtobuf('Traces', json));
  const [span] = decoded.ok ? decoded.items : [];
  expect([...(span?.attributes ?? [])]).toEqual([['gen_ai.operation.name', 'chat']]);
});

test('fields may come in any order', () => {
  // A span { attributes { value { string_value: "chat" }, key: "gen_ai.operation.name" } }, its key after its value.
  const value = Buffer.concat([Buffer.from([0x12, 6, 0x0a, 4]), Buffer.from('chat')]);
  const key = Buffer.concat([Buffer.from([0x0a, 21]), Buffer.from('gen_ai.operation.name')]);
  const wrap = (tag: number, inner: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, inner.length]), inner]);
  const attribute = wrap(0x4a, Buffer.concat([value, key]));
  const scoped = Buffer.concat([wrap(0x12, attribute), wrap(0x0a, wrap(0x0a, Buffer.from('s')))]);
  const decoded = decodeTracesProtobuf(wrap(0x0a, wrap(0x12, scoped)));
  const [span] = decoded.ok ? decoded.items : [];
  expect([span?.scopeName, span?.attributes.get('gen_ai.operation.name')]).toEqual(['s', 'chat']);
});

test('points are the same in both encodings', () => {
  const point = { metric: 'tokenmeter.calls', epochMs: NOW, startEpochMs: NOW - 5, attributes: {} };
  const json = metricsJson([
    { ...point, value: 9_007_199_254_740_991 },
    { ...point, value: -3 },
    { ...point, value: 0.1, isDouble: true, temporality: 1, isMonotonic: false },
  ]);
  const fromJson = decodeMetricsJson(JSON.stringify(json), all);
  expect(decodeMetricsProtobuf(toProtobuf('Metrics', json), all)).toEqual(fromJson);
});

const truthful = toProtobuf('Traces', spans({ 'gen_ai.operation.name': 'chat' }));

test('no bytes make the decoders throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc
          .tuple(fc.nat(truthful.length - 1), fc.nat(255))
          .map(([at, byte]) =>
            Uint8Array.from(truthful, (old, index) => (index === at ? byte : old)),
          ),
        fc.nat(truthful.length).map((length) => truthful.slice(0, length)),
      ),
      (bytes) => {
        expect(decodeTracesProtobuf(bytes)).toHaveProperty('ok');
        expect(decodeMetricsProtobuf(bytes, all)).toHaveProperty('ok');
      },
    ),
  );
});

test('no JSON makes the decoders throw', () => {
  const key = fc.constantFrom(
    'resourceSpans',
    'scopeSpans',
    'spans',
    'resourceMetrics',
    'sum',
    'a',
  );
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(key, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.oneof(tree, fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect(decodeTracesJson(text)).toHaveProperty('ok');
      expect(decodeMetricsJson(text, all)).toHaveProperty('ok');
    }),
  );
});
