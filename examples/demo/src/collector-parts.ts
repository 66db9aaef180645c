import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@tokenmeter/testkit';
import { type Child, startChild } from './child.ts';

/** Real programs of the demo. */
interface CollectorPrograms {
  readonly collector: string;
  readonly prometheus: string;
}

/** A program with an address, until it is stopped. */
interface RunningPart {
  readonly url: string;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const POLL_MS = 100;

/** Brings Collector and Prometheus, building what is missing; progress goes to standard error. Throws when it cannot. */
export function bringPrograms(): CollectorPrograms {
  const script = fileURLToPath(new URL('../../../scripts/components.mjs', import.meta.url));
  const answer = spawnSync(process.execPath, [script, 'collector', 'prometheus'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const paths: unknown = JSON.parse(answer.stdout || '{}');
  const collector: unknown = Reflect.get(Object(paths), 'otelcol-tokenmeter');
  const prometheus: unknown = Reflect.get(Object(paths), 'prometheus');
  if (typeof collector !== 'string' || typeof prometheus !== 'string') {
    throw new Error('Collector and Prometheus could not be built; the reason is above');
  }
  return { collector, prometheus };
}

/** Starts Prometheus with its OTLP receiver and data in `folder`. */
export async function launchPrometheus(binary: string, folder: string): Promise<RunningPart> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yml');
  const lines = [
    'storage: {tsdb: {out_of_order_time_window: 3h}}',
    'otlp: {promote_resource_attributes: [service.name, deployment.environment.name]}',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--web.enable-otlp-receiver',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(`${url}/-/ready`))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error('Prometheus did not start');
    await sleep(POLL_MS);
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Starts `tokenmeter collector run` into Prometheus and the embedded server at once. */
export async function launchCollector(
  binary: string,
  options: { readonly folder: string; readonly prometheusUrl: string; readonly upUrl: string },
): Promise<{ readonly child: Child; readonly url: string }> {
  const manifest = createRequire(import.meta.url).resolve('tokenmeter/package.json');
  const args = [join(dirname(manifest), 'dist', 'main.js'), 'collector', 'run', '--json'];
  args.push('--binary', binary, '--backend', 'prometheus', '--backend', 'tokenmeter');
  const port = await freePort();
  let noteReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    noteReady = resolve;
  });
  const child = startChild('tokenmeter collector run', args, {
    env: {
      ...process.env,
      TOKENMETER_OTLP_PORT: String(port),
      TOKENMETER_QUEUE_DIR: join(options.folder, 'queue'),
      TOKENMETER_BACKEND_PROMETHEUS_ENDPOINT: options.prometheusUrl,
      TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: options.upUrl,
    },
    onLine: (line) => {
      if (line.includes('"event":"ready"')) noteReady();
    },
  });
  const early = child.ended.then((words) => {
    throw new Error([`${child.name} ${words}`, ...child.errorLines()].join('\n  '));
  });
  await Promise.race([ready, early]);
  early.catch(() => {});
  return { child, url: `http://127.0.0.1:${port}` };
}
