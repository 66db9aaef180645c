import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNaming, DIMENSIONS } from '@tokenmeter/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { importOpenMetrics } from '../support/import-samples.ts';
import { type QueryResult, queryEngine } from '../support/query-engine.ts';
import type { RunningEngine } from '../support/start-prometheus.ts';
import { startThanosSidecar } from '../support/start-thanos-sidecar.ts';
import { startVictoriaMetrics } from '../support/start-victoria-metrics.ts';
import { ALL, boardQueries, EMPTY_IN_HISTORY, SELECTIONS, substituted } from './board-queries.ts';
import type { Truth } from './day.ts';
import { END, fillStore, MIDNIGHT } from './fill-store.ts';
import { boardUsd, ledgerUsd, workerUsd } from './read-totals.ts';
import { ruleQueries } from './rule-queries.ts';

const prometheus = findComponent('prometheus');
const victoriaMetrics = findComponent('victoriametrics');
const thanos = findComponent('thanos');
const promtool = findComponent('promtool');
const isThere = prometheus.isThere && promtool.isThere;

const EVENING = MIDNIGHT + 20 * 3600;
const naming = createNaming('underscores');
const FEATURE = 'tokenmeter_feature';
const QUERIES = boardQueries('underscores');

/** What two stores must agree on: the values, in order of size. */
function sorted(found: readonly QueryResult[]): readonly number[] {
  return found.map(({ value }) => value).sort((left, right) => left - right);
}

function expectSame(theirs: readonly QueryResult[], ours: readonly QueryResult[]): void {
  expect(theirs).toHaveLength(ours.length);
  for (const [at, value] of sorted(ours).entries()) {
    expect(Math.abs((sorted(theirs)[at] ?? 0) - value)).toBeLessThanOrEqual(
      1e-6 * Math.max(1, Math.abs(value)),
    );
  }
}

/** VictoriaMetrics computes these two its own way, which is why no amount of money is asked with them. */
const DIFFERS = /\b(rate|increase)\(/;

describe.skipIf(!isThere)(
  'boards on five weeks and a day of births, restarts, replicas and gaps',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-boards-'));
    const stores = new Map<string, RunningEngine>();
    const urlOf = (name: string): string => stores.get(name)?.url ?? '';
    let truth: Truth;

    /** The same series, raw and recorded, in the other store. */
    async function copyTo(binary: string, promtoolPath: string): Promise<RunningEngine> {
      const running = await startVictoriaMetrics({ binary, folder });
      const dump = ['tsdb', 'dump-openmetrics', join(folder, 'prometheus')];
      const text = execFileSync(promtoolPath, dump, { encoding: 'utf8', maxBuffer: 1 << 30 });
      await importOpenMetrics(running.url, text);
      return running;
    }

    beforeAll(async () => {
      if (!prometheus.isThere || !promtool.isThere) return;
      const programs = { prometheus: prometheus.path, promtool: promtool.path };
      const filled = await fillStore({ ...programs, folder, style: 'underscores' });
      truth = filled.truth;
      stores.set('Prometheus', filled.store);
      if (thanos.isThere) {
        stores.set(
          'Thanos',
          await startThanosSidecar(filled.store.url, { binary: thanos.path, folder }),
        );
      }
      if (victoriaMetrics.isThere) {
        stores.set('VictoriaMetrics', await copyTo(victoriaMetrics.path, promtool.path));
      }
    }, 300_000);
    afterAll(async () => {
      for (const each of [...stores.values()].reverse()) await each[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    test('the recorded money of the day is what was spent, by feature', async () => {
      const spent = await queryEngine(
        urlOf('Prometheus'),
        `sum by (tokenmeter_feature) (sum_over_time(tokenmeter:cost_usd:delta1m[1501m]))`,
        END,
      );
      for (const [feature, usd] of truth) {
        const found = spent.find(({ metric }) => metric.tokenmeter_feature === feature)?.value ?? 0;
        expect(Math.abs(found / usd - 1), `${feature}: ${found} of ${usd}`).toBeLessThan(0.001);
      }
    });

    test('the day is the same money on the boards, in the ledger and for the worker', {
      timeout: 240_000,
    }, async () => {
      const spent = [...truth.values()].reduce((sum, usd) => sum + usd, 0);
      const url = urlOf('Prometheus');
      const totals = {
        boards: await boardUsd(url),
        ledger: await ledgerUsd(folder),
        worker: await workerUsd(url),
      };
      const words = Object.entries(totals).map(
        ([name, usd]) =>
          `${name} ${usd.toFixed(4)} USD (${(100 * (usd / spent - 1)).toFixed(4)} %)`,
      );
      process.stdout.write(`spent ${spent.toFixed(4)} USD: ${words.join(', ')}\n`);
      for (const [name, usd] of Object.entries(totals)) {
        expect(Math.abs(usd / spent - 1), name).toBeLessThan(0.001);
      }
    });

    test('hours hold the same money as minutes', async () => {
      // Features that the weeks before do not have, whose last hour reaches into the day.
      const born = '{tokenmeter_feature=~"batch|mail|report"}';
      const total = async (series: string): Promise<number> => {
        const expr = `sum(sum_over_time(${series}${born}[1501m]))`;
        return (await queryEngine(urlOf('Prometheus'), expr, END))[0]?.value ?? 0;
      };
      const minutes = await total('tokenmeter:cost_usd:delta1m');
      expect(minutes).toBeGreaterThan(0);
      expect(await total('tokenmeter:cost_usd:delta1h')).toBeCloseTo(minutes, 6);
    });

    describe.for(SELECTIONS)('with every filter at $name', ({ value }) => {
      test.for(QUERIES)('$board: $panel, query $index', async ({ panel, index, expr }) => {
        const query = substituted(expr, value, FEATURE);
        const found = await queryEngine(urlOf('Prometheus'), query, EVENING);
        const reason = EMPTY_IN_HISTORY.get(`${panel} ${index}`);
        if (reason === undefined) expect(found.length, query).toBeGreaterThan(0);
        else expect(found, reason).toEqual([]);
        if (!victoriaMetrics.isThere) return;
        const other = await queryEngine(urlOf('VictoriaMetrics'), query, EVENING);
        if (DIFFERS.test(expr)) expect(other).toHaveLength(found.length);
        else expectSame(other, found);
      });
    });

    test.skipIf(!thanos.isThere).for(QUERIES)(
      'Thanos answers the same: $board: $panel, query $index',
      async ({ expr }) => {
        const query = substituted(expr, ALL, FEATURE);
        const ours = await queryEngine(urlOf('Prometheus'), query, EVENING);
        expectSame(await queryEngine(urlOf('Thanos'), query, EVENING), ours);
      },
    );

    test.for(ruleQueries('underscores'))('rule $name', async ({ kind, expr }) => {
      const found = await queryEngine(urlOf('Prometheus'), expr, EVENING);
      // The alerts fire and stay silent in the tests of promtool; nothing is wrong on this day but what is told here.
      if (kind === 'recording') expect(found.length).toBeGreaterThan(0);
      for (const name of ['VictoriaMetrics', 'Thanos']) {
        const other = stores.get(name);
        if (other !== undefined) expectSame(await queryEngine(other.url, expr, EVENING), found);
      }
    });

    test.for(DIMENSIONS.map(({ attribute }) => naming.label(attribute)))(
      'spend splits by %s',
      async (label) => {
        const expr = QUERIES.find(({ panel }) => panel === 'When was it spent?')?.expr ?? '';
        const query = substituted(expr, ALL, label);
        expect((await queryEngine(urlOf('Prometheus'), query, EVENING)).length).toBeGreaterThan(0);
      },
    );
  },
);
