/** Tells every number that is there, by its name: `Object.entries` leaves an array for each. */
export function eachCount<K extends string>(
  counts: Readonly<Partial<Record<K, number>>>,
  tell: (name: K, count: number) => void,
): void {
  for (const name in counts) {
    const count = counts[name];
    if (count !== undefined) tell(name, count);
  }
}
