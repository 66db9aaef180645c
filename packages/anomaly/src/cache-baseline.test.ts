import { describe, expect, test } from 'vitest';
import { CHAT, DAY, learned, MINUTE, MONDAY_MS, usageRow } from './traffic.test-kit.ts';

const HOUR = 60 * MINUTE;

/** Rows of an hour: a call that hits with `shares` of its 1,000 tokens in turn, then two calls of which the short one hits. */
function rows(shares: readonly number[], cachedOfTwo: number) {
  return Array.from({ length: 240 }, (_, hour) => {
    const at = MONDAY_MS + hour * HOUR;
    const cached = 1000 * (shares[hour % shares.length] ?? 0);
    const single = { ...usageRow(CHAT, at, { calls: 1 }), cacheReadTokens: cached };
    const two = { ...usageRow(CHAT, at + 30 * MINUTE, { calls: 2 }), cacheReadTokens: cachedOfTwo };
    return [
      { ...single, inputTokens: 1000 - cached },
      { ...two, inputTokens: 3300 - cachedOfTwo },
    ];
  }).flat();
}

describe('hits that are inferred from cached tokens', () => {
  test.for([
    { note: 'two calls of which one surely hit are one hit', shares: [0.8], cached: 240, hits: 2 },
    { note: 'two calls that miss are none', shares: [0.8], cached: 0, hits: 1 },
    { note: 'two calls with the share of hits are two', shares: [0.8], cached: 2640, hits: 3 },
    {
      note: 'where shares of hits differ, hits are shares of the input',
      shares: [0.5, 0.9],
      cached: 240,
      hits: 1.2078,
    },
  ])('$note', ({ shares, cached, hits }) => {
    const history = learned(rows(shares, cached), MONDAY_MS + 10 * DAY);
    const { cache } =
      [...history.scopes.values()].find(({ scope }) => scope.level === 'feature') ?? {};
    const share = (cache?.hits ?? 0) / ((cache?.hits ?? 0) + (cache?.misses ?? 0));
    expect(3 * share).toBeCloseTo(hits, 1);
  });
});
