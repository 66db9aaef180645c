import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  alertRules,
  createNaming,
  DEFAULT_RULE_NUMBERS,
  renderPrometheusRules,
} from '@tokenmeter/dashboards';
import { freePort, type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';
import { foreignSpans, sendTraces } from '../collector/foreign-spans.ts';
import { runCollector } from '../collector/run-collector.ts';
import { cleanEnvironment, root } from '../e2e/run-process.ts';
import { importOpenMetrics } from '../support/import-samples.ts';
import { queryEngine } from '../support/query-engine.ts';
import { answersWell, startProgram } from '../support/start-program.ts';
import { OTLP_CONFIG, type RunningEngine, startPrometheus } from '../support/start-prometheus.ts';
import { PROMETHEUS_NAMES, startVictoriaMetrics } from '../support/start-victoria-metrics.ts';
import { backfillRules } from './backfill-rules.ts';
import { atTime, captureExports } from './capture-exports.ts';

/** Real programs. */
export interface LivePrograms {
  readonly prometheus: string;
  readonly promtool: string;
  readonly victoriaMetrics: string;
  readonly collector: string;
}

/** What one Collector filled. */
export interface LiveStores extends AsyncDisposable {
  readonly prometheus: RunningEngine;
  readonly victoriaMetrics: RunningEngine;
  /** What the backend `datadog` sent. */
  readonly datadog: OtlpSink;
}

const MINUTE_MS = 60_000;

/** A budget that is gone at once, so that the worker has something to tell. */
const WORKER_CONFIG = 'budgets: [{ name: all, period: month, limitUsd: 0.001 }]\n';

/** The rules as they are shipped, but for evaluating every second and waiting for nothing. */
function impatientRules(): string {
  const groups = alertRules(createNaming('underscores'), DEFAULT_RULE_NUMBERS).map((group) => ({
    ...group,
    interval: '1s',
    rules: group.rules.map((rule) => ({ ...rule, for: '0s' })),
  }));
  return renderPrometheusRules(groups, '');
}

function scrapes(ports: readonly number[]): string {
  const targets = ports.map((port) => `"127.0.0.1:${port}"`).join(', ');
  return `scrape_configs: [{job_name: tokenmeter, scrape_interval: 1s, static_configs: [{targets: [${targets}]}]}]\n`;
}

/**
 * Fills both stores through one real Collector: applications under our instrumentation, whose exports of seconds are spread
 * over the last minutes, and spans of another instrumentation, which the Collector prices and meters. Both scrape the
 * Collector and a real worker, which watches the Prometheus.
 */
export async function fillLiveStores(folder: string, programs: LivePrograms): Promise<LiveStores> {
  const stack = new AsyncDisposableStack();
  try {
    const [selfMetrics = 0, workerMetrics = 0, prometheusPort = 0] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
    ]);
    const scrapeFile = join(folder, 'scrape.yaml');
    writeFileSync(scrapeFile, scrapes([selfMetrics, workerMetrics]));
    writeFileSync(join(folder, 'alerts.yaml'), impatientRules());
    const restart = (): Promise<RunningEngine> =>
      startPrometheus({
        binary: programs.prometheus,
        folder,
        port: prometheusPort,
        flags: ['--web.enable-admin-api'],
        config: `${OTLP_CONFIG}${scrapes([selfMetrics, workerMetrics])}rule_files: [alerts.yaml]\n`,
      });
    const first = await restart();
    const victoriaMetrics = await startVictoriaMetrics({
      binary: programs.victoriaMetrics,
      folder,
      flags: [PROMETHEUS_NAMES, `-promscrape.config=${scrapeFile}`],
    });
    stack.use(victoriaMetrics);
    const datadog = stack.use(await startOtlpSink());
    const collector = stack.use(
      await runCollector({
        binary: programs.collector,
        folder,
        backends: ['prometheus', 'victoriametrics', 'datadog'],
        env: {
          TOKENMETER_BACKEND_PROMETHEUS_ENDPOINT: first.url,
          TOKENMETER_BACKEND_VICTORIAMETRICS_ENDPOINT: victoriaMetrics.url,
          TOKENMETER_BACKEND_DATADOG_ENDPOINT: datadog.url,
          DD_API_KEY: 'none',
          TOKENMETER_SELF_METRICS_PORT: String(selfMetrics),
        },
      }),
    );
    await sendAll(collector.url);
    await untilEqual(
      first.url,
      `sum(last_over_time(tokenmeter_calls_total{${FOREIGN}}[1h]))`,
      FOREIGN_CALLS,
    );
    await untilEqual(
      victoriaMetrics.url,
      `sum(last_over_time(tokenmeter_calls_total{${FOREIGN}}[1h]))`,
      FOREIGN_CALLS,
    );
    const hour = Math.floor(Date.now() / 3_600_000) * 3600;
    await headToBlocks(first, folder);
    const prometheus = await backfillRules(await restart(), {
      ...{ promtool: programs.promtool, folder, style: 'underscores', restart },
      ...{ from: hour - 3600, to: Math.floor(Date.now() / 1000) },
    });
    stack.use(prometheus);
    stack.use(await startWorker(folder, prometheus.url, workerMetrics));
    const args = ['tsdb', 'dump-openmetrics', '--match={__name__=~"tokenmeter:.*"}'];
    const recorded = execFileSync(programs.promtool, [...args, join(folder, 'prometheus')], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    await importOpenMetrics(victoriaMetrics.url, recorded);
    for (const { url } of [prometheus, victoriaMetrics]) {
      await untilEqual(url, 'count(tokenmeter_worker_incident > 0) > bool 0', 1);
      await untilEqual(url, 'count(otelcol_exporter_queue_size) > bool 0', 1);
      const scrapes = 'count_over_time(tokenmeter_worker_evaluations_total[1m])';
      await untilEqual(url, `count(${scrapes} > 2) > bool 0`, 1);
    }
    await untilEqual(prometheus.url, 'count(ALERTS{alertstate="firing"}) > bool 0', 1);
    const dispose = (): Promise<void> => stack.disposeAsync();
    return { prometheus, victoriaMetrics, datadog, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

const APPLICATIONS = [
  { feature: 'chat', team: 'support', calls: 120 },
  { feature: 'search', team: 'growth', calls: 120 },
];
const FOREIGN_CALLS = 40;
const FOREIGN = 'tokenmeter_feature="batch"';

/** Exports from a quarter of an hour ago until a minute ago, then spans of now. */
async function sendAll(url: string): Promise<void> {
  for (const application of APPLICATIONS) {
    const bodies = await captureExports(application);
    const startEpochMs = Date.now() - 15 * MINUTE_MS;
    for (const [index, body] of bodies.entries()) {
      const atEpochMs = Math.round(startEpochMs + (14 * MINUTE_MS * index) / (bodies.length - 1));
      const answer = await fetch(`${url}/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: atTime(body, atEpochMs, startEpochMs),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.body?.cancel();
    }
  }
  const attributes = { 'tokenmeter.feature': 'batch', 'tokenmeter.team': 'growth' };
  const calls = Array.from({ length: FOREIGN_CALLS }, (_, index) => ({
    attributes,
    ...(index % 4 === 0 ? { model: 'house-model-2' } : {}),
  }));
  const status = await sendTraces(url, foreignSpans(calls));
  if (status !== 200) throw new Error(`the Collector answered ${status}`);
}

/**
 * Stops a Prometheus with everything that it holds in blocks: it would forget what is younger than the blocks of the rules
 * when it starts with them.
 */
async function headToBlocks(running: RunningEngine, folder: string): Promise<void> {
  const answer = await fetch(`${running.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  const body: unknown = await answer.json();
  const name = String(Reflect.get(Object(Reflect.get(Object(body), 'data')), 'name'));
  await running[Symbol.asyncDispose]();
  const data = join(folder, 'prometheus');
  for (const each of ['wal', 'wbl', 'chunks_head']) {
    rmSync(join(data, each), { recursive: true, force: true });
  }
  const blocks = join(data, 'snapshots', name);
  for (const block of readdirSync(blocks)) renameSync(join(blocks, block), join(data, block));
}

async function startWorker(folder: string, url: string, port: number): Promise<AsyncDisposable> {
  const config = join(folder, 'tokenmeter.yaml');
  writeFileSync(config, `source: { url: "${url}" }\n${WORKER_CONFIG}`);
  const command = [join(root, 'packages/cli/dist/main.js'), 'worker', '--config', config];
  return await startProgram(process.execPath, {
    cwd: folder,
    args: [...command, '--data', join(folder, 'worker'), '--metrics-port', String(port)],
    env: cleanEnvironment(),
    isReady: () => answersWell(`http://127.0.0.1:${port}/healthz`),
  });
}

async function untilEqual(url: string, expr: string, wanted: number): Promise<void> {
  const deadline = performance.now() + 180_000;
  for (;;) {
    const [found] = await queryEngine(url, expr);
    if (found?.value === wanted) return;
    if (performance.now() > deadline) throw new Error(`${expr} is ${found?.value} at ${url}`);
    await sleep(250);
  }
}
