import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { queryEngine } from '../support/query-engine.ts';
import type { RunningEngine } from '../support/start-prometheus.ts';
import { ALL, boardQueries, EMPTY_IN_HISTORY, substituted } from './board-queries.ts';
import type { Truth } from './day.ts';
import { END, fillStore, MIDNIGHT } from './fill-store.ts';

const prometheus = findComponent('prometheus');
const promtool = findComponent('promtool');

describe.skipIf(!(prometheus.isThere && promtool.isThere))('names with dots', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-dotted-'));
  let store: RunningEngine;
  let truth: Truth;

  beforeAll(async () => {
    if (!prometheus.isThere || !promtool.isThere) return;
    const programs = { prometheus: prometheus.path, promtool: promtool.path };
    ({ store, truth } = await fillStore({ ...programs, folder, style: 'utf8' }));
  }, 240_000);
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the recorded money of the day is what was spent', async () => {
    const [found] = await queryEngine(
      store.url,
      'sum(sum_over_time(tokenmeter:cost_usd:delta1m[1501m]))',
      END,
    );
    const spent = [...truth.values()].reduce((sum, usd) => sum + usd, 0);
    expect(Math.abs((found?.value ?? 0) / spent - 1)).toBeLessThan(0.001);
  });

  test.for(boardQueries('utf8'))('$board: $panel, query $index', async ({ panel, index, expr }) => {
    const query = substituted(expr, ALL, '"tokenmeter.feature"');
    const found = await queryEngine(store.url, query, MIDNIGHT + 20 * 3600);
    expect(found.length === 0, query).toBe(EMPTY_IN_HISTORY.has(`${panel} ${index}`));
  });
});
