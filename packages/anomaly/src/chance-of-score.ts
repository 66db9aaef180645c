const TERMS = 60;

/**
 * Probability that a normal score lies above `score` by chance, by the continued fraction of Laplace; right to six digits from
 * 1 up. A half at 0 and below.
 */
export function chanceOfScore(score: number): number {
  if (!(score > 0)) return 0.5;
  let rest = score;
  for (let term = TERMS; term > 0; term -= 1) rest = score + term / rest;
  return Math.min(0.5, Math.exp(-(score ** 2) / 2) / Math.sqrt(2 * Math.PI) / rest);
}
