import { bundledPriceBook, priceCall } from '../../packages/pricing/dist/index.js';

const CALLS = [
  ['openai', 'gpt-4o', { input: 1000, cache_read: 200, output: 500 }],
  ['openai', 'gpt-4o-mini', { input: 800, output: 60 }],
  [
    'anthropic',
    'claude-sonnet-4-5',
    { input: 300, cache_read: 4000, cache_write_5m: 100, output: 700 },
  ],
  ['openai', 'gpt-4.1', { input: 12_000, output: 900, reasoning: 100 }],
].map(([provider, model, tokens]) => ({
  provider,
  requestModel: model,
  responseModel: model,
  startEpochMs: Date.UTC(2026, 10, 20),
  modifiers: {},
  usage: { kind: 'reported', tokens, requests: {}, raw: undefined },
}));

const ROUNDS = 400_000;

/** Nanoseconds per priced call of a model seen before, in this process. */
export async function price() {
  const loadStarted = performance.now();
  const book = bundledPriceBook();
  priceCall(CALLS[0], book);
  const loadMs = performance.now() - loadStarted;
  const samples = [];
  let sum = 0;
  for (let sample = 0; sample < 7; sample += 1) {
    const started = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      const priced = priceCall(CALLS[round & 3], book);
      sum += priced.kind === 'priced' ? priced.totalPicoUsd : Number.NaN;
    }
    samples.push(((performance.now() - started) * 1e6) / ROUNDS);
  }
  if (Number.isNaN(sum)) throw new Error('a call of the benchmark has no price');
  samples.sort((a, b) => a - b);
  return [
    {
      name: 'price a call (warm)',
      value: samples[3],
      unit: 'ns',
      target: 200,
      isLowerBetter: true,
      note: 'median of 7 × 400,000, four models',
    },
    { name: 'first price, book load included', value: loadMs, unit: 'ms', note: 'once a process' },
  ];
}
