import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import type { FoundRow } from './price-book.ts';
import type { TimeWindow } from './rate-card.ts';
import type { ReadyCard, ReadyPeriod, ReadyTier } from './ready-row.ts';

/** A value of an OTTL literal. Numbers are int64. */
export type OttlValue = bigint | string | readonly bigint[] | OttlMap;

/** A map of an OTTL literal, in the order in which it is written. */
export interface OttlMap extends ReadonlyMap<string, OttlValue> {}

/** int64's largest: a time that never comes, a prompt that is never exceeded. */
const NEVER = 9_223_372_036_854_775_807n;
const MISSING = -1;
const NANOS_PER_MS = 1_000_000n;

/** A period of a row that was found. */
export interface DatedCard {
  readonly period: ReadyPeriod;
  readonly isFree: boolean;
  readonly source: FoundRow['source'];
}

/** Periods of a model, the last one in force wins. */
export interface DatedCards {
  /** The one that is always in force, unless there is none. */
  readonly first: DatedCard | undefined;
  readonly later: readonly DatedCard[];
}

type Rates = ReadonlyMap<string, number>;

/**
 * Rates of one model as `renderOttlPrices` writes them, or undefined where the rows found have no price at all or a rate
 * that is no int64.
 *
 * `found` is what a book finds for a name, the first in force prices it. Periods that ended before `sinceEpochMs` are left
 * out, and one that had begun by then counts as since ever.
 */
export function describeOttlRow(
  found: readonly FoundRow[],
  sinceEpochMs: number,
): OttlMap | undefined {
  const dated = describeDatedCards(found, sinceEpochMs);
  if (dated === undefined) return undefined;
  const { first, later } = dated;
  const shape = shapeOf(first === undefined ? later : [first, ...later]);
  const row = new Map<string, OttlValue>(cardOf(first, shape));
  for (const [at, each] of later.entries()) row.set(`p${at + 1}`, periodOf(each, shape));
  return row;
}

/** The periods of what a book finds for a name; undefined where it has no price at all or a rate that is no int64. */
export function describeDatedCards(
  found: readonly FoundRow[],
  sinceEpochMs: number,
): DatedCards | undefined {
  // Of the maps that apply, the last one laid over the row wins: a first row's periods come last.
  const dated = [...found]
    .reverse()
    .flatMap(({ source, row }) =>
      row.periods.map((period) => ({ period, source, isFree: row.isFree })),
    )
    .filter(({ period }) => period.untilEpochMs > sinceEpochMs);
  if (dated.length === 0 || !dated.every(hasWholeRates)) return undefined;
  const start = dated.findLastIndex(({ period }) => isAlways(period, sinceEpochMs));
  return { first: start < 0 ? undefined : dated[start], later: dated.slice(start + 1) };
}

function isAlways(period: ReadyPeriod, sinceEpochMs: number): boolean {
  const isBegun =
    period.fromEpochMs === Number.NEGATIVE_INFINITY || period.fromEpochMs <= sinceEpochMs;
  return isBegun && period.untilEpochMs === Number.POSITIVE_INFINITY && period.window === undefined;
}

function hasWholeRates({ period }: DatedCard): boolean {
  return [period.card, ...period.tiers.map(({ card }) => card)].every((card) =>
    [...ratesOf(card, false).values()].every((rate) => Number.isSafeInteger(rate) && rate >= 0),
  );
}

/** What every map of a row holds, so that one laid over another leaves nothing of it behind. */
interface RowShape {
  readonly names: readonly string[];
  readonly tierCount: number;
}

function shapeOf(dated: readonly DatedCard[]): RowShape {
  const used = new Set<string>();
  for (const { period, isFree } of dated) {
    for (const { card } of [period, ...period.tiers]) {
      for (const name of ratesOf(card, isFree).keys()) used.add(name);
    }
  }
  const all = [...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES, 'call_fee', 'second'];
  return {
    names: all.filter((name) => used.has(name)),
    tierCount: Math.max(...dated.map(({ period }) => period.tiers.length)),
  };
}

/** All amounts of a card by name. What a card bills otherwise, or not at all, is 0. */
export function ratesOf(card: ReadyCard, isFree: boolean): Rates {
  if (isFree) return zeros([...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES]);
  const { callFee, secondPicoUsd } = card;
  return new Map([
    ...(secondPicoUsd === undefined
      ? []
      : [...zeros(TOKEN_CLASS_NAMES), ['second', secondPicoUsd] as const]),
    ...card.tokens,
    ...card.requests,
    // A fee that every call pays covers the requests of its class.
    ...(callFee === undefined
      ? []
      : [['call_fee', callFee.picoUsd] as const, [callFee.requestClass, 0] as const]),
  ]);
}

function zeros(names: readonly string[]): Rates {
  return new Map(names.map((name) => [name, 0]));
}

function writtenRates(rates: Rates, { names }: RowShape): [string, OttlValue][] {
  return names.map((name) => {
    const absent = name === 'call_fee' || name === 'second' ? 0 : MISSING;
    return [name, BigInt(rates.get(name) ?? absent)];
  });
}

function cardOf(dated: DatedCard | undefined, shape: RowShape): [string, OttlValue][] {
  const rates = dated === undefined ? zeros([]) : ratesOf(dated.period.card, dated.isFree);
  const written = writtenRates(rates, shape);
  for (let at = 0; at < shape.tierCount; at += 1) {
    written.push([`t${at + 1}`, tierOf(dated?.period.tiers[at], dated?.isFree === true, shape)]);
  }
  return written;
}

function tierOf(tier: ReadyTier | undefined, isFree: boolean, shape: RowShape): OttlMap {
  if (tier === undefined) return new Map([['above', NEVER]]);
  return new Map<string, OttlValue>([
    ['above', BigInt(tier.aboveTokens)],
    ...writtenRates(ratesOf(tier.card, isFree), shape),
  ]);
}

function periodOf(dated: DatedCard, shape: RowShape): OttlMap {
  const { fromEpochMs, untilEpochMs, window } = dated.period;
  const times: readonly [string, OttlValue][] = [
    ['from', nanosOf(fromEpochMs)],
    ['until', nanosOf(untilEpochMs)],
  ];
  if (window === undefined) return new Map([...times, ...cardOf(dated, shape)]);
  // A reader that knows no hours must not take these prices for those of the whole day.
  return new Map<string, OttlValue>([
    ...times,
    ...cardOf(undefined, shape),
    ['hours', new Map([...windowOf(window), ...cardOf(dated, shape)])],
  ]);
}

function windowOf({
  fromSecond,
  toSecond,
  weekdays,
  exceptDays,
}: TimeWindow): [string, OttlValue][] {
  const days = [0, 1, 2, 3, 4, 5, 6];
  return [
    ['from_second', BigInt(fromSecond)],
    ['to_second', BigInt(toSecond)],
    ['weekdays', days.map((day) => (weekdays === undefined || weekdays.includes(day) ? 1n : 0n))],
    ['except_days', (exceptDays ?? []).map((day) => BigInt(day))],
  ];
}

/** int64 Unix nanoseconds; infinities are the beginning and the end of time. */
export function nanosOf(epochMs: number): bigint {
  if (epochMs === Number.NEGATIVE_INFINITY) return 0n;
  if (epochMs === Number.POSITIVE_INFINITY) return NEVER;
  const nanos = BigInt(Math.ceil(epochMs)) * NANOS_PER_MS;
  return nanos > NEVER ? NEVER : nanos;
}
