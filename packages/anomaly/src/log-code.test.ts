import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logCodeOf, valueOfLogCode } from './log-code.ts';

test('a value is right to 0.05 % from a millionth up, and nothing is nothing', () => {
  expect(valueOfLogCode(logCodeOf(0))).toBe(0);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 2 ** 53, noNaN: true }), (value) => {
      expect(Math.abs(valueOfLogCode(logCodeOf(value)) / value - 1)).toBeLessThan(0.0005);
    }),
  );
});

test.for([-1, Number.NaN, Number.NEGATIVE_INFINITY])('%d is nothing', (value) => {
  expect(logCodeOf(value)).toBe(0);
});

test('a larger value never has a smaller code', () => {
  const value = fc.double({ min: 0, max: 2 ** 60, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(Math.sign(logCodeOf(a) - logCodeOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
    }),
  );
});
