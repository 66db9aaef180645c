import { expect, test } from 'vitest';
import { chanceOfScore, rarityOfScore } from './chance-of-score.ts';

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

test.for([
  { score: 3, want: { windows: 740, isRarer: false } },
  { score: 5, want: { windows: 3_500_000, isRarer: false } },
  { score: 9, want: { windows: 1e9, isRarer: true } },
  { score: 0.9, want: undefined },
  { score: Number.NaN, want: undefined },
  { score: Number.POSITIVE_INFINITY, want: undefined },
])('chance reaches $score as rarely as $want', ({ score, want }) => {
  expect(rarityOfScore(score)).toEqual(want);
});
