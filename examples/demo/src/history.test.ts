import { bundledPriceBook, createPriceBook, priceCall } from '@tokenmeter/pricing';
import { startOtlpSink } from '@tokenmeter/testkit';
import { beforeAll, expect, test } from 'vitest';
import { FEATURE_TABLE } from './features.ts';
import { blocksOf, buildHistory, type HistoryRequest } from './history.ts';
import { ratesAt } from './history-prices.ts';
import { HistoryRefusedError, sendHistory } from './send-history.ts';
import { usualCallsPerMinute } from './traffic.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Friday 2026-11-20 14:07:30 UTC. */
const END_MS = Date.UTC(2026, 10, 20, 14, 7, 30);

const book = bundledPriceBook();
const build = (seed: number, days: number): HistoryRequest[] => [
  ...buildHistory({ endEpochMs: END_MS, seed, book, days, spanHours: 3 }),
];

test('the same options give the same history, another seed another one', () => {
  expect(build(1, 1)).toEqual(build(1, 1));
  expect(build(1, 1)).not.toEqual(build(2, 1));
});

test('blocks are contiguous, on the marks of the clock, and end now', () => {
  const blocks = blocksOf({ endEpochMs: END_MS, days: 28 });
  expect(blocks[0]?.fromEpochMs).toBe(Date.UTC(2026, 9, 23, 14, 10));
  expect(blocks.at(-1)).toEqual({ fromEpochMs: Date.UTC(2026, 10, 20, 14, 7), toEpochMs: END_MS });
  expect(blocks.slice(1).map((block) => block.fromEpochMs)).toEqual(
    blocks.slice(0, -1).map((block) => block.toEpochMs),
  );
  const lengths = new Set(blocks.map((block) => block.toEpochMs - block.fromEpochMs));
  expect([...lengths]).toEqual([5 * MINUTE_MS, MINUTE_MS, MINUTE_MS / 2]);
});

test.for(Object.values(FEATURE_TABLE))(
  '$name is priced as a metered call of it would be',
  (feature) => {
    const rates = ratesAt(feature.name, END_MS, book);
    const tokens = { input: 351, cache_read: 2048, output: 217 };
    const priced = priceCall(
      {
        provider: feature.provider,
        responseModel: feature.servedModel,
        startEpochMs: END_MS,
        modifiers: {},
        usage: { kind: 'reported', tokens, requests: {}, raw: undefined },
      },
      book,
    );
    const { input, cache_read, output } = rates.picoUsdPerToken;
    expect(priced).toMatchObject({
      totalPicoUsd: tokens.input * input + tokens.cache_read * cache_read + tokens.output * output,
    });
  },
);

test('a model without a price stops the history', () => {
  const empty = createPriceBook([]);
  expect(() => ratesAt('triage', END_MS, empty)).toThrow('claude-haiku-4-5');
});

test('a receiver that refuses stops the history with its answer', async () => {
  await using sink = await startOtlpSink();
  sink.behave({ kind: 'refuse', status: 503 });
  await expect(sendHistory(sink.url, build(1, 1))).rejects.toThrow(HistoryRefusedError);
});

let requests: HistoryRequest[] = [];
beforeAll(() => {
  requests = build(4, 2);
});

test('progress rises to one', () => {
  const shares = requests.map((request) => request.progress);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('counters and spans agree with the rates of the application', async () => {
  await using sink = await startOtlpSink();
  await sendHistory(sink.url, requests);

  const from = blocksOf({ endEpochMs: END_MS, days: 2 })[0]?.fromEpochMs ?? 0;
  for (const feature of Object.values(FEATURE_TABLE)) {
    const filter = { 'tokenmeter.feature': feature.name };
    const expected = expectedCalls(feature.name, from);
    const calls = sink.sumOf('tokenmeter.calls', filter);
    expect(Math.abs(calls - expected)).toBeLessThan(5 * Math.sqrt(expected));

    const spans = sink
      .spans()
      .filter((span) => span.attributes['tokenmeter.feature'] === feature.name);
    const recent = expectedCalls(feature.name, END_MS - 3 * HOUR_MS);
    expect(Math.abs(spans.length - recent)).toBeLessThan(5 * Math.sqrt(recent));
  }
  expect(sink.sumOf('tokenmeter.cost')).toBeGreaterThan(0);
  expect(new Set(sink.metrics().map((point) => point.resource['tokenmeter.seeded']))).toEqual(
    new Set([true]),
  );
  expect(new Set(sink.spans().map((span) => span.attributes['tokenmeter.metered']))).toEqual(
    new Set([true]),
  );
});

test('money and tokens of the counters are those of the spans when every call has one', async () => {
  await using sink = await startOtlpSink();
  await sendHistory(
    sink.url,
    buildHistory({ endEpochMs: END_MS, seed: 6, book, days: 0.5, spanHours: 48 }),
  );
  const spans = sink.spans();
  const sum = (name: string): number =>
    spans.reduce((total, span) => total + Number(span.attributes[name] ?? 0), 0);
  expect(sink.sumOf('tokenmeter.calls')).toBe(spans.length);
  expect(sink.sumOf('tokenmeter.tokens', { 'tokenmeter.token.class': 'output' })).toBe(
    sum('gen_ai.usage.output_tokens'),
  );
  const costs = sum('tokenmeter.cost.total');
  expect(Math.abs(sink.sumOf('tokenmeter.cost') / costs - 1)).toBeLessThan(1e-12);
});

test('every counter only rises, up to the end of the past', async () => {
  await using sink = await startOtlpSink();
  await sendHistory(sink.url, requests);
  const last = new Map<string, { value: number; time: bigint }>();
  let falls = 0;
  for (const point of sink.metrics()) {
    const key = JSON.stringify([point.metric, point.attributes]);
    const before = last.get(key) ?? { value: 0, time: 0n };
    if (point.value < before.value || point.timeUnixNano <= before.time) falls += 1;
    last.set(key, { value: point.value, time: point.timeUnixNano });
  }
  expect(falls).toBe(0);
  expect(new Set([...last.values()].map((point) => point.time))).toEqual(
    new Set([BigInt(END_MS - 1) * 1_000_000n]),
  );
});

function expectedCalls(feature: keyof typeof FEATURE_TABLE, fromEpochMs: number): number {
  let calls = 0;
  for (let at = fromEpochMs; at < END_MS; at += MINUTE_MS) {
    const minutes = Math.min(1, (END_MS - at) / MINUTE_MS);
    calls += usualCallsPerMinute(feature, at + (minutes * MINUTE_MS) / 2) * minutes;
  }
  return calls;
}
