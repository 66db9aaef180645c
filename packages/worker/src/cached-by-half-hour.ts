/** Time zones of today change their offset at such a boundary. */
export const HALF_HOUR_MS: number = 1_800_000;
const CACHE_SIZE = 20_000;

/** Computes a value for the half hour that an instant lies in, from its beginning, once for each as long as it is kept. */
export function cachedByHalfHour(
  compute: (fromEpochMs: number) => number,
): (epochMs: number) => number {
  const cache = new Map<number, number>();
  return (epochMs) => {
    const key = Math.floor(epochMs / HALF_HOUR_MS);
    const known = cache.get(key);
    if (known !== undefined) return known;
    if (cache.size >= CACHE_SIZE) cache.clear();
    const value = compute(key * HALF_HOUR_MS);
    cache.set(key, value);
    return value;
  };
}
