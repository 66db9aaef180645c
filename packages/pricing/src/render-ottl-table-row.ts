import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import {
  type DatedCard,
  type DatedCards,
  describeTimes,
  describeWindow,
  type OttlMap,
  type OttlValue,
  ratesOf,
  type WindowNames,
} from './describe-dated-cards.ts';
import type { ReadyCard, ReadyTier } from './ready-row.ts';

const WINDOW_NAMES: WindowNames = ['first', 'last', 'days', 'not'];

/** The classes that stand at the head of a row, in this order. */
const HEAD_CLASSES: readonly string[] = [
  'input',
  'output',
  'cache_read',
  'cache_write',
  'reasoning',
];

/** Periods and tiers that a reader of the tables looks at. */
const MOST_PERIODS = 8;
const MOST_TIERS = 3;

/** A card: its head, and what else it says. */
export interface TableCard {
  readonly head: readonly number[];
  readonly rest: OttlMap;
}

/** One row of the tables, or undefined where it has more periods or tiers than a reader looks at. */
export function describeTableRow({ first, later }: DatedCards): TableCard | undefined {
  const all = first === undefined ? later : [first, ...later];
  const isLong =
    later.length > MOST_PERIODS || all.some(({ period }) => period.tiers.length > MOST_TIERS);
  if (isLong || !all.every(isNarrow)) return undefined;
  const base = first === undefined ? unpriced() : datedCard(first);
  const rest = new Map(base.rest);
  for (const [at, each] of later.entries()) rest.set(`p${at + 1}`, periodOf(each));
  return { head: base.head, rest };
}

/** Rates that a row has room for, and that no count of tokens takes out of 64 bits: up to 9,000 USD per million tokens. */
const HIGHEST_RATE = 9_000_000_000;

function isNarrow({ period, isFree }: DatedCard): boolean {
  return [period, ...period.tiers].every(({ card }) =>
    TOKEN_CLASS_NAMES.every((name) => (ratesOf(card, isFree).get(name) ?? 0) <= HIGHEST_RATE),
  );
}

function unpriced(): TableCard {
  return { head: HEAD_CLASSES.map(() => -1), rest: new Map() };
}

function datedCard({ period, isFree, source }: DatedCard): TableCard {
  const { head, rest } = plainCard(period.card, isFree);
  const all = new Map(rest);
  if (source !== 'snapshot') all.set('s', source);
  for (const [at, tier] of period.tiers.entries()) all.set(`t${at + 1}`, tierOf(tier, isFree));
  return { head, rest: all };
}

/** Rates outside the head, as `x`, where they are not what a reader takes instead: input, or cache writes. */
function plainCard(card: ReadyCard, isFree: boolean): TableCard {
  const rates = ratesOf(card, isFree);
  const others = new Map<string, OttlValue>();
  for (const name of [...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES]) {
    if (HEAD_CLASSES.includes(name)) continue;
    const rate = rates.get(name) ?? -1;
    if (rate !== (rates.get(STAND_INS[name] ?? '') ?? -1)) others.set(name, BigInt(rate));
  }
  const rest = new Map<string, OttlValue>();
  if (others.size > 0) rest.set('x', others);
  for (const name of ['call_fee', 'second']) {
    const amount = rates.get(name) ?? 0;
    if (amount > 0) rest.set(name, BigInt(amount));
  }
  if (isFree) rest.set('free', 1n);
  return { head: HEAD_CLASSES.map((name) => rates.get(name) ?? -1), rest };
}

/** Classes of the head whose rate a class has that is not written. */
const STAND_INS: Readonly<Record<string, string>> = {
  input_image: 'input',
  input_video: 'input',
  cache_write_5m: 'cache_write',
};

function headOf({ head, rest }: TableCard): [string, OttlValue][] {
  return [['r', head.map((rate) => BigInt(rate))], ...rest];
}

function tierOf({ aboveTokens, card }: ReadyTier, isFree: boolean): OttlMap {
  return new Map<string, OttlValue>([
    ['above', BigInt(aboveTokens)],
    ...headOf(plainCard(card, isFree)),
  ]);
}

function periodOf(dated: DatedCard): OttlMap {
  const { window } = dated.period;
  return new Map<string, OttlValue>([
    ...describeTimes(dated.period),
    ...(window === undefined ? [] : describeWindow(window, WINDOW_NAMES)),
    ...headOf(datedCard(dated)),
  ]);
}

/**
 * The factor in thousandths by which every token rate of one row is that of another, rounded half up; undefined where
 * no single factor is.
 */
export function tokenFactor(base: TableCard, variant: TableCard): number | undefined {
  const at = base.head.findIndex((rate) => rate > 0);
  const from = base.head[at];
  if (from === undefined) return undefined;
  const factor = Math.round(((variant.head[at] ?? 0) * 1000) / from);
  const scale = (rate: number): number =>
    rate < 0 ? rate : Math.floor((rate * factor + 500) / 1000);
  const isHead = base.head.every((rate, index) => scale(rate) === variant.head[index]);
  return isHead && isScaled(base.rest, variant.rest, scale) ? factor : undefined;
}

/** Names whose numbers are no rates of tokens. */
const UNSCALED: ReadonlySet<string> = new Set([
  ...['above', 'from', 'until', 'first', 'last', 'days', 'not', 'call_fee', 'second', 'free'],
  ...REQUEST_CLASS_NAMES,
]);

function isScaled(base: OttlMap, variant: OttlMap, scale: (rate: number) => number): boolean {
  if (base.size !== variant.size) return false;
  return [...base].every(([name, value]) => {
    const other = variant.get(name);
    const same = UNSCALED.has(name) ? (rate: number): number => rate : scale;
    return other !== undefined && isScaledValue(value, other, same);
  });
}

function isScaledValue(
  value: OttlValue,
  other: OttlValue,
  scale: (rate: number) => number,
): boolean {
  if (typeof value === 'string' || typeof other === 'string') return value === other;
  if (typeof value === 'bigint') {
    return typeof other === 'bigint' && BigInt(scale(Number(value))) === other;
  }
  if (value instanceof Map) return other instanceof Map && isScaled(value, other, scale);
  return (
    Array.isArray(value) &&
    Array.isArray(other) &&
    value.length === other.length &&
    value.every((each, at) => BigInt(scale(Number(each))) === other[at])
  );
}
