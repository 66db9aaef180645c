import type { ConfigValue } from './config-value.ts';

/** An environment variable that a configuration reads. */
export interface EnvironmentName {
  readonly name: string;
  /** True when the configuration gives no default. */
  readonly isRequired: boolean;
}

/** `${env:NAME}`, `${env:NAME:-default}`, also inside another one's default; `$${…}` is text. */
const REFERENCE = /(?<!\$)(?:\$\$)*\$\{env:([A-Za-z_][A-Za-z0-9_]*)(:-|\})/g;

/** All variables that the strings of a configuration read, each once, in order of appearance. Required wins. */
export function findEnvironment(config: ConfigValue): readonly EnvironmentName[] {
  const found = new Map<string, boolean>();
  for (const text of stringsOf(config)) {
    for (const [, name = '', end] of text.matchAll(REFERENCE)) {
      found.set(name, found.get(name) === true || end === '}');
    }
  }
  return [...found].map(([name, isRequired]) => ({ name, isRequired }));
}

function* stringsOf(value: ConfigValue): Iterable<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) yield* stringsOf(inner);
}
