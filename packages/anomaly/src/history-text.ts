import { decodeBase64, encodeBase64 } from './base64.ts';
import type { CacheBaseline } from './cache-baseline.ts';
import { type CostModel, createCostModel } from './cost-model.ts';
import type { CountModel } from './count-model.ts';
import {
  createHistory,
  type History,
  type ScopeHistory,
  type SeriesHistory,
  seriesOf,
} from './history.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { ALL_FIELDS, type UsageRing, widenRing } from './usage-ring.ts';

const VERSION = 4;
const SLOT_STEPS = 3000;

/**
 * A history as text, for a snapshot: JSON with its arrays in base64. `parseHistory` reads it.
 *
 * About 1.9 kB for what was learned of a scope, and up to 2.7 kB for the last day of a series.
 */
export function renderHistory(history: History): string {
  return JSON.stringify({
    version: VERSION,
    advancedToEpochMs: history.advancedToEpochMs,
    gaps: history.gaps,
    plannedEvents: history.plannedEvents,
    refused: history.refused,
    series: [...history.series.values()].map(renderSeries),
    scopes: [...history.scopes.values()].map(renderScope),
  });
}

function renderSeries(series: SeriesHistory): unknown {
  const { labels, firstEpochMs, usual, lastBlock, lastUnpricedBlock, cachedShare, ring } = series;
  return {
    labels,
    firstEpochMs,
    usual,
    lastBlock,
    lastUnpricedBlock,
    cachedShare,
    fields: ring.fields,
    ring: renderBytes(ring.values),
  };
}

function renderScope(history: ScopeHistory): unknown {
  const { scope, model, cost, prompts, cache, days, lastDay, part } = history;
  const slots = Uint16Array.from(model.slots, (value) =>
    Math.min(65_535, Math.round(SLOT_STEPS * Math.log1p(value))),
  );
  return {
    key: scope.key,
    model: {
      ...numbersOf(model),
      hours: renderBytes(model.hours),
      leftOut: renderBytes(model.leftOut),
      slots: renderBytes(slots),
      blocks: renderBytes(model.blocks),
      day: renderBytes(model.day),
      spreads: renderBytes(model.spreads),
    },
    ...(scope.level === 'feature' && {
      cost: renderCost(cost),
      ...(prompts !== undefined && {
        prompts: [...prompts].map(([version, own]) => ({ version, cost: renderCost(own) })),
      }),
      cache,
    }),
    lastDay,
    days: lastDay < 0 ? '' : renderBytes(days),
    part,
  };
}

function renderCost(cost: CostModel): unknown {
  const { levels, ring, stamps } = cost;
  return {
    ...numbersOf(cost),
    levels: renderBytes(levels),
    ring: renderBytes(ring),
    stamps: renderBytes(stamps),
  };
}

function numbersOf(value: object): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [name, one] of Object.entries(value)) if (typeof one === 'number') numbers[name] = one;
  return numbers;
}

function renderBytes(array: Uint8Array | Uint16Array | Int32Array | Float32Array): string {
  return encodeBase64(bytesOf(array));
}

function bytesOf(array: Uint8Array | Uint16Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Reads what `renderHistory` wrote; undefined when it is something else, damaged, or of another version. Never throws. */
export function parseHistory(text: string): History | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value.version !== VERSION) return undefined;
    const history = createHistory();
    if (!Array.isArray(value.series) || !Array.isArray(value.scopes)) return undefined;
    if (typeof value.advancedToEpochMs === 'number')
      history.advancedToEpochMs = value.advancedToEpochMs;
    if (isGaps(value.gaps)) history.gaps = value.gaps;
    if (isEvents(value.plannedEvents)) history.plannedEvents = value.plannedEvents;
    if (isObject(value.refused)) readNumbers(history.refused, value.refused);
    const isWhole =
      value.series.every((one) => readSeries(history, one)) &&
      value.scopes.every((one) => readScope(history, one));
    return isWhole ? history : undefined;
  } catch {
    return undefined;
  }
}

function readSeries(history: History, value: unknown): boolean {
  if (!isObject(value) || !isLabels(value.labels) || typeof value.firstEpochMs !== 'number')
    return false;
  const series = seriesOf(history, value.labels, value.firstEpochMs);
  readNumbers(series, value);
  if (isObject(value.usual)) readNumbers(series.usual, value.usual);
  if (isObject(value.cachedShare)) {
    readNumbers(series.cachedShare, value.cachedShare);
    series.cachedShare.isCaching = value.cachedShare.isCaching === true;
  }
  return readRing(series.ring, value);
}

function readRing(ring: UsageRing, value: Record<string, unknown>): boolean {
  const { fields } = value;
  if (typeof fields !== 'number' || !Number.isInteger(fields)) return false;
  if (fields < 0 || fields > ALL_FIELDS) return false;
  widenRing(ring, fields);
  return readFloats(value.ring, ring.values);
}

function readScope(history: History, value: unknown): boolean {
  if (!isObject(value) || typeof value.key !== 'string' || !isObject(value.model)) return false;
  const scope = history.scopes.get(value.key);
  if (scope === undefined) return false;
  if (isObject(value.part)) readNumbers(scope.part, value.part);
  if (Number.isSafeInteger(value.lastDay)) scope.lastDay = Number(value.lastDay);
  if (isObject(value.cost) && !readCost(scope.cost, value.cost)) return false;
  if (!readPrompts(history, scope, value.prompts)) return false;
  if (isObject(value.cache)) readCache(scope.cache, value.cache);
  if (value.days !== '' && !readFloats(value.days, scope.days)) return false;
  return readModel(scope.model, value.model);
}

function readModel(model: CountModel, value: Record<string, unknown>): boolean {
  readNumbers(model, value);
  const slots = new Uint16Array(model.slots.length);
  if (!readBytes(value.slots, bytesOf(slots))) return false;
  for (let slot = 0; slot < slots.length; slot += 1) {
    model.slots[slot] = Math.expm1((slots[slot] ?? 0) / SLOT_STEPS);
  }
  return (
    readBytes(value.hours, model.hours) &&
    readBytes(value.leftOut, model.leftOut) &&
    readFloats(value.blocks, model.blocks) &&
    readFloats(value.day, model.day) &&
    readFloats(value.spreads, model.spreads)
  );
}

function readPrompts({ pool }: History, scope: ScopeHistory, value: unknown): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value)) return false;
  scope.prompts = new Map();
  for (const one of value) {
    if (!isObject(one) || typeof one.version !== 'string' || !isObject(one.cost)) return false;
    const cost = createCostModel(pool);
    if (!readCost(cost, one.cost)) return false;
    scope.prompts.set(one.version, cost);
  }
  return true;
}

function readCost(cost: CostModel, value: Record<string, unknown>): boolean {
  readNumbers(cost, value);
  return (
    readFloats(value.levels, cost.levels) &&
    readFloats(value.ring, cost.ring) &&
    readBytes(value.stamps, bytesOf(cost.stamps))
  );
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

function readBytes(text: unknown, target: Uint8Array): boolean {
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (bytes?.length !== target.length) return false;
  target.set(bytes);
  return true;
}

function readFloats(text: unknown, target: Float32Array): boolean {
  const floats = new Float32Array(target.length);
  if (!readBytes(text, bytesOf(floats))) return false;
  if (!floats.every(Number.isFinite)) return false;
  target.set(floats);
  return true;
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

function isGaps(value: unknown): value is History['gaps'] {
  return isSpans(value);
}

function isEvents(value: unknown): value is History['plannedEvents'] {
  return isSpans(value);
}
