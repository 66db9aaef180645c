import type { CacheBaseline } from './cache-baseline.ts';
import type { CostModel } from './cost-model.ts';
import { COST_BYTES, createCostModel } from './cost-state.ts';
import {
  createHistory,
  type History,
  type ScopeHistory,
  type SeriesHistory,
  seriesOf,
  sortedScopes,
} from './history.ts';
import { CHECK_BYTES, checkOf, HISTORY_VERSION, LENGTH_BYTES } from './render-history.ts';
import { SCOPE_BYTES } from './scope-state.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { ALL_FIELDS, bytesOfRing, isFiniteRing, widenRing } from './usage-ring.ts';

/**
 * Reads what `renderHistory` wrote; undefined when it is something else, damaged, incomplete, or of another version. Never
 * throws.
 */
export function parseHistory(parts: Iterable<Uint8Array>): History | undefined {
  const history = createHistory();
  let next = 0;
  let count = 1;
  try {
    for (const part of parts) {
      const bytes = uncheckedPart(part);
      if (bytes === undefined) return undefined;
      const outline = readOutline(bytes);
      if (outline?.version !== HISTORY_VERSION || outline.part !== next) return undefined;
      if (typeof outline.parts !== 'number' || !readPart(history, outline, bytes)) return undefined;
      count = outline.parts;
      next += 1;
    }
  } catch {
    return undefined;
  }
  if (next !== count) return undefined;
  sortedScopes(history);
  return history;
}

/** What a part holds, where its hash is right. */
function uncheckedPart(part: Uint8Array): Uint8Array | undefined {
  const end = part.length - CHECK_BYTES;
  if (end < LENGTH_BYTES) return undefined;
  const bytes = part.subarray(0, end);
  const check = new DataView(part.buffer, part.byteOffset).getUint32(end, true);
  return check === checkOf(bytes) ? bytes : undefined;
}

interface Outline extends Record<string, unknown> {
  /** Where the numbers begin. */
  readonly end: number;
}

function readOutline(bytes: Uint8Array): Outline | undefined {
  let length = 0;
  for (let at = LENGTH_BYTES - 1; at >= 0; at -= 1) length = length * 256 + (bytes[at] ?? 0);
  const end = LENGTH_BYTES + length;
  if (end > bytes.length) return undefined;
  const text: string[] = [];
  for (let at = LENGTH_BYTES; at < end; at += 8192) {
    text.push(String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 8192))));
  }
  const value: unknown = JSON.parse(text.join(''));
  return isObject(value) ? { ...value, end } : undefined;
}

function readPart(history: History, outline: Outline, bytes: Uint8Array): boolean {
  const { series, scopes } = outline;
  if (!Array.isArray(series) || !Array.isArray(scopes)) return false;
  if (isObject(outline.history)) readGlobals(history, outline.history);
  const made = series.map((one) => createSeries(history, one));
  let at = outline.end;
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const isWhole =
    scopes.every((one) => readScope(history, one, take)) &&
    made.every((one) => one !== undefined && readNumbersOf(one, take));
  return isWhole && at === bytes.length;
}

function readGlobals(history: History, value: Record<string, unknown>): void {
  if (typeof value.advancedToEpochMs === 'number')
    history.advancedToEpochMs = value.advancedToEpochMs;
  if (isSpans(value.gaps)) history.gaps = value.gaps;
  if (isSpans(value.plannedEvents)) history.plannedEvents = value.plannedEvents;
  if (isObject(value.refused)) readNumbers(history.refused, value.refused);
}

function createSeries(history: History, value: unknown): SeriesHistory | undefined {
  if (!isObject(value) || !isLabels(value.labels) || typeof value.firstEpochMs !== 'number')
    return undefined;
  const { fields } = value;
  if (typeof fields !== 'number' || !Number.isInteger(fields)) return undefined;
  if (fields < 0 || fields > ALL_FIELDS) return undefined;
  const series = seriesOf(history, value.labels, value.firstEpochMs);
  widenRing(series.ring, fields);
  if (typeof value.lastBlock === 'number') series.lastBlock = value.lastBlock;
  if (typeof value.lastUnpricedBlock === 'number')
    series.lastUnpricedBlock = value.lastUnpricedBlock;
  return series;
}

type Take = (length: number) => Uint8Array;

function readScope(history: History, value: unknown, take: Take): boolean {
  if (!isObject(value) || typeof value.key !== 'string') return false;
  const scope = history.scopes.get(value.key);
  if (scope === undefined) return false;
  if (Number.isSafeInteger(value.lastDay)) scope.lastDay = Number(value.lastDay);
  if (isObject(value.cache)) readCache(scope.cacheToLearn(), value.cache);
  const { bytes } = scope;
  const given = take(SCOPE_BYTES);
  if (given.length !== SCOPE_BYTES) return false;
  bytes.set(given);
  return isFiniteScope(scope) && readPrompts(history, scope, { versions: value.prompts, take });
}

function readPrompts(
  { pool }: History,
  scope: ScopeHistory,
  { versions, take }: { readonly versions: unknown; readonly take: Take },
): boolean {
  if (versions === undefined) return true;
  if (!Array.isArray(versions)) return false;
  const prompts = new Map<string, CostModel>();
  scope.prompts = prompts;
  return versions.every((version) => {
    const given = take(COST_BYTES);
    if (typeof version !== 'string' || given.length !== COST_BYTES) return false;
    const model = createCostModel(pool);
    model.bytes.set(given);
    prompts.set(version, model);
    return isFiniteCost(model);
  });
}

function isFiniteCost({ numbers, levels, ring }: CostModel): boolean {
  return [numbers, levels, ring].every((array) => array.every(Number.isFinite));
}

/** What would spread through every figure. */
function isFiniteScope({ model, cost, days, part }: ScopeHistory): boolean {
  const { numbers, slots, blocks, day, spreads } = model;
  const isCountFinite = [numbers, slots, blocks, day, spreads, days].every((array) =>
    array.every(Number.isFinite),
  );
  const { block, calls, costUsd, pricedCalls, hits, misses } = part;
  const ofPart = [block, calls, costUsd, pricedCalls, hits, misses];
  return isCountFinite && ofPart.every(Number.isFinite) && isFiniteCost(cost);
}

function readNumbersOf({ bytes, ring }: SeriesHistory, take: Take): boolean {
  const given = take(bytes.length);
  const known = bytesOfRing(ring);
  const ofRing = take(known.length);
  if (given.length !== bytes.length || ofRing.length !== known.length) return false;
  bytes.set(given);
  known.set(ofRing);
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return numbers.every(Number.isFinite) && isFiniteRing(ring);
}

function readCache(cache: CacheBaseline, value: Record<string, unknown>): void {
  readNumbers(cache, value);
  if (isObject(value.dispersion)) readNumbers(cache.dispersion, value.dispersion);
  if (isObject(value.drop)) readNumbers(cache.drop, value.drop);
}

/** Copies the finite numbers that the target has too. */
function readNumbers(target: object, source: Record<string, unknown>): void {
  for (const [name, known] of Object.entries(target)) {
    const value = source[name];
    if (typeof known === 'number' && typeof value === 'number')
      Object.assign(target, { [name]: value });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): value is SeriesLabels {
  return (
    isObject(value) &&
    Object.values(value).every((one) => typeof one === 'string') &&
    ['service', 'feature', 'provider', 'model'].every((name) => name in value)
  );
}

function isSpans(value: unknown): value is readonly { fromEpochMs: number; toEpochMs: number }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one) =>
        isObject(one) && typeof one.fromEpochMs === 'number' && typeof one.toEpochMs === 'number',
    )
  );
}
