import type { TokenClass } from '@tokenmeter/core';
import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import { type PriceBook, priceCall } from './index.ts';

/** A value of an OTTL literal. */
type Literal = bigint | string | Literal[] | LiteralMap;
/** A map of an OTTL literal. */
export interface LiteralMap {
  readonly [key: string]: Literal;
}

/** Reads what OTTL reads as a literal: maps, lists, plain strings and int64. */
export function parseLiteral(text: string): LiteralMap {
  const tokens = text.match(/"[^"\\]*"|-?\d+|[{}[\],:]|\S/g) ?? [];
  let at = 0;
  const take = (want?: string): string => {
    const token = tokens[at] ?? '';
    if (want !== undefined && token !== want) throw new Error(`expected ${want}, got ${token}`);
    at += 1;
    return token;
  };
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = [];
    while (tokens[at] !== end) {
      if (items.length > 0) take(',');
      items.push(item());
    }
    take(end);
    return items;
  };
  const text1 = (token: string): string => {
    if (!/^"[^"]*"$/.test(token)) throw new Error(`expected a string, got ${token}`);
    return token.slice(1, -1);
  };
  const value = (): Literal => {
    const token = take();
    if (token === '{') return map();
    if (token === '[') return list(']', value);
    return token.startsWith('"') ? text1(token) : BigInt(token);
  };
  const map = (): LiteralMap => {
    const entries = list('}', (): [string, Literal] => {
      const key = text1(take());
      take(':');
      return [key, value()];
    });
    const keys = new Set(entries.map(([key]) => key));
    if (keys.size !== entries.length) throw new Error('expected no key twice');
    return Object.fromEntries(entries);
  };
  take('{');
  const whole = map();
  if (at !== tokens.length) throw new Error(`expected the end, got ${tokens[at]}`);
  return whole;
}

function isMap(value: Literal | undefined): value is LiteralMap {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The map under a key, or undefined. */
export function mapAt(map: LiteralMap, key: string): LiteralMap | undefined {
  const value = map[key];
  return isMap(value) ? value : undefined;
}

/** The integer under a key; −1 when there is none, as for a rate. */
function intAt(map: LiteralMap, key: string): bigint {
  const value = map[key];
  return typeof value === 'bigint' ? value : -1n;
}

const DAY = 86_400n;

function holdsHours(hours: LiteralMap, nanos: bigint): boolean {
  const seconds = nanos / 1_000_000_000n;
  const second = seconds % DAY;
  const [from, to] = [intAt(hours, 'from_second'), intAt(hours, 'to_second')];
  const isWrapped = to < from;
  const isInside = isWrapped ? second >= from || second < to : second >= from && second < to;
  const day = seconds / DAY - (isWrapped && second < from ? 1n : 0n);
  const { weekdays, except_days: except } = hours;
  if (!(Array.isArray(weekdays) && Array.isArray(except))) throw new Error('expected days');
  return isInside && weekdays[Number((day + 4n) % 7n)] === 1n && !except.includes(day);
}

/** The row in force, as the docstring of `renderOttlPrices` tells a reader to make it, with `merge_maps` only. */
function rowInForce(row: LiteralMap, nanos: bigint, prompt: bigint): LiteralMap {
  let merged = row;
  for (let at = 1; mapAt(row, `p${at}`) !== undefined; at += 1) {
    const period = mapAt(row, `p${at}`) ?? {};
    if (nanos < intAt(period, 'from') || nanos >= intAt(period, 'until')) continue;
    const hours = mapAt(period, 'hours');
    if (hours === undefined) merged = { ...merged, ...period };
    else if (holdsHours(hours, nanos)) merged = { ...merged, ...hours };
  }
  for (let at = 1; mapAt(merged, `t${at}`) !== undefined; at += 1) {
    const tier = mapAt(merged, `t${at}`) ?? {};
    if (prompt > intAt(tier, 'above')) merged = { ...merged, ...tier };
  }
  return merged;
}

/** A call to price. */
export interface Question {
  readonly provider: string;
  readonly model: string;
  readonly epochMs: number;
  readonly tokens?: Readonly<Partial<Record<TokenClass, number>>>;
  readonly requests?: Readonly<Record<string, number>>;
}

/** Pico-USD by the literal alone; undefined where something counted has no price. */
export function costByLiteral(data: LiteralMap, question: Question): bigint | undefined {
  const { tokens = {}, requests = {} } = question;
  const row = mapAt(mapAt(data, question.provider) ?? {}, question.model);
  if (row === undefined) return undefined;
  const prompt = TOKEN_CLASS_NAMES.slice(0, 10).reduce((sum, name) => sum + (tokens[name] ?? 0), 0);
  const rates = rowInForce(row, BigInt(question.epochMs) * 1_000_000n, BigInt(prompt));
  const fee = intAt(rates, 'call_fee');
  let total = fee > 0n ? fee : 0n;
  for (const [name, count] of Object.entries({ ...tokens, ...requests })) {
    if (count === 0) continue;
    const rate = intAt(rates, name);
    if (rate < 0n) return undefined;
    total += rate * BigInt(count);
  }
  return total;
}

/** Pico-USD by the book itself. */
export function costByBook(book: PriceBook, question: Question): bigint | undefined {
  const { provider, model, epochMs, tokens = {}, requests = {} } = question;
  const priced = priceCall(
    {
      provider,
      responseModel: model,
      startEpochMs: epochMs,
      modifiers: {},
      usage: { kind: 'reported', tokens, requests, raw: undefined },
    },
    book,
  );
  return priced.kind === 'priced' ? BigInt(priced.totalPicoUsd) : undefined;
}

/** One token of each class, and one request of each, of every name in the data. */
export function questionsAt(data: LiteralMap, epochMs: number): Question[] {
  return Object.keys(data).flatMap((provider) =>
    provider === '#'
      ? []
      : Object.keys(mapAt(data, provider) ?? {}).flatMap((model) => [
          ...TOKEN_CLASS_NAMES.map((name) => ({ provider, model, epochMs, tokens: { [name]: 1 } })),
          ...REQUEST_CLASS_NAMES.map((name) => ({
            provider,
            model,
            epochMs,
            requests: { [name]: 1 },
          })),
        ]),
  );
}
