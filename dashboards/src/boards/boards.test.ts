import { VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';
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

/** Rules of Grafana's linter that fit no board here, and why. */
const NOT_LINTED: ReadonlyMap<string, string> = new Map([
  ['template-job', 'what comes by OTLP has a service, and `job` only in some stores'],
  ['template-instance', 'replicas are summed by the recording rules'],
  ['target-job', 'as template-job'],
  ['target-instance', 'as template-instance'],
]);

/** Panels that are no question, and why. */
const NO_QUESTIONS: ReadonlyMap<string, string> = new Map([
  ['Volume: 150 % warns, 250 % is critical', 'a rule of the article with its numbers'],
  ['Cost per request: +50 % warns, +100 % is critical', 'likewise'],
  ['Cache hit rate: below 60 % warns, below 40 % is critical', 'likewise'],
  ['Model drift: a model that was not there before', 'likewise'],
]);

test('exceptions have reasons, and no filter is named after what is left out', () => {
  for (const reason of [...NOT_LINTED.values(), ...NO_QUESTIONS.values()]) {
    expect(reason).toMatch(/\w/);
  }
  const variables = rendered.flatMap(({ board }) =>
    (board.templating?.list ?? []).map(({ name }) => `template-${name}`),
  );
  for (const rule of NOT_LINTED.keys()) expect(variables).not.toContain(rule);
});

describe.for(rendered)('$name', ({ board, source }) => {
  test('every panel has a question, a description, a unit and a data source from a variable', () => {
    for (const panel of panelsOf(board)) {
      expect(panel.description, String(panel.title)).toMatch(/\S{3}/);
      expect(panel.fieldConfig).toHaveProperty('defaults.unit');
      expect(panel.datasource).toHaveProperty('uid', expect.stringMatching(/^\$\{\w+\}$/));
      expect(panel.targets).not.toEqual([]);
      expect(panel.links, String(panel.title)).toHaveLength(1);
    }
  });

  test('titles are questions', () => {
    const titles = panelsOf(board).map(({ title }) => String(title));
    expect(titles.filter((title) => !title.endsWith('?') && !NO_QUESTIONS.has(title))).toEqual([]);
  });

  test('filters follow the time range', () => {
    const filters = (board.templating?.list ?? []).filter(({ type }) => type === 'query');
    expect(filters.length).toBeGreaterThan(0);
    for (const { refresh } of filters) expect(refresh).toBe(VariableRefresh.OnTimeRangeChanged);
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
