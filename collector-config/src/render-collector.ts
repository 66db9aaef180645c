import { stringify } from 'yaml';
import type { CollectorComposition } from './compose-collector.ts';
import type { ConfigMap, ConfigValue } from './config-value.ts';
import { isConfigMap } from './config-value.ts';

/** The `--config` arguments of a composition, with the folder in which its files lie. */
export function renderConfigArguments(
  { files, override }: CollectorComposition,
  folder: string,
): readonly string[] {
  return [...files.map((file) => `${folder}/${file}`), `yaml:${override}`].flatMap((value) => [
    '--config',
    value,
  ]);
}

/** A `${file:…}` whose path is a variable with a default: price data and tables of dialects. */
const FILE_REFERENCE = /\$\{file:\$\{env:([A-Za-z_][A-Za-z0-9_]*):-([^}]*)\}\}/g;

/** A file that a configuration includes. */
export interface IncludedFile {
  /** The variable that may name another one. */
  readonly variable: string;
  /** Relative to the configuration folder, such as `generated/price-rows.ottl`. */
  readonly path: string;
}

/** The files that a configuration includes, each once. */
export function includedFiles(config: ConfigMap): readonly IncludedFile[] {
  const files = new Map<string, string>();
  for (const [, variable = '', path = ''] of JSON.stringify(config).matchAll(FILE_REFERENCE)) {
    files.set(variable, path);
  }
  return [...files].map(([variable, path]) => ({ variable, path }));
}

/**
 * One YAML text that says what all files of a composition say. Included files take the place of their reference; `texts`
 * has them by the variable that names them. Other environment variables are still read at start.
 */
export function renderMergedConfig(
  { merged }: CollectorComposition,
  texts: ReadonlyMap<string, string>,
): string {
  const inline = (value: ConfigValue): ConfigValue => {
    if (typeof value === 'string') {
      return value.replaceAll(FILE_REFERENCE, (whole, name: string) => texts.get(name) ?? whole);
    }
    if (Array.isArray(value)) return value.map(inline);
    if (!isConfigMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inline(inner)]));
  };
  return stringify(inline(merged), { lineWidth: 0, aliasDuplicateObjects: false });
}
