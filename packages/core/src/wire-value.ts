/** A JSON object as parsed. Its values are unknown until read. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object whose undefined properties were left out. */
export type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Longest text that is taken for a name (model, id, code, tier); anything longer is not one. */
const MAX_NAME_LENGTH = 256;

/** True for JSON objects, false for arrays, null and scalars. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of a JSON object; undefined for everything else, so that prototypes are never read. */
export function fieldOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The first of the keys whose value is neither absent nor null. */
export function firstOf(value: unknown, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const found = fieldOf(value, key) ?? undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A non-empty text short enough to be a name; undefined for everything else. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH
    ? value
    : undefined;
}

/** A finite number; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The items of a JSON array; empty for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Parses JSON text. Undefined when it is not JSON. Never throws. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Leaves out the undefined properties, so that absent stays absent. */
export function present<T extends object>(values: T): Present<T>;
export function present(values: Readonly<Record<string, unknown>>): object {
  const defined: Record<string, unknown> = {};
  // Plain objects of this package only, so that nothing is inherited; no list of entries is made.
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) defined[key] = value;
  }
  return defined;
}
