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
export function intAt(map: LiteralMap, key: string): bigint {
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
export function rowInForce(row: LiteralMap, nanos: bigint, prompt: bigint): LiteralMap {
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
