/** A property of a value of any type; undefined when it has none. Getters run, so guard it. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
