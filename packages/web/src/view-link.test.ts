import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_VIEW,
  FILTERS,
  GROUPS,
  moveTo,
  ORDERS,
  PAGES,
  parseView,
  RANGES,
  renderCallsPath,
  renderSpendPath,
  renderView,
  type View,
} from './view-link.ts';

const NOW = Date.UTC(2026, 10, 20, 14, 25, 30);

describe('view link', () => {
  test('every view survives its URL', () => {
    const name = fc.string({ minLength: 1 });
    const views = fc.record(
      {
        page: fc.constantFrom(...PAGES),
        range: fc.constantFrom(...RANGES),
        groupBy: fc.constantFrom(...GROUPS),
        order: fc.constantFrom(...ORDERS),
        ...Object.fromEntries(FILTERS.map(([filter]) => [filter, name])),
      },
      { requiredKeys: ['page', 'range', 'groupBy', 'order'] },
    );
    fc.assert(
      fc.property(views, (view) => {
        const want = view.page === 'calls' ? view : moveTo(view, view.page);
        expect(parseView(new URL(renderView(view), 'http://page').search)).toEqual(want);
      }),
    );
  });

  test('a fixed stretch of time survives its URL, on the pages that can show it', () => {
    const span = { fromEpochMs: 1_791_546_360_000, toEpochMs: 1_791_550_800_000 };
    for (const page of ['live', 'calls'] as const) {
      const view: View = { ...DEFAULT_VIEW, page, span };
      expect(parseView(new URL(renderView(view), 'http://page').search)).toEqual(view);
    }
    expect(parseView('?from=1791546360000&to=1791550800000')).toEqual({ ...DEFAULT_VIEW, span });
    expect(renderView({ ...DEFAULT_VIEW, page: 'alerts', span })).toBe('/?page=alerts');
    for (const bad of ['?from=1', '?from=5&to=2', '?from=a&to=b', '?from=1&to=99999999999999999']) {
      expect(parseView(bad)).toEqual(DEFAULT_VIEW);
    }
    expect(renderSpendPath({ ...DEFAULT_VIEW, span }, NOW)).toBe(
      '/api/v1/spend?group_by=feature&from=1791546360000&to=1791550800000&step=60',
    );
    expect(renderCallsPath({ ...DEFAULT_VIEW, page: 'calls', span }, NOW)).toBe(
      '/api/v1/calls?order=cost&limit=100&from=1791546360000&to=1791550800000',
    );
  });

  test('any other URL shows a view that exists', () => {
    expect(parseView('?page=x&range=99y&by=<script>')).toEqual(DEFAULT_VIEW);
    expect(renderView(DEFAULT_VIEW)).toBe('/');
  });

  test('a filter asks for its calls only', () => {
    const view: View = { ...DEFAULT_VIEW, page: 'calls', order: 'recent', feature: 'a&b' };
    expect(renderCallsPath(view, 21_600_005)).toBe(
      '/api/v1/calls?order=recent&limit=100&from=5&feature=a%26b',
    );
    const further: View = { ...DEFAULT_VIEW, page: 'calls', user: 'ann', route: '/reply' };
    expect(renderCallsPath(further, 21_600_005)).toBe(
      '/api/v1/calls?order=cost&limit=100&from=5&user_id=ann&endpoint=%2Freply',
    );
  });

  test.for([
    { range: '1h', step: 60, from: '13:26:00', to: '14:26:00' },
    { range: '6h', step: 300, from: '08:30:00', to: '14:30:00' },
  ] as const)('$range asks for whole buckets up to the one that fills now', (row) => {
    const url = new URL(
      renderSpendPath({ ...DEFAULT_VIEW, range: row.range, groupBy: 'team' }, NOW),
      'http://page',
    );
    const clock = (name: string) =>
      new Date(Number(url.searchParams.get(name))).toISOString().slice(11, 19);
    expect(url.pathname).toBe('/api/v1/spend');
    expect(url.searchParams.get('group_by')).toBe('team');
    expect(url.searchParams.get('step')).toBe(String(row.step));
    expect([clock('from'), clock('to')]).toEqual([row.from, row.to]);
  });
});
