import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ReadConfigFile } from './compose-collector.ts';
import { CONFIG_FOLDER } from './config-folder.ts';

/** Reads a file that this package carries, such as `backends/otlp.yaml`; undefined when there is none. */
export const readConfigFile: ReadConfigFile = (name) => {
  if (!/^[\w-]+(?:\/[\w-]+)?\.yaml$/.test(name)) return undefined;
  try {
    return readFileSync(new URL(name, CONFIG_FOLDER), 'utf8');
  } catch {
    return undefined;
  }
};

/** The names that may be chosen in a folder, such as the backends, sorted. */
export function listConfigNames(
  folder: 'auth' | 'backends' | 'roles' | 'sampling',
): readonly string[] {
  return readdirSync(new URL(`${folder}/`, CONFIG_FOLDER))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}
