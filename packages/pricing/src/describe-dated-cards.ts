import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import type { FoundRow } from './price-book.ts';
import type { TimeWindow } from './rate-card.ts';
import type { ReadyCard, ReadyPeriod } from './ready-row.ts';

/** A value of an OTTL literal. Numbers are int64. */
export type OttlValue = bigint | string | readonly bigint[] | OttlMap;

/** A map of an OTTL literal, in the order in which it is written. */
export interface OttlMap extends ReadonlyMap<string, OttlValue> {}

/** int64's largest: a time that never comes, a prompt that is never exceeded. */
export const NEVER = 9_223_372_036_854_775_807n;
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

/** Amounts by name. */
export type Rates = ReadonlyMap<string, number>;

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

/** From when until when a period holds, in Unix nanoseconds. */
export function describeTimes(period: ReadyPeriod): readonly [string, OttlValue][] {
  return [
    ['from', nanosOf(period.fromEpochMs)],
    ['until', nanosOf(period.untilEpochMs)],
  ];
}

/** What the two formats call the first and the last second of the day, the days of the week and the days that are excepted. */
export type WindowNames = readonly [first: string, last: string, days: string, except: string];

/** The hours of a period under such names. */
export function describeWindow(
  { fromSecond, toSecond, weekdays, exceptDays }: TimeWindow,
  [first, last, days, except]: WindowNames,
): readonly [string, OttlValue][] {
  const isIn = (day: number): boolean => weekdays === undefined || weekdays.includes(day);
  return [
    [first, BigInt(fromSecond)],
    [last, BigInt(toSecond)],
    [days, [0, 1, 2, 3, 4, 5, 6].map((day) => (isIn(day) ? 1n : 0n))],
    [except, (exceptDays ?? []).map((day) => BigInt(day))],
  ];
}

/** Infinities are the beginning and the end of time. */
function nanosOf(epochMs: number): bigint {
  if (epochMs === Number.NEGATIVE_INFINITY) return 0n;
  if (epochMs === Number.POSITIVE_INFINITY) return NEVER;
  const nanos = BigInt(Math.ceil(epochMs)) * NANOS_PER_MS;
  return nanos > NEVER ? NEVER : nanos;
}
