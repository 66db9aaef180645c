const STEPS_SECONDS: readonly number[] = [2, 5, 15, 30, 60, 120, 300, 900, 1800, 3600];

/**
 * How long to wait before the next attempt, in milliseconds, after `attempts` failed ones.
 *
 * 2 s, 5 s, 15 s … 1 h, up to a fifth shorter or longer by `random` (0 to 1); a server's own wish is a lower limit.
 */
export function backOffMs(
  attempts: number,
  options: { readonly random: number; readonly afterMs?: number | undefined },
): number {
  const step = STEPS_SECONDS[Math.min(Math.max(attempts, 1), STEPS_SECONDS.length) - 1] ?? 3600;
  const jittered = step * (0.8 + 0.4 * options.random);
  const wishedMs = Math.min(options.afterMs ?? 0, 86_400_000);
  return Math.round(Math.max(jittered * 1000, wishedMs));
}
