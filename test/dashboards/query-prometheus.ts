import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { answersWell, startProgram } from '../support/start-program.ts';

/** One series of an instant query. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks any store that speaks Prometheus' API. Throws what the store says of a query that it refuses. */
export async function queryPrometheus(
  url: string,
  expr: string,
  epochSeconds: number,
): Promise<readonly QueryResult[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr, time: String(epochSeconds), nocache: '1' }),
  });
  const body: unknown = await response.json();
  const data: unknown = Reflect.get(Object(body), 'data');
  const result: unknown = Reflect.get(Object(data), 'result');
  if (!response.ok || !Array.isArray(result)) throw new Error(`${JSON.stringify(body)}: ${expr}`);
  return result.map((series: unknown) => ({
    metric: Reflect.get(Object(series), 'metric'),
    value: Number(Reflect.get(Object(Reflect.get(Object(series), 'value')), '1')),
  }));
}

/** Computes recording rules over the past of a running Prometheus, as blocks that a restart picks up. */
export function backfillRules(
  promtool: string,
  { url, rules, outputFolder, from, to }: Backfill,
): void {
  execFileSync(promtool, [
    'tsdb',
    'create-blocks-from',
    'rules',
    `--url=${url}`,
    `--start=${from}`,
    `--end=${to}`,
    `--output-dir=${outputFolder}`,
    rules,
  ]);
}

/** What is computed, and where to. Times are epoch seconds. */
export interface Backfill {
  readonly url: string;
  readonly rules: string;
  readonly outputFolder: string;
  readonly from: number;
  readonly to: number;
}

/** A store on loopback. */
export interface RunningStore extends AsyncDisposable {
  readonly url: string;
}

/** Starts Prometheus on the blocks in `folder`/data. */
export async function startOnBlocks(program: string, folder: string): Promise<RunningStore> {
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, '{}\n');
  const url = `http://127.0.0.1:${await freePort()}`;
  const running = await startProgram(program, {
    cwd: folder,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${url.slice('http://'.length)}`,
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  return { url, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** Starts a VictoriaMetrics and gives it the same text that Prometheus was made of. */
export async function startVictoriaMetrics(program: string, folder: string): Promise<RunningStore> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const running = await startProgram(program, {
    cwd: folder,
    args: [
      `-storageDataPath=${join(folder, 'victoriametrics')}`,
      `-httpListenAddr=${url.slice('http://'.length)}`,
      '-retentionPeriod=100d',
    ],
    isReady: () => answersWell(`${url}/health`),
  });
  return { url, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** Imports OpenMetrics text, whose times are seconds, into a VictoriaMetrics, which wants milliseconds. */
export async function importOpenMetrics(url: string, text: string): Promise<void> {
  const lines = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return `${line.slice(0, at)} ${Math.round(Number(line.slice(at + 1)) * 1000)}`;
    });
  await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body: lines.join('\n') });
  await fetch(`${url}/internal/force_flush`);
  await fetch(`${url}/internal/resetRollupResultCache`);
}
