// Costs and cache hits of single calls, as correlated as real ones.
import { readFileSync } from 'node:fs';
import { createRandom, normal } from './traffic.mjs';

/**
 * Cost of a call relative to the mean: a log-normal of the given deviation around a level that wanders, in waves of some
 * 20,000 calls and in short runs. Means of 30 calls then vary 1.2 to 1.4 times as much as of independent calls, and of 500
 * calls 1.6 to 4 times, as in the Azure traces of 2023 (github.com/Azure/AzurePublicDataset, AzureLLMInferenceTrace;
 * measured 2026-11-21).
 */
const KINDS = {
  code: { deviation: 0.8, waves: 0.03, runs: 0.06, memory: 0.98 },
  chat: { deviation: 0.55, waves: 0.1, runs: 0.06, memory: 0.99 },
};
const WAVE_CALLS = 20_000;

/** A source of relative costs of one call after another, mean about 1. */
export function costSequence(kind, seed) {
  const { deviation, waves, runs, memory } = KINDS[kind];
  const random = createRandom(seed);
  let call = Math.floor(WAVE_CALLS * random());
  let run = 0;
  return () => {
    call += 1;
    run = memory * run + Math.sqrt(1 - memory ** 2) * runs * normal(random);
    const level = run + Math.SQRT2 * waves * Math.sin((2 * Math.PI * call) / WAVE_CALLS);
    return Math.exp(level + deviation * normal(random) - deviation ** 2 / 2);
  };
}

/** The same from a recorded trace (CSV with columns TIMESTAMP, ContextTokens, GeneratedTokens), read in a circle from a random place. */
export function recordedSequence(file, seed) {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const costs = lines.map((line) => {
    const [, input, output] = line.split(',');
    return Number(input) + 4 * Number(output);
  });
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  let next = Math.floor(createRandom(seed)() * costs.length);
  return () => {
    next = (next + 1) % costs.length;
    return costs[next] / mean;
  };
}

/** Cache hits of one call after another; with `correlation` the rate differs from hour to hour. */
export function hitSequence({ correlation, seed }) {
  const random = createRandom(seed);
  let hour = -1;
  let shift = 0;
  return (rate, atHour) => {
    if (atHour !== hour) {
      hour = atHour;
      const spread = Math.sqrt(correlation * rate * (1 - rate));
      shift = correlation > 0 ? spread * normal(random) : 0;
    }
    return random() < Math.min(1, Math.max(0, rate + shift));
  };
}
