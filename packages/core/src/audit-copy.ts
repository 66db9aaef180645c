import { isRecord } from './wire-value.ts';

/** Members of usage objects whose value is a word and never content. */
const WORD_KEYS: ReadonlySet<string> = new Set([
  'inference_geo',
  'modality',
  'model',
  'service_tier',
  'speed',
  'trafficType',
  'ttl',
  'type',
]);

const WORD = /^[\w.:/@+-]{1,128}$/;
const NUMERAL = /^[-+]?[\d.]{1,24}(e[-+]?\d{1,4})?$/i;
const KEY = /^[A-Za-z][\w.-]{0,63}$/;
const MAX_DEPTH = 6;
const MAX_MEMBERS = 64;

/**
 * Copies a usage object for audit, keeping numbers, booleans, nulls, numerals in strings and the words of known members.
 * Everything else is left out, so that no content can travel with it. Depth and width are bounded. Never throws.
 */
export function auditCopy(value: unknown, depth = 0): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'string') return NUMERAL.test(value) ? value : undefined;
  if (depth >= MAX_DEPTH) return undefined;
  if (Array.isArray(value)) {
    return value.slice(0, MAX_MEMBERS).map((item) => auditCopy(item, depth + 1) ?? null);
  }
  return isRecord(value) ? copyMembers(value, depth) : undefined;
}

function copyMembers(record: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(record).slice(0, MAX_MEMBERS)) {
    if (!KEY.test(key) || key === 'constructor') continue;
    const isWord = typeof member === 'string' && WORD_KEYS.has(key) && WORD.test(member);
    const kept = isWord ? member : auditCopy(member, depth + 1);
    if (kept !== undefined) copy[key] = kept;
  }
  return copy;
}
