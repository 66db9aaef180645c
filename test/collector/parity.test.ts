import { randomBytes } from 'node:crypto';
import type { PriceModifiers, RequestClass, TokenClass } from '@tokenmeter/core';
import { bundledPriceBook, type PriceableCall, priceCall } from '@tokenmeter/pricing';
import { genAi, providerSpecific, tokenmeter } from '@tokenmeter/semconv';
import { startOtlpSink } from '@tokenmeter/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const SPANS = 10_000;
const PER_EXPORT = 500;
const book = bundledPriceBook();

type Values = Record<string, string | number>;
type Tokens = Partial<Record<TokenClass, number>>;
type Requests = Partial<Record<RequestClass, number>>;

interface Case {
  readonly attributes: Values;
  readonly startEpochMs: number;
  readonly call: PriceableCall;
}

/** Every name of the book: exact names, aliases and the beginnings of names. */
const names = book.layers.flatMap(({ rows }) =>
  rows.flatMap(({ provider, model, aliases = [], prefixes = [] }) =>
    [model, ...aliases, ...prefixes].map((name) => ({ provider, model: name })),
  ),
);
/** Moments at which prices change, the hours that some hold for, and today. */
const moments = [
  ...new Set(
    book.layers.flatMap(({ rows }) =>
      rows.flatMap(({ periods }) =>
        periods.flatMap(({ fromEpochMs = 0, untilEpochMs = 0, window }) => [
          ...[fromEpochMs, untilEpochMs].filter((at) => at > 0).flatMap((at) => [at - 1, at]),
          ...(window === undefined || fromEpochMs === 0
            ? []
            : [0, 1, 2, 3, 4, 5, 6].flatMap((day) =>
                [window.fromSecond, window.toSecond].map(
                  (second) => fromEpochMs + (day * 86_400 + second) * 1000,
                ),
              )),
        ]),
      ),
    ),
  ),
  Date.UTC(2026, 10, 20, 12),
];

const suffix = fc.constantFrom('', '', '', '', '-2031-02-03', '-20310203', '-latest', '-preview');
const count = fc.oneof(
  { weight: 3, arbitrary: fc.nat(5000) },
  fc.constantFrom(0, 1, 127_999, 128_001, 200_000, 200_001, 272_001, 999_999),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });

const modifiers: fc.Arbitrary<PriceModifiers> = fc.record(
  {
    serviceTier: fc.constantFrom(
      'batch',
      'flex',
      'priority',
      'default',
      'fast',
      'provisioned',
      'x',
    ),
    speed: fc.constantFrom('fast', 'standard'),
    inferenceGeo: fc.constantFrom('us', 'global', 'not_available'),
    region: fc.constantFrom('eu', 'us-east5', 'global'),
  },
  { requiredKeys: [] },
);

const cases = fc
  .record({
    name: fc.constantFrom(...names),
    suffix,
    startEpochMs: fc.constantFrom(...moments),
    input: maybe(count),
    output: maybe(count),
    cacheRead: rarely(count),
    cacheWrite: rarely(count),
    cacheWrite1h: rarely(count),
    reasoning: rarely(count),
    inputAudio: rarely(fc.nat(900)),
    inputImage: rarely(fc.nat(900)),
    outputAudio: rarely(fc.nat(900)),
    webSearch: rarely(fc.nat(20)),
    hasRare: fc.nat(3),
    modifiers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, modifiers),
    isRequested: fc.boolean(),
  })
  .map(toCase);

type Drawn = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Disjoint classes, and the inclusive totals that a span carries of them. */
function toCase(drawn: {
  name: { provider: string; model: string };
  suffix: string;
  startEpochMs: number;
  input: number | undefined;
  output: number | undefined;
  cacheRead: number | undefined;
  cacheWrite: number | undefined;
  cacheWrite1h: number | undefined;
  reasoning: number | undefined;
  inputAudio: number | undefined;
  inputImage: number | undefined;
  outputAudio: number | undefined;
  webSearch: number | undefined;
  hasRare: number;
  modifiers: PriceModifiers;
  isRequested: boolean;
}): Case {
  const isRare = drawn.hasRare === 0;
  const tokens: Tokens = defined({
    input: drawn.input,
    cache_read: drawn.cacheRead,
    cache_write: drawn.cacheWrite,
    cache_write_1h: isRare ? drawn.cacheWrite1h : undefined,
    output: drawn.output,
    reasoning: drawn.reasoning,
    input_audio: isRare ? drawn.inputAudio : undefined,
    input_image: isRare ? drawn.inputImage : undefined,
    output_audio: isRare ? drawn.outputAudio : undefined,
  });
  const requests: Requests = defined({ web_search: isRare ? drawn.webSearch : undefined });
  const model = `${drawn.name.model}${drawn.suffix}`;
  const call: PriceableCall = {
    provider: drawn.name.provider,
    ...(drawn.isRequested ? { requestModel: model } : { responseModel: model }),
    startEpochMs: drawn.startEpochMs,
    endEpochMs: drawn.startEpochMs + 1500,
    modifiers: drawn.modifiers,
    usage: isReported(tokens, requests)
      ? { kind: 'reported', tokens, requests, raw: undefined }
      : { kind: 'missing' },
  };
  return {
    attributes: attributesOf(call, tokens, requests),
    startEpochMs: drawn.startEpochMs,
    call,
  };
}

/** Counts of 0 alone are what libraries write that know nothing. */
function isReported(tokens: Tokens, requests: Requests): boolean {
  return [...Object.values(tokens), ...Object.values(requests)].some((each) => each > 0);
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as never;
}

function attributesOf(call: PriceableCall, tokens: Tokens, requests: Requests): Values {
  const sum = (...classes: readonly (keyof Tokens)[]): number | undefined => {
    const known = classes.flatMap((name) => tokens[name] ?? []);
    return known.length === 0 ? undefined : known.reduce((total, each) => total + each, 0);
  };
  const { modifiers } = call;
  return defined({
    [genAi.operationName]: 'chat',
    [genAi.providerName]: call.provider,
    [genAi.requestModel]: call.requestModel ?? 'requested',
    [genAi.responseModel]: call.responseModel,
    [genAi.usageInputTokens]: sum(
      ...(['input', 'cache_read', 'cache_write', 'cache_write_1h'] as const),
      ...(['input_audio', 'input_image'] as const),
    ),
    [genAi.usageOutputTokens]: sum('output', 'reasoning', 'output_audio'),
    [genAi.usageCacheReadInputTokens]: tokens.cache_read,
    [genAi.usageCacheWriteInputTokens]: sum('cache_write', 'cache_write_1h'),
    [genAi.usageReasoningOutputTokens]: tokens.reasoning,
    [genAi.usageAudioInputTokens]: tokens.input_audio,
    [genAi.usageImageInputTokens]: tokens.input_image,
    [genAi.usageAudioOutputTokens]: tokens.output_audio,
    [tokenmeter.tokensCacheWrite1h]: tokens.cache_write_1h,
    [tokenmeter.requestsWebSearch]: requests.web_search,
    [providerSpecific.openaiResponseServiceTier]: modifiers.serviceTier,
    [tokenmeter.priceSpeed]: modifiers.speed,
    [tokenmeter.priceInferenceGeo]: modifiers.inferenceGeo,
    [tokenmeter.priceRegion]: modifiers.region,
  }) as Values;
}
