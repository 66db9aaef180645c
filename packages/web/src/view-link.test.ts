import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_VIEW,
  GROUPS,
  parseView,
  RANGES,
  renderSpendPath,
  renderView,
} from './view-link.ts';

const NOW = Date.UTC(2026, 10, 20, 14, 25, 30);

describe('view link', () => {
  test('every view survives its URL', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RANGES), fc.constantFrom(...GROUPS), (range, groupBy) => {
        expect(parseView(renderView({ range, groupBy }))).toEqual({ range, groupBy });
      }),
    );
  });

  test('any other URL shows a view that exists', () => {
    expect(parseView('?range=99y&by=<script>')).toEqual(DEFAULT_VIEW);
    expect(parseView('')).toEqual(DEFAULT_VIEW);
  });

  test.for([
    { range: '1h', step: 60, from: '13:26:00', to: '14:26:00' },
    { range: '6h', step: 300, from: '08:30:00', to: '14:30:00' },
  ] as const)('$range asks for whole buckets up to the one that fills now', (row) => {
    const url = new URL(renderSpendPath({ range: row.range, groupBy: 'team' }, NOW), 'http://page');
    const clock = (name: string) =>
      new Date(Number(url.searchParams.get(name))).toISOString().slice(11, 19);
    expect(url.pathname).toBe('/api/v1/spend');
    expect(url.searchParams.get('group_by')).toBe('team');
    expect(url.searchParams.get('step')).toBe(String(row.step));
    expect([clock('from'), clock('to')]).toEqual([row.from, row.to]);
  });
});
