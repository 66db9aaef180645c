import {
  API_NAMES,
  decodeUsage,
  isApiName,
  type PriceModifiers,
  type Usage,
} from '@tokenmeter/core';
import {
  type CountSemantics,
  decodeCounts,
  type PriceableCall,
  type PriceBook,
  type PricedCall,
  priceCall,
} from '@tokenmeter/pricing';
import { parseTime } from './price-time.ts';

/** How lines are priced. */
export interface LineOptions {
  readonly book: PriceBook;
  /** Our own figure wins over the provider's where there is one. */
  readonly isComputed: boolean;
  /** Start of calls whose line has no timestamp. */
  readonly nowEpochMs: number;
}

/** One output object of `price --stdin`. */
export interface PricedLine {
  /** False for a line that is no call; its output tells why. */
  readonly isRead: boolean;
  readonly output: Readonly<Record<string, unknown>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** A line that is no call: one of these problems, in words for a person. */
class LineError extends Error {
  override readonly name = 'LineError';
}

/**
 * Prices one line of JSON: `{ id?, provider, model, api?, usage, semantics?, service_tier?, timestamp?, deployment?,
 * region? }`.
 *
 * With `api`, `usage` is that API's own object; without, our classes, or with `semantics` totals. A line that is no such
 * object gives `{ error, line }`, with its `id` if it has one. A call without a price has `cost_usd: null` and a reason.
 * Never throws, whatever the text.
 */
export function priceLine(text: string, lineNumber: number, options: LineOptions): PricedLine {
  let id: object = {};
  try {
    const line = parseObject(text);
    id = Object.hasOwn(line, 'id') ? { id: line.id } : {};
    const call = readCall(line, options.nowEpochMs);
    return { isRead: true, output: { ...id, ...describePrice(call, options) } };
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return { isRead: false, output: { ...id, error: error.message, line: lineNumber } };
  }
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LineError('expected one JSON object per line');
  }
  if (!isObject(value)) throw new LineError('expected a JSON object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(line: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(line, key) ? line[key] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new LineError(`expected ${key} to be a text`);
  return value;
}

function needText(line: JsonObject, key: string): string {
  const text = readText(line, key);
  if (text === undefined) throw new LineError(`expected ${key}, a text`);
  return text;
}

function readCall(line: JsonObject, nowEpochMs: number): PriceableCall {
  const provider = needText(line, 'provider');
  const model = needText(line, 'model');
  const { usage, modifiers } = readUsage(line, provider, model);
  return {
    provider,
    requestModel: model,
    startEpochMs: readTime(line) ?? nowEpochMs,
    modifiers: { ...modifiers, ...readModifiers(line) },
    usage,
  };
}

interface ReadUsage {
  readonly usage: Usage;
  readonly modifiers: PriceModifiers;
}

function readUsage(line: JsonObject, provider: string, model: string): ReadUsage {
  const api = readText(line, 'api');
  const raw = Object.hasOwn(line, 'usage') ? line.usage : undefined;
  if (api !== undefined && !isApiName(api)) {
    throw new LineError(`unknown api, expected one of ${API_NAMES.join(', ')}`);
  }
  const decoded = api === undefined ? undefined : decodeUsage(api, raw, { provider, model });
  return decoded ?? { usage: decodeCounts(raw, readSemantics(line)), modifiers: {} };
}

function readSemantics(line: JsonObject): CountSemantics | undefined {
  const text = readText(line, 'semantics');
  if (text === undefined || text === 'inclusive' || text === 'exclusive') return text;
  throw new LineError('expected semantics to be inclusive or exclusive');
}

function readTime(line: JsonObject): number | undefined {
  const text = readText(line, 'timestamp');
  if (text === undefined) return undefined;
  const epochMs = parseTime(text);
  if (epochMs !== undefined) return epochMs;
  throw new LineError('expected timestamp to be an ISO time such as 2026-03-01T12:00:00Z');
}

function readModifiers(line: JsonObject): PriceModifiers {
  const serviceTier = readText(line, 'service_tier');
  const region = readText(line, 'region');
  const deployment = readText(line, 'deployment');
  return {
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(region === undefined ? {} : { region }),
    ...(deployment === undefined ? {} : { deployment }),
  };
}

function describePrice(call: PriceableCall, { book, isComputed }: LineOptions): JsonObject {
  const { usage } = call;
  const reported = usage.kind === 'reported' ? usage.providerCostUsd : undefined;
  const priced = isComputed ? priceOurselves(call, book) : priceCall(call, book);
  return {
    ...describeCost(priced),
    ...(usage.kind === 'inconsistent' ? { problem: usage.problem } : {}),
    ...describeCounts(priced, usage),
    ...(reported === undefined ? {} : { provider_cost_usd: reported }),
  };
}

/** Falls back to the provider's figure: it is still better than none. */
function priceOurselves(call: PriceableCall, book: PriceBook): PricedCall {
  const { usage } = call;
  if (usage.kind !== 'reported' || usage.providerCostUsd === undefined)
    return priceCall(call, book);
  const { providerCostUsd: _, ...own } = usage;
  const priced = priceCall({ ...call, usage: own }, book);
  return priced.kind === 'priced' ? priced : priceCall(call, book);
}

function describeCost(priced: PricedCall): JsonObject {
  if (priced.kind === 'unpriced') {
    const { reason, bookVersion } = priced;
    return { cost_usd: null, reason, source: null, book: bookVersion, row: null };
  }
  return {
    cost_usd: priced.costUsd,
    source: priced.source,
    book: priced.bookVersion,
    row: priced.row ?? null,
    ...(priced.tier === undefined ? {} : { tier: priced.tier }),
    ...(priced.modifiers.length === 0 ? {} : { modifiers: priced.modifiers }),
  };
}

function describeCounts(priced: PricedCall, usage: Usage): JsonObject {
  const counted = usage.kind === 'reported' ? usage : { tokens: {}, requests: {} };
  const costs: Record<string, number> = {};
  if (priced.kind === 'priced') {
    for (const [name, pico] of Object.entries(priced.picoUsd)) costs[name] = pico / 1e12;
  }
  const hasRequests = Object.keys(counted.requests).length > 0;
  return {
    classes: counted.tokens,
    ...(hasRequests ? { requests: counted.requests } : {}),
    costs,
  };
}
