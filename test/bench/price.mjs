import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundledPriceBook, priceCall } from '../../packages/pricing/dist/index.js';

const root = join(import.meta.dirname, '..', '..');

/** The peer is a dependency of the price package, which compiles its data from it. */
const peerModule = join(root, 'packages/pricing/node_modules/@pydantic/genai-prices/dist/index.js');

const AT = Date.UTC(2026, 10, 20);
const MODELS = [
  ['openai', 'gpt-4o', { input: 1000, cache_read: 200, output: 500 }],
  ['openai', 'gpt-4o-mini', { input: 800, output: 60 }],
  [
    'anthropic',
    'claude-sonnet-4-5',
    { input: 300, cache_read: 4000, cache_write_5m: 100, output: 700 },
  ],
  ['openai', 'gpt-4.1', { input: 12_000, output: 900, reasoning: 100 }],
];
const CALLS = MODELS.map(([provider, model, tokens]) => callOf(provider, model, tokens));
const PEER_CALLS = MODELS.map(([providerId, model, tokens]) => ({
  model,
  options: { providerId, timestamp: new Date(AT) },
  usage: {
    input_tokens: tokens.input + (tokens.cache_read ?? 0) + (tokens.cache_write_5m ?? 0),
    cache_read_tokens: tokens.cache_read ?? 0,
    cache_write_tokens: tokens.cache_write_5m ?? 0,
    output_tokens: tokens.output + (tokens.reasoning ?? 0),
  },
}));

const ROUNDS = 400_000;
const PEER_ROUNDS = 20_000;
const COLD_NAMES = 5000;
const LINES = 100_000;

function callOf(provider, model, tokens) {
  return {
    provider,
    requestModel: model,
    responseModel: model,
    startEpochMs: AT,
    modifiers: {},
    usage: { kind: 'reported', tokens, requests: {}, raw: undefined },
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Nanoseconds per call of a model seen before. */
function warm(book) {
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
  return median(samples);
}

/** Nanoseconds per call of the peer, which looks its prices up anew each time; the same four calls. */
async function peer() {
  const { calcPrice, waitForUpdate } = await import(pathToFileURL(peerModule));
  await waitForUpdate();
  const samples = [];
  for (let sample = 0; sample < 5; sample += 1) {
    const started = performance.now();
    for (let round = 0; round < PEER_ROUNDS; round += 1) {
      const { model, options, usage } = PEER_CALLS[round & 3];
      if (calcPrice(usage, model, options) === null) throw new Error(`the peer lacks ${model}`);
    }
    samples.push(((performance.now() - started) * 1e6) / PEER_ROUNDS);
  }
  return median(samples);
}

/** Bytes of heap that a warm call takes, its result included; the median leaves out samples with a collection inside. */
function allocated(book) {
  const samples = [];
  for (let sample = 0; sample < 20; sample += 1) {
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 2000; round += 1) priceCall(CALLS[round & 3], book);
    samples.push((process.memoryUsage().heapUsed - before) / 2000);
  }
  return median(samples);
}

/** Microseconds for a name never seen: half of them unknown, half dated releases of a known model. */
function cold() {
  const samples = [];
  for (let sample = 0; sample < 5; sample += 1) {
    const book = bundledPriceBook();
    priceCall(CALLS[0], book);
    const names = Array.from({ length: COLD_NAMES }, (_, at) => {
      const day = String((at % 28) + 1).padStart(2, '0');
      return at % 2 === 0 ? `house-model-${at}` : `gpt-4o-${2000 + at}-01-${day}`;
    });
    const calls = names.map((name) => callOf('openai', name, { input: 1000, output: 10 }));
    const started = performance.now();
    for (const call of calls) priceCall(call, book);
    samples.push(((performance.now() - started) * 1e3) / COLD_NAMES);
  }
  return median(samples);
}

/** Seconds of `tokenmeter price --stdin`, the start of the process included. */
async function lines() {
  const text = Array.from({ length: LINES }, (_, id) => {
    const [provider, model] = MODELS[id & 1];
    const usage = {
      prompt_tokens: 1000 + id,
      completion_tokens: 50,
      total_tokens: 1050 + id,
      prompt_tokens_details: { cached_tokens: 500 },
    };
    return `${JSON.stringify({ id, provider, model, api: 'openai.chat', usage, timestamp: '2026-11-20T12:00:00Z' })}\n`;
  }).join('');
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(root, 'packages', 'cli', 'dist', 'main.js'), 'price', '--stdin'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let priced = 0;
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) priced += 1;
  });
  child.stdin.end(text);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || priced !== LINES) throw new Error(`price --stdin ended with ${code}`);
  return (performance.now() - started) / 1000;
}

/** Speed and size of the price engine, beside the peer whose data it compiles. */
export async function price(progress = () => {}) {
  const loadStarted = performance.now();
  const book = bundledPriceBook();
  priceCall(CALLS[0], book);
  const loadMs = performance.now() - loadStarted;
  progress('warm calls');
  const warmNs = warm(book);
  progress('the peer');
  const peerNs = await peer();
  progress('cold names');
  const coldUs = cold();
  const data = readFileSync(join(root, 'packages/pricing/dist/generated/price-data.js'));
  progress('lines of standard input');
  const seconds = await lines();
  return [
    {
      name: 'price a call (warm)',
      value: warmNs,
      unit: 'ns',
      target: 200,
      isLowerBetter: true,
      note: 'median of 7 × 400,000, four models',
    },
    {
      name: 'genai-prices calcPrice ÷ ours',
      value: peerNs / warmNs,
      unit: '×',
      target: 20,
      isLowerBetter: false,
      note: `same calls in the same process; calcPrice ${Math.round(peerNs)} ns`,
    },
    {
      name: 'heap taken by a warm call',
      value: allocated(book),
      unit: 'bytes',
      isLowerBetter: true,
      note: 'the result included; median of 20 × 2,000',
    },
    {
      name: 'price a name never seen',
      value: coldUs,
      unit: 'µs',
      target: 50,
      isLowerBetter: true,
      note: 'half unknown, half dated releases',
    },
    {
      name: 'first price, book load included',
      value: loadMs,
      unit: 'ms',
      target: 30,
      isLowerBetter: true,
      note: 'once a process, nothing compiled yet',
    },
    {
      name: 'compiled price data',
      value: gzipSync(data, { level: 9 }).length / 1000,
      unit: 'kB',
      target: 120,
      isLowerBetter: true,
      note: 'gzip -9',
    },
    {
      name: 'price --stdin, 100,000 lines',
      value: seconds,
      unit: 's',
      target: 3,
      isLowerBetter: true,
      note: `${Math.round(LINES / seconds).toLocaleString('en-US')} lines/s, start included`,
    },
  ];
}
