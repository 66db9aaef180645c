import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decompose } from './decompose.ts';
import { createUsageSum, type UsageSum } from './usage-sum.ts';

/** Usage at 1 USD per input token, 0.1 per cached and 4 per output token. */
function usage(calls: number, input: number, cached: number, output: number, price = 1): UsageSum {
  return {
    ...createUsageSum(),
    calls,
    inputTokens: input,
    cacheReadTokens: cached,
    outputTokens: output,
    inputUsd: input * price,
    cacheReadUsd: cached * 0.1 * price,
    outputUsd: output * 4 * price,
    costUsd: (input + cached * 0.1 + output * 4) * price,
  };
}

const NONE = createUsageSum();
const ZERO = { volume: 0, mix: 0, input_tokens: 0, output_tokens: 0, cache: 0, price: 0, other: 0 };

test.for([
  {
    note: 'twice the calls is volume',
    changes: [{ before: usage(10, 100, 0, 10), after: usage(20, 200, 0, 20) }],
    want: { ...ZERO, volume: 140 },
  },
  {
    note: 'twice the output per call is output tokens',
    changes: [{ before: usage(10, 100, 0, 10), after: usage(10, 100, 0, 20) }],
    want: { ...ZERO, output_tokens: 40 },
  },
  {
    note: 'twice the price is price',
    changes: [{ before: usage(10, 100, 50, 10), after: usage(10, 100, 50, 10, 2) }],
    want: { ...ZERO, price: 145 },
  },
  {
    note: 'a cache that no longer hits is cache',
    changes: [{ before: usage(10, 20, 80, 0), after: usage(10, 100, 0, 0) }],
    want: { ...ZERO, cache: 72 },
  },
  {
    note: 'calls moved to a dearer series are mix',
    changes: [
      { before: usage(10, 100, 0, 0), after: NONE },
      { before: NONE, after: usage(10, 100, 0, 0, 5) },
    ],
    want: { ...ZERO, mix: 400 },
  },
  {
    note: 'the first calls ever are volume',
    changes: [{ before: NONE, after: usage(5, 100, 0, 0) }],
    want: { ...ZERO, volume: 100 },
  },
  { note: 'nothing is nothing', changes: [{ before: NONE, after: NONE }], want: ZERO },
])('$note', ({ changes, want }) => {
  const parts = decompose(changes);
  for (const [name, value] of Object.entries(want)) {
    expect(Object.entries(parts).find(([part]) => part === name)?.[1]).toBeCloseTo(value, 9);
  }
});

const amount = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true }));
const anyUsage = fc
  .tuple(amount, amount, amount, amount, amount, amount, amount, amount)
  .map(([calls, input, cached, output, a, b, c, rest]) => ({
    ...createUsageSum(),
    calls,
    inputTokens: input,
    cacheReadTokens: cached,
    outputTokens: output,
    inputUsd: a,
    cacheReadUsd: b,
    outputUsd: c,
    costUsd: a + b + c + rest,
  }));

test('the parts sum to the change, whatever was born or died', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ before: anyUsage, after: anyUsage }), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const parts = Object.values(decompose(changes));
        const change = changes.reduce(
          (sum, one) => sum + one.after.costUsd - one.before.costUsd,
          0,
        );
        const size = Math.max(...parts.map(Math.abs), Math.abs(change), 1e-300);
        const total = parts.reduce((sum, part) => sum + part, 0);
        expect(parts.every(Number.isFinite)).toBe(true);
        expect(Math.abs(total - change) / size).toBeLessThan(1e-9);
      },
    ),
  );
});
