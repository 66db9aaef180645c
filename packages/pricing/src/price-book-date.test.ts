import { expect, test } from 'vitest';
import type { PriceLayer } from './price-book.ts';
import { priceBookDate } from './price-book-date.ts';
import type { PriceRow } from './rate-card.ts';

const row = (refreshed?: string): PriceRow => ({
  provider: 'openai',
  id: 'openai/gpt-4o',
  model: 'gpt-4o',
  periods: [],
  ...(refreshed === undefined ? {} : { refreshed }),
});

function layer(traits: Partial<PriceLayer>): PriceLayer {
  return { name: 'x', source: 'user', mode: 'overlay', version: 'x', rows: [], ...traits };
}

const BUNDLED = layer({ source: 'snapshot', date: '2026-11-01' });
const CATALOG = layer({ source: 'catalog', date: '2026-11-20T06:30:00Z' });

test.for<{ note: string; layers: readonly PriceLayer[]; want: string | undefined }>([
  { note: 'the bundled table', layers: [BUNDLED], want: '2026-11-01T00:00:00Z' },
  {
    note: 'a newer catalogue before it',
    layers: [CATALOG, BUNDLED],
    want: '2026-11-20T06:30:00Z',
  },
  {
    note: 'one price of a user does not make the table younger',
    layers: [layer({ rows: [row('2026-11-21')] }), BUNDLED],
    want: '2026-11-01T00:00:00Z',
  },
  {
    note: 'a file that replaces the table tells by its rows',
    layers: [layer({ mode: 'replace', rows: [row('2025-02-03'), row()] }), BUNDLED],
    want: '2025-02-03T00:00:00Z',
  },
  {
    note: 'rows without a date say nothing',
    layers: [layer({ mode: 'replace', rows: [row()] }), BUNDLED],
    want: undefined,
  },
  {
    note: 'a date that is none',
    layers: [layer({ source: 'catalog', date: 'soon' })],
    want: undefined,
  },
])('$note', ({ layers, want }) => {
  expect(priceBookDate({ layers })).toBe(want === undefined ? undefined : Date.parse(want) / 1000);
});
