import type { PriceRow } from '@tokenmeter/pricing';
import { expect, test } from 'vitest';
import { continueRows, rowKey } from './price-history.ts';

const DAY = 86_400_000;

function row(model: string, input: number, from?: number): PriceRow {
  const card = { tokens: { input }, requests: {} };
  const start = from === undefined ? {} : { fromEpochMs: from };
  return {
    id: `openai/${model}`,
    provider: 'openai',
    model,
    periods: [{ ...start, card, tiers: [] }],
  };
}

function join(...rows: readonly PriceRow[]): PriceRow {
  const [first, ...rest] = rows;
  if (first === undefined) throw new Error('expected a row');
  return { ...first, periods: [...first.periods, ...rest.flatMap(({ periods }) => periods)] };
}

const facts = { epochMs: 10 * DAY + 5000, isBundled: ({ model }: PriceRow) => model === 'old' };

test.for([
  {
    note: 'a model unknown so far is priced since ever',
    known: [],
    want: row('new', 1),
    fresh: row('new', 1),
  },
  {
    note: 'a bundled model keeps its past: the price holds from the day on',
    known: [],
    fresh: row('old', 1),
    want: row('old', 1, 10 * DAY),
  },
  {
    note: 'the same price again changes nothing',
    known: [row('old', 1, 3 * DAY)],
    fresh: row('old', 1),
    want: row('old', 1, 3 * DAY),
  },
  {
    note: 'another price continues the known one',
    known: [row('old', 1, 3 * DAY)],
    fresh: row('old', 2),
    want: join(row('old', 1, 3 * DAY), row('old', 2, 10 * DAY)),
  },
  {
    note: 'a second refresh on one day corrects the first',
    known: [join(row('old', 1, 3 * DAY), row('old', 2, 10 * DAY))],
    fresh: row('old', 3),
    want: join(row('old', 1, 3 * DAY), row('old', 3, 10 * DAY)),
  },
  {
    note: 'rows that date themselves are taken as they are',
    known: [row('old', 1, 3 * DAY)],
    fresh: row('old', 2, 4 * DAY),
    want: row('old', 2, 4 * DAY),
  },
])('$note', ({ known, fresh, want }) => {
  expect(continueRows(known, [fresh], facts)).toEqual([want]);
});

test('a model that the source dropped keeps its price', () => {
  const dropped = row('dropped', 7);
  expect(continueRows([dropped], [row('new', 1)], facts)).toEqual([row('new', 1), dropped]);
});

test('rows of one id for several regions stay apart', () => {
  const regional: PriceRow = { ...row('old', 5), when: { region: 'eu' } };
  expect(rowKey(regional)).not.toBe(rowKey(row('old', 5)));
  expect(
    continueRows([], [row('new', 1), { ...row('new', 2), when: { region: 'eu' } }], facts),
  ).toHaveLength(2);
});
