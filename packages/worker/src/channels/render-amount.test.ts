import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderCount, renderUsd, roundChange } from './render-amount.ts';

test.for([
  { value: 1234.5, want: '$1,234.50' },
  { value: 41, want: '$41.00' },
  { value: 0.5, want: '$0.50' },
  { value: 0.0312, want: '$0.0312' },
  { value: 0.000_012_34, want: '$0.0000123' },
  { value: 0, want: '$0.00' },
  { value: -2, want: '-$2.00' },
])('$value USD is $want', ({ value, want }) => {
  expect(renderUsd(value)).toBe(want);
});

test.for([
  { value: 3120, want: '3,120' },
  { value: 2.5, want: '2.5' },
  { value: 2, want: '2' },
  { value: 12.4, want: '12' },
])('$value is counted as $want', ({ value, want }) => {
  expect(renderCount(value)).toBe(want);
});

test.for([
  {
    note: 'thirds',
    parts: { volume: 1 / 3 + 1, mix: 1 / 3 + 1, price: 1 / 3 + 1 },
    want: 'volume +$1.34, mix +$1.33, price +$1.33 = +$4.00',
  },
  {
    note: 'small parts as a rest',
    parts: { volume: 38.5, output_tokens: 2.75, price: -0.25, cache: 0.001 },
    want: 'volume +$38.50, output_tokens +$2.75, rest -$0.25 = +$41.00',
  },
  {
    note: 'parts that cancel out',
    parts: { volume: 10, price: -10 },
    want: 'volume +$10.00, price -$10.00 = +$0.00',
  },
  { note: 'less than a cent', parts: { volume: 0.001_26 }, want: 'volume +$0.00126 = +$0.00126' },
])('$note', ({ parts, want }) => {
  const change = roundChange(parts);
  const shown = change?.parts.map(({ name, text }) => `${name} ${text}`).join(', ');
  expect(`${shown} = ${change?.total}`).toBe(want);
});

test('nothing moved is nothing to explain', () => {
  expect(roundChange({})).toBeUndefined();
  expect(roundChange({ volume: 0 })).toBeUndefined();
});

test('what a reader sees adds up, to the last digit', () => {
  const amount = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('volume', 'mix', 'cache', 'price'), amount),
      (parts) => {
        const change = roundChange(parts);
        if (change === undefined) return;
        const numberOf = (text: string): number => Number(text.replaceAll(/[$,+]/g, ''));
        const sum = change.parts.reduce((all, { text }) => all + numberOf(text), 0);
        const total = numberOf(change.total);
        expect(Math.abs(sum - total)).toBeLessThanOrEqual(
          1e-9 * Math.max(1, ...change.parts.map(({ usd }) => Math.abs(usd))),
        );
      },
    ),
  );
});
