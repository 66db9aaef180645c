import type { Attributes } from './received-telemetry.ts';

/** A text attribute; undefined where there is none, or no text. */
export function textAt(attributes: Attributes, key: string): string | undefined {
  const text = attributes.get(key);
  return typeof text === 'string' ? text : undefined;
}

/** A JSON text; undefined for anything else. */
export function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path such as `a.b`; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found ?? undefined;
}

/** The first value of several paths, if it is a word. */
export function wordAt(value: unknown, ...paths: readonly string[]): string | undefined {
  const found = paths.map((path) => at(value, path)).find((each) => each !== undefined);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The first count of several paths; numbers may be text. */
export function countAt(value: unknown, ...paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const found = at(value, path);
    const isText = typeof found === 'string' && /^\d{1,15}$/.test(found);
    const count = typeof found === 'number' || isText ? Number(found) : Number.NaN;
    if (Number.isFinite(count)) return Math.trunc(count);
  }
  return undefined;
}
