import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNaming, DIMENSIONS } from '@tokenmeter/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { ALL, boardQueries, EMPTY, type Selection, substituted } from './board-queries.ts';
import type { Truth } from './day.ts';
import { END, fillStore, MIDNIGHT } from './fill-store.ts';
import {
  importOpenMetrics,
  type QueryResult,
  queryPrometheus,
  type RunningStore,
  startVictoriaMetrics,
} from './query-prometheus.ts';

const prometheus = findComponent('prometheus');
const victoriaMetrics = findComponent('victoriametrics');
const promtool = findComponent('promtool');
const isThere = prometheus.isThere && promtool.isThere;

const NOON = MIDNIGHT + 20 * 3600;
const naming = createNaming('underscores');
const FEATURE = 'tokenmeter_feature';

const ONE: Readonly<Record<string, string>> = {
  environment: 'prod',
  service: 'shop',
  team: 'support',
  feature: 'chat',
  provider: 'openai',
  model: 'gpt-4o',
  switch_to: 'gpt-4o',
};
const SEVERAL: Readonly<Record<string, string>> = {
  ...ONE,
  team: '(support|growth)',
  feature: '(chat|search|batch)',
  provider: '(openai|anthropic)',
  model: '(gpt-4o|claude-opus-5-5)',
};
const SELECTIONS: readonly { readonly name: string; readonly value: Selection }[] = [
  { name: 'All', value: ALL },
  { name: 'one value', value: (variable) => ONE[variable] ?? '' },
  { name: 'several values', value: (variable) => SEVERAL[variable] ?? '' },
];

const QUERIES = boardQueries('underscores');

describe.skipIf(!isThere)(
  'boards on a real Prometheus with a day of births, restarts, replicas and gaps',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-boards-'));
    const data = join(folder, 'data');
    const stores = new Map<string, RunningStore>();
    let truth: Truth;
    let store: RunningStore;

    /** The same series, raw and recorded, in the other store. */
    async function copy(): Promise<RunningStore | undefined> {
      if (!victoriaMetrics.isThere || !promtool.isThere) return undefined;
      const running = await startVictoriaMetrics(victoriaMetrics.path, folder);
      const text = execFileSync(promtool.path, ['tsdb', 'dump-openmetrics', data], {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      });
      await importOpenMetrics(running.url, text);
      return running;
    }

    beforeAll(async () => {
      if (!prometheus.isThere || !promtool.isThere) return;
      const programs = { prometheus: prometheus.path, promtool: promtool.path };
      ({ store, truth } = await fillStore({ ...programs, folder, style: 'underscores' }));
      stores.set('Prometheus', store);
      const other = await copy();
      if (other !== undefined) stores.set('VictoriaMetrics', other);
    }, 240_000);
    afterAll(async () => {
      for (const each of stores.values()) await each[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    test('the recorded money of the day is what was spent, by feature', async () => {
      const found = await queryPrometheus(
        store.url,
        'sum by (tokenmeter_feature) (sum_over_time(tokenmeter:cost_usd:delta1m[26h]))',
        END,
      );
      const spent = new Map(found.map(({ metric, value }) => [metric.tokenmeter_feature, value]));
      for (const [feature, usd] of truth) {
        expect(
          Math.abs((spent.get(feature) ?? 0) / usd - 1),
          `${feature}: ${spent.get(feature)} of ${usd}`,
        ).toBeLessThan(0.001);
      }
    });

    test.skipIf(!victoriaMetrics.isThere).for(QUERIES)(
      'VictoriaMetrics answers the same: $board: $panel, query $index',
      async ({ expr }) => {
        const other = stores.get('VictoriaMetrics')?.url ?? '';
        const [ours, theirs] = await Promise.all(
          [store.url, other].map((url) =>
            queryPrometheus(url, substituted(expr, ALL, FEATURE), NOON),
          ),
        );
        const sorted = (found: readonly QueryResult[] = []): readonly number[] =>
          found.map(({ value }) => value).sort((left, right) => left - right);
        expect(sorted(theirs).length).toBe(sorted(ours).length);
        if (/rate\(|increase\(/.test(expr)) return;
        for (const [at, value] of sorted(ours).entries()) {
          expect(sorted(theirs)[at]).toBeCloseTo(value, 6);
        }
      },
    );

    test('hours hold the same money as minutes', async () => {
      const total = async (series: string): Promise<number | undefined> =>
        (await queryPrometheus(store.url, `sum(sum_over_time(${series}[26h]))`, END))[0]?.value;
      const minutes = await total('tokenmeter:cost_usd:delta1m');
      expect(await total('tokenmeter:cost_usd:delta1h')).toBeCloseTo(minutes ?? 0, 6);
    });

    describe.for(SELECTIONS)('with every filter at $name', ({ value }) => {
      test.for(QUERIES)('$board: $panel, query $index', async ({ panel, index, expr }) => {
        const found = await queryPrometheus(store.url, substituted(expr, value, FEATURE), NOON);
        const reason = EMPTY.get(`${panel} ${index}`);
        if (reason === undefined)
          expect(found.length, substituted(expr, value, FEATURE)).toBeGreaterThan(0);
        else expect(found, reason).toEqual([]);
      });
    });

    test.for(DIMENSIONS.map(({ attribute }) => naming.label(attribute)))(
      'spend splits by %s',
      async (label) => {
        const expr = QUERIES.find(({ panel }) => panel === 'When was it spent?')?.expr ?? '';
        const found = await queryPrometheus(store.url, substituted(expr, ALL, label), NOON);
        expect(found.length).toBeGreaterThan(0);
      },
    );
  },
);
