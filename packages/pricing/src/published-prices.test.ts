import { readFileSync } from 'node:fs';
import type { PriceModifiers, RequestCounts, TokenCounts } from '@tokenmeter/core';
import { describe, expect, test } from 'vitest';
import { bundledPriceBook, priceCall } from './index.ts';

interface PriceCase {
  readonly note: string;
  readonly provider: string;
  readonly model: string;
  readonly epochMs: number;
  readonly modifiers: PriceModifiers;
  readonly counts: Readonly<Record<string, number>>;
  /** Integer pico-USD, or the reason for having no price. */
  readonly want: number | string;
  readonly source: string;
}

const REQUESTS = ['web_search', 'file_search', 'code_interpreter', 'rerank', 'grounding'];

/** `input=1000 output=500` as names and values. */
function fields(text: string): readonly (readonly [string, string])[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name, value] as const;
    });
}

function readCase(line: string): PriceCase {
  const [provider = '', model = '', at = '', modifiers = '', usage = '', usd = '', source = ''] =
    line.split(',');
  return {
    note: [provider, model, at, modifiers, usage].filter((part) => part !== '').join(' · '),
    provider,
    model,
    epochMs: Date.parse(at === '' ? '2026-11-20T12:00:00Z' : at),
    modifiers: Object.fromEntries(fields(modifiers)),
    counts: Object.fromEntries(fields(usage).map(([name, count]) => [name, Number(count)])),
    want: Number.isNaN(Number(usd)) ? usd : Math.round(Number(usd) * 1e12),
    source,
  };
}

const lines = readFileSync(new URL('../test/price-cases.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '');
const sources = new Set(
  lines.flatMap((line) => /^# source (\S+) = \S+/.exec(line)?.slice(1) ?? []),
);
const cases = lines
  .filter((line) => !line.startsWith('#'))
  .slice(1)
  .map(readCase);
const book = bundledPriceBook();

function pick(counts: PriceCase['counts'], isRequest: boolean): TokenCounts & RequestCounts {
  return Object.fromEntries(
    Object.entries(counts).filter(([name]) => REQUESTS.includes(name) === isRequest),
  );
}

describe('published prices', () => {
  test('there are at least 150, each with a source', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(cases.filter(({ source }) => !sources.has(source))).toEqual([]);
  });

  test.for(cases)('$note', ({ provider, model, epochMs, modifiers, counts, want }) => {
    const priced = priceCall(
      {
        provider,
        responseModel: model,
        startEpochMs: epochMs,
        modifiers,
        usage: {
          kind: 'reported',
          tokens: pick(counts, false),
          requests: pick(counts, true),
          raw: undefined,
        },
      },
      book,
    );
    expect(priced.kind === 'priced' ? priced.totalPicoUsd : priced.reason).toBe(want);
  });
});
