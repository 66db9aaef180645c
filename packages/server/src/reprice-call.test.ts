import { inclusiveTotals, type PriceModifiers, type TokenCounts } from '@tokenmeter/core';
import { bundledPriceBook, priceCall } from '@tokenmeter/pricing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeCall } from './describe-call.ts';
import { hexId } from './otlp.test-kit.ts';
import { renderPriceBasis } from './price-basis.ts';
import { totalsOf } from './price-foreign-call.ts';
import { repriceCall, type StoredCall } from './reprice-call.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const book = bundledPriceBook();

interface LawCall {
  readonly provider: string;
  readonly model: string;
  readonly tokens: TokenCounts;
  readonly requests: Readonly<Record<string, number>>;
  readonly modifiers: PriceModifiers;
}

/** The attributes of the span of a metered call, as the instrumentation writes them. */
function attributesOf({ provider, model, tokens, requests, modifiers }: LawCall): object {
  const totals = inclusiveTotals(tokens);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'tokenmeter.metered': true,
    'gen_ai.usage.input_tokens': totals.inputTokens,
    'gen_ai.usage.output_tokens': totals.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': totals.cacheReadTokens,
    'gen_ai.usage.cache_write.input_tokens': totals.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': totals.reasoningTokens,
    'gen_ai.usage.audio.input_tokens': totals.audioInputTokens,
    'gen_ai.usage.image.input_tokens': totals.imageInputTokens,
    'gen_ai.usage.audio.output_tokens': totals.audioOutputTokens,
    'gen_ai.usage.image.output_tokens': totals.imageOutputTokens,
    'gen_ai.usage.audio.cache_read.input_tokens': tokens.cache_read_audio,
    'gen_ai.usage.image.cache_read.input_tokens': tokens.cache_read_image,
    'tokenmeter.tokens.cache_write_5m': tokens.cache_write_5m,
    'tokenmeter.tokens.cache_write_1h': tokens.cache_write_1h,
    'tokenmeter.tokens.input_video': tokens.input_video,
    'tokenmeter.requests.web_search': requests.web_search,
    'tokenmeter.price.service_tier': modifiers.serviceTier,
    'tokenmeter.price.speed': modifiers.speed,
    'tokenmeter.price.inference_geo': modifiers.inferenceGeo,
  };
}

function storedOf(law: LawCall): StoredCall | undefined {
  const attributes = new Map(
    Object.entries(attributesOf(law)).filter(([, value]) => value !== undefined),
  );
  const described = describeCall(
    {
      traceId: hexId(32, 1),
      spanId: hexId(16, 1),
      parentSpanId: '',
      kind: 3,
      startEpochMs: NOW,
      endEpochMs: NOW,
      isError: false,
      attributes,
      resource: new Map(),
      scopeName: 'law',
    },
    NOW,
  );
  if (described.kind !== 'call') return undefined;
  const { call } = described;
  return {
    ...totalsOf(call),
    traceId: call.traceId,
    spanId: call.spanId,
    priceBasis: renderPriceBasis(call.priceBasis),
    costPicoUsd: undefined,
    costSource: '',
    unpricedReason: 'missing_rate',
  };
}

const count = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined });
/** Mostly absent, so that most calls have classes that their model has rates for. */
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const rareCount = rarely(fc.integer({ min: 0, max: 1_000_000 }));
const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  JSON.parse(JSON.stringify(value));

const lawCall: fc.Arbitrary<LawCall> = fc
  .record({
    model: fc.constantFrom(
      ['openai', 'gpt-4o'],
      ['openai', 'gpt-6-astra'],
      ['anthropic', 'claude-opus-5-5'],
      ['gcp.gemini', 'gemini-3.8-flash'],
      ['nobody', 'house-model-1'],
    ),
    tokens: fc.record({
      input: count,
      cache_read: count,
      cache_write_5m: count,
      cache_write_1h: rareCount,
      cache_write: count,
      cache_read_audio: rareCount,
      cache_read_image: rareCount,
      input_audio: rareCount,
      input_image: rareCount,
      input_video: rareCount,
      output: count,
      reasoning: count,
      output_audio: rareCount,
      output_image: rareCount,
    }),
    requests: fc.record({ web_search: rarely(fc.nat(20)) }),
    modifiers: fc.record({
      serviceTier: rarely(fc.constantFrom('batch', 'flex', 'priority', 'default')),
      speed: rarely(fc.constant('fast')),
      inferenceGeo: rarely(fc.constant('us')),
    }),
  })
  .map(({ model: [provider = '', model = ''], tokens, requests, modifiers }) => ({
    provider,
    model,
    tokens: defined(tokens),
    requests: defined(requests),
    modifiers: defined(modifiers),
  }));

test('a call priced again from its span costs what it cost on the wire, to the pico-dollar', () => {
  let priced = 0;
  fc.assert(
    fc.property(lawCall, (law) => {
      const stored = storedOf(law);
      const direct = priceCall(
        {
          provider: law.provider,
          requestModel: law.model,
          startEpochMs: NOW,
          modifiers: law.modifiers,
          usage: { kind: 'reported', tokens: law.tokens, requests: law.requests, raw: undefined },
        },
        book,
      );
      if (direct.kind === 'priced') priced += 1;
      const want =
        direct.kind === 'priced'
          ? {
              costPicoUsd: BigInt(direct.totalPicoUsd),
              costSource: direct.source,
              unpricedReason: '',
            }
          : { costPicoUsd: undefined, costSource: '', unpricedReason: direct.reason };
      const repriced = stored === undefined ? undefined : repriceCall(stored, book);
      expect(repriced?.kind === 'changed' ? repriced.cost : stored).toMatchObject(want);
    }),
    { numRuns: 600 },
  );
  expect(priced).toBeGreaterThan(100);
});

const STORED: StoredCall = {
  traceId: hexId(32, 1),
  spanId: hexId(16, 1),
  provider: 'openai',
  requestModel: 'gpt-4o',
  responseModel: '',
  startEpochMs: NOW,
  endEpochMs: NOW,
  inputTokens: 1000,
  outputTokens: 500,
  cacheReadTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  priceBasis: '',
  costPicoUsd: 7_500_000_000n,
  costSource: 'snapshot',
  unpricedReason: '',
};

test.for<{ note: string; call: Partial<StoredCall>; want: object }>([
  { note: 'the same figure', call: {}, want: { kind: 'same' } },
  {
    note: 'a call from before the basis was kept',
    call: { priceBasis: undefined, costPicoUsd: 1n },
    want: { kind: 'kept', reason: 'notRecorded' },
  },
  ...['{', '[]', '{"counts":{}}', '{"counts":{},"modifiers":{"speed":1}}'].map((priceBasis) => ({
    note: `a damaged basis ${priceBasis}`,
    call: { priceBasis },
    want: { kind: 'kept', reason: 'notRecorded' },
  })),
  {
    note: 'a refused request',
    call: {
      inputTokens: undefined,
      outputTokens: undefined,
      costPicoUsd: undefined,
      costSource: '',
    },
    want: { kind: 'same' },
  },
  {
    note: 'counts that contradicted each other where they were read',
    call: {
      inputTokens: undefined,
      outputTokens: undefined,
      costPicoUsd: undefined,
      costSource: '',
      unpricedReason: 'inconsistent_usage',
    },
    want: { kind: 'same' },
  },
])('$note', ({ call, want }) => {
  expect(repriceCall({ ...STORED, ...call }, book)).toEqual(want);
});
