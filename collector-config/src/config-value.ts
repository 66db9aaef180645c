/** A value of a Collector configuration. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** A map of a Collector configuration. */
export interface ConfigMap {
  readonly [key: string]: ConfigValue;
}

/** True for maps, not for lists and scalars. */
export function isConfigMap(value: unknown): value is ConfigMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a path of keys; empty where there is none. */
export function mapAt(config: ConfigMap, ...path: readonly string[]): ConfigMap {
  let map: ConfigMap = config;
  for (const key of path) {
    const next = map[key];
    if (!isConfigMap(next)) return {};
    map = next;
  }
  return map;
}
