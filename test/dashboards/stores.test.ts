import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BOARDS,
  createNaming,
  DIMENSIONS,
  queriesOf,
  recordingRules,
  renderPrometheusRules,
} from '@tokenmeter/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { type Truth, writeDay } from './day.ts';
import {
  backfillRules,
  importOpenMetrics,
  type QueryResult,
  queryPrometheus,
  type RunningStore,
  startOnBlocks,
  startVictoriaMetrics,
} from './query-prometheus.ts';

const prometheus = findComponent('prometheus');
const victoriaMetrics = findComponent('victoriametrics');
const promtool = findComponent('promtool');
const isThere = prometheus.isThere && promtool.isThere;

const MIDNIGHT = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;
const END = MIDNIGHT + 25 * 3600;
const NOON = MIDNIGHT + 20 * 3600;
const naming = createNaming('underscores');

const ALL: Selection = (name) => ({ switch_to: 'gpt-4o-mini' })[name] ?? '.*';

/** What a variable holds. */
type Selection = (variable: string) => string;

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

/** Queries that find nothing in one day of one healthy service, and why. */
const NO_LAST_WEEK = 'the day has no week before it';
const EMPTY: ReadonlyMap<string, string> = new Map([
  ['And against last week? 0', NO_LAST_WEEK],
  ['Is that usual? 1', NO_LAST_WEEK],
  ['Are there more calls than usual? 1', NO_LAST_WEEK],
  ['Are there more calls than usual? 2', NO_LAST_WEEK],
  ['Are there more calls than usual? 3', NO_LAST_WEEK],
  ['Volume: 150 % warns, 250 % is critical 1', NO_LAST_WEEK],
  ['Where will the month end? 0', 'one day has no deviation from other days'],
  ['Where will the month end? 2', 'one day has no deviation from other days'],
  ['How much of the budget is gone? 1', 'no budget is configured'],
  ['What fires? 0', 'alert rules are not evaluated over the past'],
  ['How full are the Collector’s queues? 0', 'no Collector is scraped'],
]);

const QUERIES = BOARDS.flatMap(({ name, render }) => {
  const queries = queriesOf(render({ naming, source: 'recorded' }));
  return queries.map(({ panel, expr }, at) => {
    const index = queries.slice(0, at).filter((query) => query.panel === panel).length;
    return { board: name, panel, index, expr };
  });
});

/** A query as Grafana sends it. */
function substituted(expr: string, value: Selection, groupBy = 'tokenmeter_feature'): string {
  return expr
    .replaceAll('$__range', '18h')
    .replaceAll('$__interval', '5m')
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$group_by', groupBy)
    .replaceAll(/\$(\w+)/g, (_all, name: string) => value(name));
}

describe.skipIf(!isThere)(
  'boards on a real Prometheus with a day of births, restarts, replicas and gaps',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-boards-'));
    const data = join(folder, 'data');
    const stores = new Map<string, RunningStore>();
    let truth: Truth;
    let store: RunningStore;

    /** The rules of a group need those of the groups before it in the store. */
    async function fill(): Promise<RunningStore> {
      if (!prometheus.isThere || !promtool.isThere) throw new Error('no Prometheus');
      const day = join(folder, 'day.om');
      truth = writeDay(day, MIDNIGHT);
      execFileSync(promtool.path, [
        'tsdb',
        'create-blocks-from',
        'openmetrics',
        '--max-block-duration=168h',
        '-q',
        day,
        data,
      ]);
      let running = await startOnBlocks(prometheus.path, folder);
      for (const group of recordingRules(naming)) {
        const rules = join(folder, `${group.name}.yaml`);
        writeFileSync(rules, renderPrometheusRules([group], ''));
        const range = { from: MIDNIGHT - 3600, to: END };
        backfillRules(promtool.path, { url: running.url, rules, outputFolder: data, ...range });
        await running[Symbol.asyncDispose]();
        running = await startOnBlocks(prometheus.path, folder);
      }
      return running;
    }

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
      store = await fill();
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
          [store.url, other].map((url) => queryPrometheus(url, substituted(expr, ALL), NOON)),
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
        const found = await queryPrometheus(store.url, substituted(expr, value), NOON);
        const reason = EMPTY.get(`${panel} ${index}`);
        if (reason === undefined) expect(found.length, substituted(expr, value)).toBeGreaterThan(0);
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
