/** The score that a normal one exceeds with this probability; 0 from a half on (Abramowitz and Stegun 26.2.23, error below 0.0005). */
export function normalQuantile(probability: number): number {
  if (!(probability < 0.5)) return 0;
  const t = Math.sqrt(-2 * Math.log(Math.max(1e-12, probability)));
  const top = 2.515517 + 0.802853 * t + 0.010328 * t * t;
  const bottom = 1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3;
  return t - top / bottom;
}
