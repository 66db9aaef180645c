import { createTraceState, type SpanContext } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { PutAttribute } from '@tokenmeter/instrumentation';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FinishedSpan } from './finished-span.ts';
import { JsonSpans, readableSpan } from './json-spans.ts';
import { ProtobufSpans } from './protobuf-spans.ts';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ minLength: 100, maxLength: 2000, size: 'max' }),
  fc.nat(20_000).map((length) => 'x'.repeat(length)),
);

const values = fc.oneof(
  texts,
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(-1, 0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 62),
  fc.array(texts, { maxLength: 4 }),
);

const keys = fc.stringMatching(/^[a-z][a-z._]{0,150}$/);
const attributes = fc.dictionary(keys, values, { maxKeys: 12, noNullPrototype: true });

const parents: fc.Arbitrary<SpanContext> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constant(1),
  isRemote: fc.boolean(),
});

const spans: fc.Arbitrary<FinishedSpan> = fc
  .record({
    name: texts,
    traceId: hex(32),
    spanId: hex(16),
    parent: fc.option(parents, { nil: undefined }),
    traceState: fc.option(fc.constant(createTraceState('vendor=word,other=1')), { nil: undefined }),
    startEpochMs: fc.double({ min: 0, max: 4e12, noNaN: true }),
    endEpochMs: fc.double({ min: 0, max: 4e12, noNaN: true }),
    start: attributes,
    end: attributes,
    errorType: fc.option(texts, { nil: undefined }),
  })
  .map(({ name, startEpochMs, endEpochMs, start, end, errorType, ...place }) => {
    const rest = Object.fromEntries(Object.entries(end).filter(([key]) => !(key in start)));
    const error = errorType === undefined ? {} : { errorType };
    const times = { startEpochMs, endEpochMs };
    const putEndAttributes = (put: PutAttribute): void => {
      for (const [key, value] of Object.entries(rest)) put(key, value);
    };
    const description = { name, ...times, startAttributes: start, putEndAttributes };
    return { ...place, description: { ...description, ...error } };
  });

/** What OpenTelemetry's own serializer makes of the same spans. */
function reference(list: readonly FinishedSpan[], resource: object): Uint8Array | undefined {
  const described = { attributes: { ...resource } };
  const readable = list.map((span) => readableSpan(span, described));
  return Reflect.apply(ProtobufTraceSerializer.serializeRequest, undefined, [readable]);
}

test('the bytes are those of the reference serializer', { timeout: 240_000 }, () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 6 }), attributes, (list, resource) => {
      const batch = new ProtobufSpans(() => resource);
      // What is like the span before takes another way.
      const repeated = list.flatMap((span) => [span, span, span]);
      for (const span of repeated) batch.add(span);
      expect(batch.size).toBe(repeated.length);
      const expected = reference(repeated, resource);
      expect(Buffer.compare(batch.take(), expected ?? new Uint8Array(0))).toBe(0);
      expect(batch.size).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('a text that comes back after another is written again', () => {
  const span = fc.sample(spans, { numRuns: 1, seed: 7 })[0];
  if (span === undefined) throw new Error('no sample');
  const told = (text: string): FinishedSpan => ({
    ...span,
    description: { ...span.description, putEndAttributes: (put) => put('outcome', text) },
  });
  const list = ['ok', 'ok', 'ok', 'error', 'ok', 'error', 'error', 'error', 'o', 'ok'].map(told);
  const batch = new ProtobufSpans(() => ({}));
  for (const each of list) batch.add(each);
  expect(Buffer.compare(batch.take(), reference(list, {}) ?? Buffer.alloc(0))).toBe(0);
});

test('a batch that was taken leaves nothing to the next one', () => {
  const resource = { 'service.name': 'program' };
  const batch = new ProtobufSpans(() => resource);
  const [first, second] = fc.sample(spans, { numRuns: 2, seed: 7 });
  if (first === undefined || second === undefined) throw new Error('no samples');
  batch.add(first);
  batch.take();
  batch.add(second);
  expect(Buffer.compare(batch.take(), reference([second], resource) ?? Buffer.alloc(0))).toBe(0);
});

test.for([
  { form: 'protobuf', create: () => new ProtobufSpans(() => ({})) },
  {
    form: 'JSON',
    create: () =>
      new JsonSpans(
        () => ({}),
        (list) => Buffer.from(JSON.stringify(list.map(({ name }) => name))),
      ),
  },
])(
  'a span that cannot be read is told to whoever adds it, and harms no other ($form)',
  ({ create }) => {
    const [good, bad] = fc.sample(spans, { numRuns: 2, seed: 7 });
    if (good === undefined || bad === undefined) throw new Error('no samples');
    const putEndAttributes = (put: PutAttribute): void => {
      put('first', 'x'.repeat(300));
      throw new Error('unreadable');
    };
    const broken = { ...bad, description: { ...bad.description, putEndAttributes } };
    const [batch, whole] = [create(), create()];
    for (const each of [good, good]) whole.add(each);
    batch.add(good);
    expect(() => batch.add(broken)).toThrow('unreadable');
    batch.add(good);
    expect(batch.size).toBe(2);
    expect(Buffer.compare(batch.take(), whole.take())).toBe(0);
  },
);
