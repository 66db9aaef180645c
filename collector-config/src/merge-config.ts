import { type ConfigMap, type ConfigValue, isConfigMap } from './config-value.ts';

/**
 * Merges configurations as the Collector does with several `--config`: maps merge deeply, everything else, lists too, is
 * replaced by the later one.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector/tree/main/confmap (checked 2026-11-21)
 */
export function mergeConfig(configs: readonly ConfigMap[]): ConfigMap {
  let merged: ConfigMap = {};
  for (const config of configs) merged = mergeTwo(merged, config);
  return merged;
}

function mergeTwo(base: ConfigMap, over: ConfigMap): ConfigMap {
  const merged: Record<string, ConfigValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isConfigMap(before) && isConfigMap(value) ? mergeTwo(before, value) : value;
  }
  return merged;
}
