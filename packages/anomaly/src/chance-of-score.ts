const TERMS = 60;
/** A smaller score is no evidence. */
const LEAST_SCORE = 1;
/** Rarer than this is not known of any traffic. */
const MOST_WINDOWS = 1e9;

/** How rarely chance does as much: in one of so many windows, to two digits; in fewer still where `isRarer`. */
export interface Rarity {
  readonly windows: number;
  readonly isRarer: boolean;
}

/** How rarely chance alone reaches a score; undefined for plain facts and for scores that are no evidence. */
export function rarityOfScore(score: number): Rarity | undefined {
  if (!Number.isFinite(score) || score < LEAST_SCORE) return undefined;
  const windows = Math.min(MOST_WINDOWS, 1 / chanceOfScore(score));
  return { windows: Number(windows.toPrecision(2)), isRarer: windows === MOST_WINDOWS };
}

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
