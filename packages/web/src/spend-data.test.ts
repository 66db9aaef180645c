import type { SpendSeries } from '@tokenmeter/server';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignColours, COLOUR_COUNT } from './assign-colours.ts';
import { describeRows } from './describe-rows.ts';
import { stackSeries } from './stack-series.ts';

function series(key: string, usd: readonly number[], totalCalls = 10, totalUnpricedCalls?: number) {
  return {
    key,
    usd,
    calls: usd.map(() => 1),
    totalUsd: usd.reduce((sum, one) => sum + one, 0),
    totalCalls,
    ...(totalUnpricedCalls === undefined ? {} : { totalUnpricedCalls }),
  };
}

function spendOf(all: SpendSeries['series'], length: number): SpendSeries {
  const times = Array.from({ length }, (_, index) => index * 60_000);
  return { groupBy: 'feature', fromEpochMs: 0, stepSeconds: 60, times, series: all };
}

describe('stack', () => {
  test('layers lie on each other and small ones merge into other', () => {
    const spend = spendOf(
      [series('a', [4, 2]), series('b', [1, 3]), series('c', [1, 0]), series('other', [0.5, 0])],
      2,
    );
    expect(stackSeries(spend, 2).layers).toEqual([
      { key: 'a', usd: [4, 2], top: [4, 2] },
      { key: 'b', usd: [1, 3], top: [5, 5] },
      { key: 'other', usd: [1.5, 0], top: [6.5, 5] },
    ]);
  });

  test('bars add up to the whole spend, however many series there are', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 14 }), (all) => {
        const spend = spendOf(
          all.map((usd, index) => series(`k${index}`, usd)),
          3,
        );
        const want = [0, 1, 2].map((at) => all.reduce((sum, usd) => sum + (usd[at] ?? 0), 0));
        expect(stackSeries(spend).totals).toEqual(want);
      }),
    );
  });
});

describe('table', () => {
  test.for([
    {
      note: 'a priced key',
      one: series('a', [3, 1], 8, 0),
      want: { key: 'a', usd: 4, share: 1, calls: 8, unpricedCalls: 0, usdPerCall: 0.5 },
    },
    {
      note: 'a partly priced key divides by its priced calls',
      one: series('a', [4], 10, 2),
      want: { key: 'a', usd: 4, share: 1, calls: 10, unpricedCalls: 2, usdPerCall: 0.5 },
    },
    {
      note: 'an unpriced key shows no money',
      one: series('a', [0], 5, 5),
      want: { key: 'a', calls: 5, unpricedCalls: 5 },
    },
    {
      note: 'a key that is known to be free shows zero',
      one: series('a', [0], 5, 0),
      want: { key: 'a', usd: 0, calls: 5, unpricedCalls: 0, usdPerCall: 0 },
    },
    {
      note: 'nothing is said when free and unpriced cannot be told apart',
      one: series('a', [0], 5),
      want: { key: 'a', calls: 5, unpricedCalls: 0 },
    },
  ])('$note', ({ one, want }) => {
    expect(describeRows(spendOf([one], one.usd.length)).rows).toEqual([want]);
  });

  test('the total is the sum of its lines', () => {
    const spend = spendOf([series('a', [3], 6, 0), series('b', [0], 4, 4)], 1);
    expect(describeRows(spend).total).toEqual({
      key: 'Total',
      usd: 3,
      share: 1,
      calls: 10,
      unpricedCalls: 4,
      usdPerCall: 0.5,
    });
  });
});

describe('colours', () => {
  const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 8 });

  test('visible keys never share a colour and keep the one they had', () => {
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        const before = assignColours(new Map(), first);
        const after = assignColours(before, second);
        const shown = second.map((key) => after.get(key)).filter((slot) => slot !== undefined);
        expect(new Set(shown).size).toBe(shown.length);
        for (const key of second.filter((one) => before.has(one))) {
          expect(after.get(key)).toBe(before.get(key));
        }
        expect(Math.max(-1, ...shown)).toBeLessThan(COLOUR_COUNT);
      }),
    );
  });

  test('the rest and the unattributed are grey', () => {
    expect(assignColours(new Map(), ['other', 'unattributed', 'unknown', ''])).toEqual(new Map());
  });
});
