const STEPS_SECONDS: readonly number[] = [2, 5, 15, 30, 60, 120, 300];
const LONGEST_SECONDS = 600;
const LONGEST_WISH_MS = 86_400_000;

/**
 * How long to wait before the next attempt, in milliseconds, after `attempts` failed ones.
 *
 * 2 s, 5 s, 15 s, 30 s, 1 min, 2 min, 5 min, then every 10 min, up to a fifth shorter or longer by `random` (0 to 1); a
 * server's own wish is a lower limit, of at most a day.
 */
export function backOffMs(
  attempts: number,
  options: { readonly random: number; readonly afterMs?: number | undefined },
): number {
  const step = STEPS_SECONDS[Math.max(attempts, 1) - 1] ?? LONGEST_SECONDS;
  const jittered = step * (0.8 + 0.4 * options.random);
  const wishedMs = Math.min(options.afterMs ?? 0, LONGEST_WISH_MS);
  return Math.round(Math.max(jittered * 1000, wishedMs));
}
