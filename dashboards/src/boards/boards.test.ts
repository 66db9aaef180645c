import { CALL_COST } from '@tokenmeter/semconv';
import { describe, expect, test } from 'vitest';
import { BOARD_UIDS } from '../board-uids.ts';
import { createNaming, NAMING_STYLES, prometheusName } from '../naming.ts';
import { queriesOf } from '../queries.ts';
import { RECORDED } from '../rules/recorded.ts';
import { BOARDS } from './boards.ts';
import type { BoardSource } from './gains.ts';

const SOURCES: readonly BoardSource[] = ['recorded', 'raw'];
const rendered = BOARDS.flatMap(({ name, render }) =>
  NAMING_STYLES.flatMap((style) =>
    SOURCES.map((source) => ({
      name: `${name}, ${style}, ${source}`,
      style,
      source,
      board: render({ naming: createNaming(style), source }),
    })),
  ),
);

/** The panels that hold something, as a linter of Grafana boards sees them. */
function panelsOf(board: (typeof rendered)[number]['board']): Record<string, unknown>[] {
  return (board.panels ?? []).map((panel) => ({ ...panel })).filter(({ type }) => type !== 'row');
}

describe.for(rendered)('$name', ({ board, source }) => {
  test('every panel has a question, a description, a unit and a data source from a variable', () => {
    for (const panel of panelsOf(board)) {
      expect(panel.description, String(panel.title)).toMatch(/\S{3}/);
      expect(panel.fieldConfig).toHaveProperty('defaults.unit');
      expect(panel.datasource).toHaveProperty('uid', expect.stringMatching(/^\$\{\w+\}$/));
      expect(panel.targets).not.toEqual([]);
    }
  });

  test('ids are set and differ, and nobody edits the board by accident', () => {
    const ids = (board.panels ?? []).map(({ id }) => id);
    expect(ids.every((id) => typeof id === 'number' && id > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(board.editable).toBe(false);
  });

  test('panels fill rows of 24 columns and do not overlap', () => {
    for (const panel of panelsOf(board)) {
      expect(panel.gridPos).toMatchObject({ x: expect.any(Number), w: expect.any(Number) });
      const { x, w } = Object(panel.gridPos);
      expect(x + w).toBeLessThanOrEqual(24);
    }
  });

  test('panels lead to the other boards of the same variant, with range and filters', () => {
    const urls = panelsOf(board).flatMap(({ links }) =>
      Array.isArray(links)
        ? links.map((link: unknown) => String(Reflect.get(Object(link), 'url')))
        : [],
    );
    expect(urls.length).toBeGreaterThan(0);
    const suffix = source === 'raw' ? '-raw' : '';
    const known = Object.values(BOARD_UIDS).map(
      (uid) => `/d/${uid}${suffix}?\${__url_time_range}&\${__all_variables}`,
    );
    for (const url of urls) expect(known).toContain(url);
  });

  test('no query sums a counter as it is, and rates use the interval of the panel', () => {
    for (const { panel, expr } of queriesOf(board)) {
      const bare = [...Object.values(RECORDED).map(({ spec }) => spec), CALL_COST].some((spec) =>
        new RegExp(`sum[^(]*\\((${prometheusName(spec)}|\\{"${spec.name}")`).test(expr),
      );
      expect(bare, panel).toBe(false);
      for (const [, window] of expr.matchAll(/\brate\([^[]+\[([^\]]+)\]/g)) {
        expect(window, panel).toBe('$__rate_interval');
      }
    }
  });
});
