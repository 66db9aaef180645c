// How long every query of boards and rules takes on real stores with 10,000 raw series of spend and a day behind them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardQueries, substituted } from '../dashboards/board-queries.ts';
import { ruleQueries } from '../dashboards/rule-queries.ts';
import { startPrometheus } from '../support/start-prometheus.ts';
import { startVictoriaMetrics } from '../support/start-victoria-metrics.ts';
import { END_SECONDS, importDay, writeDay } from './dashboards-day.mjs';

const TARGET_MS = 500;
const ROUNDS = 5;
const STEP_SECONDS = 60;
/** What Grafana fills in for a day on a wide screen. */
const WINDOWS = { range: '24h', interval: '1m' };

const SELECTIONS = [
  ['All', (variable) => (variable === 'switch_to' ? 'model-1' : '.*')],
  ['one', (variable) => (variable === 'feature' ? 'feature-3' : '.*')],
  ['several', (variable) => (variable === 'feature' ? '(feature-3|feature-4|feature-5)' : '.*')],
];

function component(name) {
  const script = join(import.meta.dirname, '../../scripts/components.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [script, name], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr.trim().split('\n').at(-1));
  return JSON.parse(stdout);
}

/** The fastest of some rounds, for other programs run beside: one query at one time, or over the day in steps. */
async function milliseconds(url, { expr, isRange, stepSeconds = STEP_SECONDS }) {
  const times = [];
  const when = isRange
    ? { start: END_SECONDS - 86_400, end: END_SECONDS, step: stepSeconds }
    : { time: END_SECONDS };
  const path = isRange ? 'query_range' : 'query';
  // VictoriaMetrics would answer the second time from its cache.
  const body = new URLSearchParams({ query: expr, ...when, nocache: '1' }).toString();
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${text.slice(0, 200)}: ${expr}`);
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

/** Every query, by the board or the kind of rules that it belongs to. */
function allQueries() {
  const boards = boardQueries('underscores').flatMap(
    ({ board, panel, expr, isRange, shortestStep }) =>
      SELECTIONS.map(([selection, value]) => ({
        owner: board,
        name: `${panel} (${selection})`,
        expr: substituted(expr, value, 'tokenmeter_feature', {
          ...WINDOWS,
          interval: shortestStep ?? WINDOWS.interval,
        }),
        isRange,
        stepSeconds: shortestStep === '5m' ? 300 : STEP_SECONDS,
      })),
  );
  const rules = ruleQueries('underscores').map(({ kind, name, expr }) => ({
    owner: `${kind} rules`,
    name,
    expr,
    isRange: false,
  }));
  return [...boards, ...rules];
}

/** How many queries each owner has, and the slowest of them. */
async function slowest(store, url, progress) {
  const found = new Map();
  for (const query of allQueries()) {
    progress(`${store}: ${query.name}`);
    const value = await milliseconds(url, query);
    const before = found.get(query.owner) ?? { count: 0, value: 0, name: '' };
    const isSlower = value >= before.value;
    found.set(query.owner, {
      count: before.count + 1,
      value: isSlower ? value : before.value,
      name: isSlower ? query.name : before.name,
    });
  }
  return [...found].map(([owner, { count, value, name }]) => ({
    name: `${owner} on ${store}: slowest of ${count}`,
    value,
    unit: 'ms',
    target: TARGET_MS,
    isLowerBetter: true,
    note: name,
  }));
}

/** The slowest query of each board and of the rules, on both stores, one after the other. */
export async function dashboards(progress) {
  const { promtool, prometheus } = component('prometheus');
  const { 'victoria-metrics': victoriaMetrics } = component('victoriametrics');
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-boards-'));
  const rows = [];
  try {
    const day = join(folder, 'day.om');
    await writeDay(day, progress);
    progress('loading Prometheus');
    const create = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=168h', '-q'];
    execFileSync(promtool, [...create, day, join(folder, 'prometheus')]);
    rmSync(day);
    {
      await using store = await startPrometheus({ binary: prometheus, folder });
      rows.push(...(await slowest('Prometheus', store.url, progress)));
    }
    {
      await using store = await startVictoriaMetrics({ binary: victoriaMetrics, folder });
      await importDay(store.url, progress);
      rows.push(...(await slowest('VictoriaMetrics', store.url, progress)));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
