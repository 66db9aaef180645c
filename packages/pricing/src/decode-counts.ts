import type { TokenClass, TokenCounts, Usage } from '@tokenmeter/core';
import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import { isObject, type JsonObject } from './price-fields.ts';

/**
 * What totals mean: `inclusive` as in the OpenTelemetry conventions (input holds cached tokens and media, output holds
 * reasoning and media), `exclusive` as at Anthropic (input leaves out cache reads and writes).
 */
export type CountSemantics = 'inclusive' | 'exclusive';

/** Totals and parts by the class that they become; `input_tokens`, `output_tokens` and `cache_write_tokens` are totals. */
const INPUT_PARTS: readonly (readonly [string, TokenClass])[] = [
  ['input_audio_tokens', 'input_audio'],
  ['input_image_tokens', 'input_image'],
  ['input_video_tokens', 'input_video'],
];
const CACHE_PARTS: readonly (readonly [string, TokenClass])[] = [
  ['cache_audio_read_tokens', 'cache_read_audio'],
  ['cache_image_read_tokens', 'cache_read_image'],
];
const WRITE_PARTS: readonly (readonly [string, TokenClass])[] = [
  ['cache_write_5m_tokens', 'cache_write_5m'],
  ['cache_write_1h_tokens', 'cache_write_1h'],
];
const OUTPUT_PARTS: readonly (readonly [string, TokenClass])[] = [
  ['output_reasoning_tokens', 'reasoning'],
  ['output_audio_tokens', 'output_audio'],
  ['output_image_tokens', 'output_image'],
];

/**
 * Reads counts that are no wire usage: our own classes (`input`, `cache_read`, …, `web_search`), or with `semantics`
 * totals (`input_tokens`, `cache_read_tokens`, …). Impossible counts and parts above their total give an inconsistent
 * usage; no counts at all give a missing one. Unknown keys are refused, so that a typing error costs nothing silently.
 * Never throws.
 */
export function decodeCounts(usage: unknown, semantics?: CountSemantics): Usage {
  if (usage === undefined || usage === null) return { kind: 'missing' };
  if (!isObject(usage)) return inconsistent('usage_is_no_object', usage);
  const known = Object.entries(usage).filter(([, count]) => count !== null && count !== undefined);
  const bad = known.find(([, count]) => !Number.isSafeInteger(count) || Number(count) < 0);
  if (bad !== undefined) return inconsistent(`impossible_count:${bad[0].slice(0, 64)}`, usage);
  if (known.length === 0) return { kind: 'missing' };
  return semantics === undefined ? readClasses(usage) : readTotals(usage, semantics);
}

function inconsistent(problem: string, raw: unknown): Usage {
  return { kind: 'inconsistent', problem, raw };
}

function countOf(usage: JsonObject, key: string): number | undefined {
  const count = Object.hasOwn(usage, key) ? usage[key] : undefined;
  return typeof count === 'number' ? count : undefined;
}

function readClasses(usage: JsonObject): Usage {
  const names: readonly string[] = [...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES];
  const unknown = Object.keys(usage).find((key) => !names.includes(key));
  if (unknown !== undefined) return inconsistent(`unknown_count:${unknown.slice(0, 64)}`, usage);
  return {
    kind: 'reported',
    tokens: pick(usage, TOKEN_CLASS_NAMES),
    requests: pick(usage, REQUEST_CLASS_NAMES),
    raw: usage,
  };
}

function pick<K extends string>(
  usage: JsonObject,
  names: readonly K[],
): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const name of names) {
    const count = countOf(usage, name);
    if (count !== undefined) counts[name] = count;
  }
  return counts;
}

/** A total without the parts that have classes of their own; a negative rest is for the caller to refuse. */
function rest(
  total: number | undefined,
  ...parts: readonly (number | undefined)[]
): number | undefined {
  if (total === undefined) return undefined;
  return parts.reduce<number>((left, part) => left - (part ?? 0), total);
}

function sum(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}

const TOTAL_KEYS: ReadonlySet<string> = new Set([
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'total_tokens',
  ...[...INPUT_PARTS, ...CACHE_PARTS, ...WRITE_PARTS, ...OUTPUT_PARTS].map(([key]) => key),
  ...REQUEST_CLASS_NAMES,
]);

function readTotals(usage: JsonObject, semantics: CountSemantics): Usage {
  const unknown = Object.keys(usage).find((key) => !TOTAL_KEYS.has(key));
  if (unknown !== undefined) return inconsistent(`unknown_count:${unknown.slice(0, 64)}`, usage);
  const cached = readParts(usage, CACHE_PARTS);
  const writes = readParts(usage, WRITE_PARTS);
  const media = uncachedMedia(usage, cached, semantics);
  const answers = readParts(usage, OUTPUT_PARTS);
  const read = countOf(usage, 'cache_read_tokens');
  const written = countOf(usage, 'cache_write_tokens');
  const cacheTotal = Math.max(read ?? 0, sum(cached)) + Math.max(written ?? 0, sum(writes));
  const inside = semantics === 'inclusive' ? cacheTotal : 0;
  const output = countOf(usage, 'output_tokens');
  const counts = {
    ...cached,
    ...writes,
    ...media,
    ...answers,
    input: rest(countOf(usage, 'input_tokens'), inside, sum(media)),
    cache_read: rest(read, sum(cached)),
    cache_write: restOfWrites(written, sum(writes)),
    output: rest(output, sum(answers)),
  };
  const tokens = definedCounts(counts);
  if (Object.values(tokens).some((count) => count < 0)) {
    return inconsistent('parts_exceed_total', usage);
  }
  return { kind: 'reported', tokens, requests: pick(usage, REQUEST_CLASS_NAMES), raw: usage };
}

/** Inclusive totals of media hold their cached tokens too. */
function uncachedMedia(
  usage: JsonObject,
  cached: Partial<Record<TokenClass, number>>,
  semantics: CountSemantics,
): Partial<Record<TokenClass, number>> {
  const media = readParts(usage, INPUT_PARTS);
  if (semantics === 'exclusive') return media;
  if (media.input_audio !== undefined) media.input_audio -= cached.cache_read_audio ?? 0;
  if (media.input_image !== undefined) media.input_image -= cached.cache_read_image ?? 0;
  return media;
}

function restOfWrites(total: number | undefined, parts: number): number | undefined {
  const left = rest(total, parts);
  return left === 0 && parts > 0 ? undefined : left;
}

function readParts(
  usage: JsonObject,
  parts: readonly (readonly [string, TokenClass])[],
): Partial<Record<TokenClass, number>> {
  const counts: Partial<Record<TokenClass, number>> = {};
  for (const [key, name] of parts) {
    const count = countOf(usage, key);
    if (count !== undefined) counts[name] = count;
  }
  return counts;
}

function definedCounts(
  counts: Readonly<Partial<Record<TokenClass, number | undefined>>>,
): TokenCounts & Record<string, number> {
  const defined: Record<string, number> = {};
  for (const name of TOKEN_CLASS_NAMES) {
    const count = counts[name];
    if (count !== undefined) defined[name] = count;
  }
  return defined;
}
