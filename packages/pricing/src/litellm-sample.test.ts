import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPriceBook, parsePriceFile, priceCall, priceProvider } from './index.ts';

// Every fourteenth model with token prices of the file that litellm 1.109.1 (MIT) ships; only its price keys.
const TEXT = readFileSync(new URL('../test/litellm-sample.json', import.meta.url), 'utf8');
const FILE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(TEXT);
const parsed = parsePriceFile(TEXT, { name: 'sample', mode: 'replace' });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const book = createPriceBook([parsed.layer]);

const PROMPTS = [1000, 90_001, 150_000, 200_001, 300_000, 600_000];

/** LiteLLM's own rule: of the thresholds below the prompt the highest, else the plain key; a class without it, plain. */
function rate(entry: Readonly<Record<string, unknown>>, key: string, prompt: number): number {
  const crossed = [32, 90, 100, 128, 200, 256, 272, 512].filter((k) => prompt > k * 1000).reverse();
  for (const k of crossed) {
    const value = entry[`${key}_above_${k}k_tokens`];
    if (typeof value === 'number') return value;
  }
  const plain = entry[key];
  return typeof plain === 'number' ? plain : Number.NaN;
}

test('the whole sample is read', () => {
  expect(parsed.layer.rows.length).toBe(Object.keys(FILE).length);
});

type Entry = Readonly<Record<string, unknown>>;

function has(entry: Entry, key: string): boolean {
  return typeof entry[key] === 'number';
}

const CACHED = 400;
const OUTPUT = 100;

function theirs(entry: Entry, prompt: number): number {
  const cached = has(entry, 'cache_read_input_token_cost') ? CACHED : 0;
  const fee = entry.input_cost_per_request;
  return (
    (typeof fee === 'number' ? fee : 0) +
    (prompt - cached) * rate(entry, 'input_cost_per_token', prompt) +
    (cached > 0 ? cached * rate(entry, 'cache_read_input_token_cost', prompt) : 0) +
    (has(entry, 'output_cost_per_token')
      ? OUTPUT * rate(entry, 'output_cost_per_token', prompt)
      : 0)
  );
}

function ours(name: string, entry: Entry, prompt: number): number {
  const provider = String(entry.litellm_provider);
  const slash = name.indexOf('/');
  const isOwn = slash > 0 && priceProvider(name.slice(0, slash)) === priceProvider(provider);
  const model = isOwn ? name.slice(slash + 1) : name;
  const place = /^(us|eu|global|[a-z]{2}(?:-gov)?-[a-z]+-\d)\/(.+)$/.exec(isOwn ? model : '');
  const hasCache = has(entry, 'cache_read_input_token_cost');
  const priced = priceCall(
    {
      provider,
      responseModel: place?.[2] ?? model,
      startEpochMs: Date.UTC(2026, 10, 21, 12),
      modifiers: place?.[1] === undefined ? {} : { region: place[1] },
      usage: {
        kind: 'reported',
        tokens: {
          input: hasCache ? prompt - CACHED : prompt,
          ...(hasCache ? { cache_read: CACHED } : {}),
          ...(has(entry, 'output_cost_per_token') ? { output: OUTPUT } : {}),
        },
        requests: {},
        raw: undefined,
      },
    },
    book,
  );
  return priced.kind === 'priced' ? priced.costUsd : Number.NaN;
}

const flat = Object.entries(FILE).filter(
  ([, entry]) => !('tiered_pricing' in entry || 'off_peak_pricing' in entry),
);

test.for(flat)('%s costs what LiteLLM computes', ([name, entry]) => {
  const want = PROMPTS.map((prompt) => theirs(entry, prompt).toPrecision(9));
  expect(PROMPTS.map((prompt) => ours(name, entry, prompt).toPrecision(9))).toEqual(want);
});
