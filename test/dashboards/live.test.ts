import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { queryEngine } from '../support/query-engine.ts';
import {
  ALL,
  boardQueries,
  EMPTY_IN_HISTORY,
  EMPTY_LIVE,
  SELECTIONS,
  substituted,
} from './board-queries.ts';
import { fillLiveStores, type LiveStores } from './live-stores.ts';
import { cloudwatchQueries, datadogQueries, type VendorQuery } from './vendor-queries.ts';

const prometheus = findComponent('prometheus');
const promtool = findComponent('promtool');
const victoriaMetrics = findComponent('victoriametrics');
const collector = findComponent('collector');
const isThere = [prometheus, promtool, victoriaMetrics, collector].every((each) => each.isThere);

const QUERIES = boardQueries('underscores');
const RAW_QUERIES = boardQueries('underscores', 'raw');
const WINDOWS = { range: '1h', interval: '30m' };
const NO_RULER = 'VictoriaMetrics evaluates rules in another program, vmalert';
const EMPTY_THERE: ReadonlyMap<string, string> = new Map([
  ['What is open? 1', NO_RULER],
  ['How many incidents are open? 1', NO_RULER],
  ['annotation 1', NO_RULER],
]);

/** Tags of Datadog's own. https://docs.datadoghq.com/opentelemetry/mapping/semantic_mapping/ (checked 2026-11-21) */
const DATADOG_TAGS: ReadonlyMap<string, string> = new Map([
  ['service.name', 'service'],
  ['deployment.environment.name', 'env'],
]);

const EMPTY_FILTERED: ReadonlyMap<string, string> = new Map([
  ['Which models have no price? 0', 'the chosen models have a price'],
]);
/** What reading raw counters loses. */
const EMPTY_RAW: ReadonlyMap<string, string> = new Map([
  ['Which services report? 0', 'a counter that came once in five minutes has no increase'],
]);

test('no query is without data in the weeks of history and in what a Collector sent', () => {
  const never = [...EMPTY_LIVE.keys()].filter((key) => EMPTY_IN_HISTORY.has(key));
  expect(never).toEqual([]);
});

describe.skipIf(!isThere)('boards on what one real Collector sent to two stores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-live-'));
  let stores: LiveStores;

  beforeAll(async () => {
    const pathOf = (each: typeof prometheus): string => (each.isThere ? each.path : '');
    stores = await fillLiveStores(folder, {
      prometheus: pathOf(prometheus),
      promtool: pathOf(promtool),
      victoriaMetrics: pathOf(victoriaMetrics),
      collector: pathOf(collector),
    });
  }, 240_000);
  afterAll(async () => {
    await stores?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function expectData(
    { panel, index, expr }: (typeof QUERIES)[number],
    value: (variable: string) => string,
    more: ReadonlyMap<string, string>,
  ): Promise<void> {
    const query = substituted(expr, value, 'tokenmeter_feature', WINDOWS);
    const key = `${panel} ${index}`;
    for (const [name, { url }] of Object.entries({
      Prometheus: stores.prometheus,
      VictoriaMetrics: stores.victoriaMetrics,
    })) {
      const found = await queryEngine(url, query);
      const isExcused =
        EMPTY_LIVE.has(key) || more.has(key) || (name !== 'Prometheus' && EMPTY_THERE.has(key));
      // Whether an hour is over depends on when this runs, so nothing is said of what may be empty.
      if (!isExcused) expect(found.length, `${name}: ${query}`).toBeGreaterThan(0);
    }
  }

  describe.for(SELECTIONS)('with every filter at $name', ({ name, value }) => {
    const more = name === 'All' ? new Map() : EMPTY_FILTERED;
    test.for(QUERIES)('$board: $panel, query $index', (query) => expectData(query, value, more));
  });

  /** Tags of what the backend sent, resource attributes among them, as Datadog calls them. */
  function tagsOf(wanted: string, rename: (attribute: string) => string): ReadonlySet<string> {
    return new Set(
      stores.datadog
        .metrics(wanted)
        .flatMap(({ attributes, resource }) => Object.keys({ ...attributes, ...resource }))
        .map(rename),
    );
  }

  function expectSent(
    { metric, labels }: VendorQuery,
    rename: (attribute: string) => string,
  ): void {
    const tags = tagsOf(metric, rename);
    for (const label of labels) expect([...tags], metric).toContain(label);
  }

  test.for(datadogQueries())('Datadog is sent $metric with $labels', (query) => {
    expectSent(query, (attribute) => DATADOG_TAGS.get(attribute) ?? attribute);
  });

  test.for(cloudwatchQueries())(
    'the attributes of $metric have the dimensions $labels',
    (query) => {
      expectSent(query, (attribute) => attribute);
    },
  );

  test.for(RAW_QUERIES)('without rules: $board: $panel, query $index', (query) =>
    expectData(query, ALL, EMPTY_RAW),
  );
});
