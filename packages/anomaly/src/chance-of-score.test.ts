import { expect, test } from 'vitest';
import { chanceOfScore } from './chance-of-score.ts';

// Abramowitz and Stegun, table 26.1 and 26.2.
test.for([
  { score: 1, chance: 0.158655254 },
  { score: 1.96, chance: 0.0249978951 },
  { score: 3, chance: 0.001349898 },
  { score: 5, chance: 2.86651572e-7 },
])('a normal score of $score is exceeded with probability $chance', ({ score, chance }) => {
  expect(chanceOfScore(score) / chance).toBeCloseTo(1, 5);
});

test.for([0, -3, Number.NaN])('%d says nothing', (score) => {
  expect(chanceOfScore(score)).toBe(0.5);
});

test('no score has no chance at all below zero', () => {
  expect(chanceOfScore(1e9)).toBe(0);
});
