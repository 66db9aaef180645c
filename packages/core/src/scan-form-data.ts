import type { JsonRecord } from './wire-value.ts';

/** Longest value taken for a form field; files are longer. */
const MAX_VALUE_LENGTH = 256;

/**
 * Reads wanted text fields of `multipart/form-data` without touching the files in it, one native search per field.
 * `true`, `false` and numerals become what they are in JSON. Never throws.
 */
export function scanFormData(text: string, wanted: ReadonlySet<string>): JsonRecord {
  const found: Record<string, unknown> = Object.create(null);
  for (const name of wanted) {
    const header = text.indexOf(`form-data; name="${name}"\r\n`);
    if (header < 0) continue;
    const start = text.indexOf('\r\n\r\n', header);
    const end = start < 0 ? -1 : text.indexOf('\r\n--', start + 4);
    if (end < 0 || end - start - 4 > MAX_VALUE_LENGTH) continue;
    found[name] = toJsonValue(text.slice(start + 4, end));
  }
  return found;
}

function toJsonValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}
