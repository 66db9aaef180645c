// How long the queries of boards and rules take on a real Prometheus with 10,000 raw series of spend and a day behind them.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOARDS, createNaming, queriesOf, recordingRules } from '../../dashboards/dist/index.js';
import { startPrometheus } from '../support/start-prometheus.ts';

const FEATURES = 50;
const MODELS = 10;
const REPLICAS = 20;
const DAY_MINUTES = 1440;
const RAW_MINUTES = 60;
const TARGET_MS = 500;
const ROUNDS = 3;

function component(name) {
  const script = join(import.meta.dirname, '../../scripts/components.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [script, name], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr.trim().split('\n').at(-1));
  return JSON.parse(stdout);
}

const combinations = Array.from({ length: FEATURES * MODELS }, (_, index) => {
  const feature = `feature-${index % FEATURES}`;
  const model = `model-${Math.floor(index / FEATURES)}`;
  return `service_name="shop",deployment_environment_name="prod",gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="${model}",gen_ai_response_model="${model}",tokenmeter_feature="${feature}",tokenmeter_team="team-${index % 7}"`;
});

/** Lines of one family: every series at every step of its span. */
function* family({ name, series, fromMinute, stepMinutes, rises }) {
  for (const [at, labels] of series.entries()) {
    for (let minute = fromMinute; minute <= DAY_MINUTES; minute += stepMinutes) {
      yield `${name}{${labels}} ${rises ? minute * (at % 9) : at % 9} ${base + minute * 60}\n`;
    }
  }
}

const base = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;
const replicated = combinations.flatMap((labels) =>
  Array.from({ length: REPLICAS }, (_, replica) => `${labels},instance="i${replica}"`),
);

async function writeDay(file, progress) {
  const perMinute = { fromMinute: 0, stepMinutes: 1, rises: false, series: combinations };
  const families = [
    {
      name: 'tokenmeter_cost_USD_total',
      fromMinute: DAY_MINUTES - RAW_MINUTES,
      stepMinutes: 0.5,
      rises: true,
      series: replicated,
    },
    {
      name: 'tokenmeter:cost_usd:seen',
      fromMinute: 0,
      stepMinutes: 10,
      rises: true,
      series: replicated,
    },
    { ...perMinute, name: 'tokenmeter:cost_usd:delta1m' },
    {
      ...perMinute,
      name: 'tokenmeter:calls:delta1m',
      series: combinations.map((labels) => `${labels},tokenmeter_cache="hit"`),
    },
    {
      ...perMinute,
      name: 'tokenmeter:tokens:delta1m',
      series: combinations.map((labels) => `${labels},tokenmeter_token_class="input"`),
    },
  ];
  const out = createWriteStream(file);
  for (const each of families) {
    progress(`writing ${each.name}`);
    for (const line of family(each)) if (!out.write(line)) await once(out, 'drain');
  }
  out.end('# EOF\n');
  await once(out, 'finish');
}

const substituted = (expr) =>
  expr
    .replaceAll('$__range', '24h')
    .replaceAll('$__interval', '5m')
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$group_by', 'tokenmeter_feature')
    .replaceAll(/\$(\w+)/g, '.*');

async function milliseconds(url, expr) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const body = new URLSearchParams({ query: expr, time: String(base + DAY_MINUTES * 60) });
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
    await response.arrayBuffer();
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

/** The slowest queries of each board, and the minute rule of the money. */
export async function dashboards(progress) {
  const { promtool, prometheus } = component('prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-boards-'));
  try {
    const day = join(folder, 'day.om');
    await writeDay(day, progress);
    progress('loading Prometheus');
    execFileSync(promtool, [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      '--max-block-duration=168h',
      '-q',
      day,
      join(folder, 'prometheus'),
    ]);
    await using store = await startPrometheus({ binary: prometheus, folder });
    const naming = createNaming('underscores');
    const queries = BOARDS.flatMap(({ name, render }) =>
      queriesOf(render({ naming, source: 'recorded' })).map(({ panel, expr }) => ({
        name,
        panel,
        expr: substituted(expr),
      })),
    );
    const rows = new Map();
    for (const { name, panel, expr } of queries) {
      progress(`${name}: ${panel}`);
      const value = await milliseconds(store.url, expr);
      if (value >= (rows.get(name)?.value ?? 0))
        rows.set(name, { value, note: `slowest of its queries: ${panel}` });
    }
    const [rule] = recordingRules(naming)[1].rules;
    rows.set('recording rule of a minute', {
      value: await milliseconds(store.url, rule.expr),
      note: rule.record,
    });
    return [...rows].map(([name, { value, note }]) => ({
      name: `query: ${name}`,
      value,
      unit: 'ms',
      target: TARGET_MS,
      isLowerBetter: true,
      note: `10,000 raw series of spend, 500 recorded, 24 h; ${note}`,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
