import fc from 'fast-check';
import type { PriceModifiers } from '../../packages/core/src/index.ts';
import type { PriceableCall, PriceBook } from '../../packages/pricing/src/index.ts';
import { genAi, providerSpecific, tokenmeter } from '../../packages/semconv/src/index.ts';

/** A call, and the attributes of the span that says the same. */
export interface RandomCall {
  readonly call: PriceableCall;
  readonly attributes: Readonly<Record<string, string | number>>;
}

type Counts = Readonly<Record<string, number | undefined>>;

/** Inclusive totals and parts by attribute, as sums of disjoint classes. */
const TOTALS: Readonly<Record<string, readonly string[]>> = {
  [genAi.usageInputTokens]: [
    ...['input', 'cache_read', 'cache_write', 'cache_write_1h', 'input_audio', 'input_image'],
  ],
  [genAi.usageOutputTokens]: ['output', 'reasoning', 'output_audio'],
  [genAi.usageCacheReadInputTokens]: ['cache_read'],
  [genAi.usageCacheWriteInputTokens]: ['cache_write', 'cache_write_1h'],
  [genAi.usageReasoningOutputTokens]: ['reasoning'],
  [genAi.usageAudioInputTokens]: ['input_audio'],
  [genAi.usageImageInputTokens]: ['input_image'],
  [genAi.usageAudioOutputTokens]: ['output_audio'],
  [tokenmeter.tokensCacheWrite1h]: ['cache_write_1h'],
};

const usual = fc.oneof(
  { weight: 3, arbitrary: fc.nat(5000) },
  fc.constantFrom(0, 1, 127_999, 128_001, 200_000, 200_001, 272_001, 999_999),
);
const rare = fc.nat(900);
const part = { freq: 2, nil: undefined } as const;

const tokens = fc.record({
  input: fc.option(usual, { freq: 9, nil: undefined }),
  output: fc.option(usual, { freq: 9, nil: undefined }),
  cache_read: fc.option(usual, part),
  cache_write: fc.option(usual, part),
  reasoning: fc.option(usual, part),
});

const further = fc.record({
  cache_write_1h: fc.option(usual, part),
  input_audio: fc.option(rare, part),
  input_image: fc.option(rare, part),
  output_audio: fc.option(rare, part),
});

const modifiers: fc.Arbitrary<PriceModifiers> = fc.record(
  {
    serviceTier: fc.constantFrom(
      ...['batch', 'flex', 'priority', 'default', 'fast', 'provisioned', 'unheard-of'],
    ),
    speed: fc.constantFrom('fast', 'standard'),
    inferenceGeo: fc.constantFrom('us', 'global', 'not_available'),
    region: fc.constantFrom('eu', 'us-east5', 'global'),
  },
  { requiredKeys: [] },
);

/** Every name of a book: exact names, aliases and the beginnings of names that stand for themselves. */
function namesOf(book: PriceBook): readonly (readonly [provider: string, model: string])[] {
  return book.layers.flatMap(({ rows }) =>
    rows.flatMap(({ provider, model, aliases = [], prefixes = [] }) =>
      [model, ...aliases, ...prefixes.filter((text) => /\w$/.test(text))].map(
        (name) => [provider, name] as const,
      ),
    ),
  );
}

/** Moments just before and at which prices of a book change, and the hours that some hold for. */
function momentsOf(book: PriceBook): readonly number[] {
  const periods = book.layers.flatMap(({ rows }) => rows.flatMap((row) => row.periods));
  const changes = periods.flatMap(({ fromEpochMs = 0, untilEpochMs = 0 }) => [
    fromEpochMs,
    untilEpochMs,
  ]);
  const hours = periods.flatMap(({ fromEpochMs = 0, window }) =>
    window === undefined
      ? []
      : [0, 1, 2, 3, 4, 5, 6].flatMap((day) =>
          [window.fromSecond, window.toSecond].map(
            (second) => fromEpochMs + (day * 86_400 + second) * 1000,
          ),
        ),
  );
  const edges = [...changes, ...hours].filter((at) => at > 86_400_000);
  return [...new Set(edges.flatMap((at) => [at - 1, at])), Date.UTC(2026, 10, 20, 12)];
}

/** Calls over all models, tiers, dates and modifiers of a book. The same seed gives the same calls. */
export function drawCalls(book: PriceBook, count: number, seed: number): readonly RandomCall[] {
  const calls = fc.record({
    name: fc.constantFrom(...namesOf(book)),
    release: fc.constantFrom('', '', '', '', '-2031-02-03', '-20310203', '-latest', '-preview'),
    startEpochMs: fc.constantFrom(...momentsOf(book)),
    tokens,
    further: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, further),
    webSearches: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.nat(20)),
    modifiers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, modifiers),
    isServed: fc.boolean(),
  });
  return fc.sample(calls, { numRuns: count, seed }).map((drawn) => {
    const [provider, name] = drawn.name;
    // A date behind a date is nobody's name. Of dated names in us-gov the book takes the price of other regions.
    const isBare = !/^us-gov|(?:[-@:]|\d{3,}|-\d\d|:\d|latest|preview|exp|beta)$/.test(name);
    const model = isBare ? `${name}${drawn.release}` : name;
    const counts: Counts = { ...drawn.tokens, ...drawn.further };
    const requests = drawn.webSearches === undefined ? {} : { web_search: drawn.webSearches };
    const isReported = [...Object.values(counts), drawn.webSearches].some((each = 0) => each > 0);
    const call: PriceableCall = {
      provider,
      requestModel: drawn.isServed ? 'requested' : model,
      ...(drawn.isServed && { responseModel: model }),
      startEpochMs: drawn.startEpochMs,
      endEpochMs: drawn.startEpochMs + 1500,
      modifiers: drawn.modifiers,
      // Counts of 0 alone are what libraries write that know nothing.
      usage: isReported
        ? { kind: 'reported', tokens: known(counts), requests, raw: undefined }
        : { kind: 'missing' },
    };
    return { call, attributes: attributesOf(call, counts, drawn.webSearches) };
  });
}

function known(counts: Counts): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function attributesOf(
  { provider, requestModel, responseModel, modifiers: rates }: PriceableCall,
  counts: Counts,
  webSearches: number | undefined,
): Readonly<Record<string, string | number>> {
  const totals = Object.entries(TOTALS).flatMap(([key, classes]) => {
    const parts = classes.flatMap((name) => counts[name] ?? []);
    return parts.length === 0 ? [] : [[key, parts.reduce((sum, each) => sum + each, 0)] as const];
  });
  const texts = Object.entries({
    [genAi.operationName]: 'chat',
    [genAi.providerName]: provider,
    [genAi.requestModel]: requestModel,
    [genAi.responseModel]: responseModel,
    [providerSpecific.openaiResponseServiceTier]: rates.serviceTier,
    [tokenmeter.priceSpeed]: rates.speed,
    [tokenmeter.priceInferenceGeo]: rates.inferenceGeo,
    [tokenmeter.priceRegion]: rates.region,
    [tokenmeter.requestsWebSearch]: webSearches,
  }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return Object.fromEntries([...texts, ...totals]);
}
