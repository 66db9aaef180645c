/** One-sided 98 % normal score. */
const Z98 = 2.0537;

/**
 * The Wilson interval of a share, each side one-sided at 98 %. `successes` and `trials` may be fractions (effective
 * counts); without trials nothing is known: 0 to 1.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
): { readonly low: number; readonly high: number } {
  if (!(trials > 0)) return { low: 0, high: 1 };
  const share = Math.min(1, Math.max(0, successes / trials));
  const z2 = Z98 ** 2;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const reach =
    (Z98 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2))) / (1 + z2 / trials);
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
