import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Prometheus on loopback with a data folder of its own. */
export interface RunningPrometheus {
  readonly url: string;
  /** Evaluates an instant query; the series that it returns. */
  query(expr: string, epochSeconds: number): Promise<readonly QueryResult[]>;
  stop(): Promise<void>;
}

/** One series of an instant query. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Starts the program on a folder of blocks and waits until it answers. */
export async function runPrometheus(
  program: string,
  dataFolder: string,
): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, '{}\n');
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${dataFolder}`,
      '--storage.tsdb.retention.time=100d',
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = await listeningUrl(child);
  await untilReady(url);
  return {
    url,
    query: (expr, epochSeconds) => queryPrometheus(url, expr, epochSeconds),
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const port = /Listening on" ?(?:component=web )?address=127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', () => reject(new Error(`prometheus ended: ${log.slice(-2000)}`)));
  });
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('prometheus is not ready after 30 s');
}
