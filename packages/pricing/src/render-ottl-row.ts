import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import {
  type DatedCard,
  describeDatedCards,
  describeTimes,
  describeWindow,
  NEVER,
  type OttlMap,
  type OttlValue,
  type Rates,
  ratesOf,
  type WindowNames,
} from './describe-dated-cards.ts';
import type { FoundRow } from './price-book.ts';
import type { ReadyTier } from './ready-row.ts';

const WINDOW_NAMES: WindowNames = ['from_second', 'to_second', 'weekdays', 'except_days'];
const MISSING = -1;

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

function writtenRates(rates: Rates, { names }: RowShape): [string, OttlValue][] {
  return names.map((name) => {
    const absent = name === 'call_fee' || name === 'second' ? 0 : MISSING;
    return [name, BigInt(rates.get(name) ?? absent)];
  });
}

function cardOf(dated: DatedCard | undefined, shape: RowShape): [string, OttlValue][] {
  const rates =
    dated === undefined ? new Map<string, number>() : ratesOf(dated.period.card, dated.isFree);
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
  const { window } = dated.period;
  const times = describeTimes(dated.period);
  if (window === undefined) return new Map([...times, ...cardOf(dated, shape)]);
  // A reader that knows no hours must not take these prices for those of the whole day.
  return new Map<string, OttlValue>([
    ...times,
    ...cardOf(undefined, shape),
    ['hours', new Map([...describeWindow(window, WINDOW_NAMES), ...cardOf(dated, shape)])],
  ]);
}
