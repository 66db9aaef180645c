import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const draw = (seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: 1000 }, () => random.next());
};

test('the same seed gives the same sequence, another seed another one', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('uniform draws have the mean of the uniform distribution', () => {
  const values = draw(3);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  // Five standard errors of 1/sqrt(12 · 1000).
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.046);
});

test('between reaches both of its ends and nothing beyond', () => {
  const random = createRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
  expect([...drawn].sort()).toEqual([3, 4, 5]);
});

test.for([0, 0.5, 12, 900])('poisson counts have mean and variance %s', (mean) => {
  const random = createRandom(11);
  const counts = Array.from({ length: 2000 }, () => random.poisson(mean));
  const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
  expect(Math.abs(average - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean / 2000));
  expect(Math.abs(variance - mean)).toBeLessThanOrEqual(0.2 * mean + 0.05);
});
