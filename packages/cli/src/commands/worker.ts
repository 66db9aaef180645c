import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  createShardedSource,
  parseShard,
  type Shard,
  startWorker,
  type Worker,
} from '@tokenmeter/worker';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { createWorkerSetup } from '../config/worker-setup.ts';
import { CommandError, type Io } from '../io.ts';
import { limitHeapGrowth } from '../limit-heap-growth.ts';
import { makeFolder } from '../make-folder.ts';
import { openConfiguredSource, readSources } from '../open-sources.ts';
import type { WorkerFigures } from '../render/render-worker-metrics.ts';
import { createRuleSetup, type RuleSetup } from '../rule-setup.ts';
import { readMetricsPort, serveWorkerMetrics } from '../serve-worker-metrics.ts';
import { readTimeZone } from '../time-zone.ts';

/** Options of `tokenmeter worker`. */
export interface WorkerCommandOptions {
  readonly config?: string;
  readonly data: string;
  readonly timeZone?: string;
  readonly shard?: string;
  readonly metricsPort?: string;
  readonly readyFile?: string;
  readonly json?: boolean;
}

interface Lane {
  readonly source: string;
  readonly worker: Worker;
}

/** Watches the configured sources until the person stops it. Each source has a worker of its own, so none waits for another. */
export async function runWorker(options: WorkerCommandOptions, io: Io): Promise<void> {
  limitHeapGrowth();
  const loaded = loadConfig(io, { config: options.config });
  const settings = readSources(loaded);
  if (settings.length === 0) {
    throw new CommandError('no source is configured', {
      hint: 'add to tokenmeter.yaml: source: { url: "http://prometheus:9090" }; or watch the ledger with: tokenmeter up',
      exitCode: 2,
    });
  }
  const port = readMetricsPort(options.metricsPort);
  const lanes: Lane[] = [];
  try {
    for await (const lane of openLanes(options, loaded, io)) lanes.push(lane);
    await serve(lanes, { options, port, io });
  } finally {
    await Promise.all(lanes.map(({ worker }) => worker.close()));
  }
}

async function serve(
  lanes: readonly Lane[],
  context: {
    readonly options: WorkerCommandOptions;
    readonly port: number | undefined;
    readonly io: Io;
  },
): Promise<void> {
  const { options, port, io } = context;
  const figures = (): WorkerFigures => ({
    workers: lanes.map(({ source, worker }) => ({
      source,
      stats: worker.stats(),
      incidents: worker.incidents(),
    })),
  });
  await using metrics = port === undefined ? undefined : await serveWorkerMetrics(port, figures);
  const ready = {
    pid: process.pid,
    sources: lanes.map(({ source }) => source),
    ...(metrics !== undefined && { metricsUrl: metrics.url }),
  };
  if (options.readyFile !== undefined) {
    await writeFile(resolve(io.cwd, options.readyFile), JSON.stringify(ready));
  }
  io.stdout(
    options.json === true
      ? `${JSON.stringify({ event: 'ready', ...ready })}\n`
      : renderReady(ready.sources, metrics?.url),
  );
  await untilStopped(io.stop);
}

/** One worker after the other; those that run are the caller's to stop. */
async function* openLanes(
  options: WorkerCommandOptions,
  loaded: LoadedConfig,
  io: Io,
): AsyncGenerator<Lane> {
  const { config, folder } = loaded;
  const timeZone = readTimeZone(options.timeZone ?? config.timeZone);
  const shard = readShard(options.shard ?? config.worker.shard);
  const rules = await createRuleSetup(config, timeZone);
  checkBudgets(rules, shard);
  const setup = createWorkerSetup(loaded, io, { isJson: options.json === true, timeZone });
  const dataDir = resolve(io.cwd, options.data);
  const { statePath: configured } = config.worker;
  const statePath =
    configured === undefined ? join(dataDir, 'worker.sqlite') : resolve(folder, configured);
  await makeFolder(dirname(statePath), { isPrivate: true });
  for (const settings of readSources(loaded)) {
    const source = await openConfiguredSource(settings, loaded);
    const worker = await startWorker({
      ...setup,
      ...rules,
      source: createShardedSource(source, shard),
      shard: `${settings.name} ${shard.index}/${shard.count}`,
      statePath,
      timeZone,
      ...(config.baseUrl !== undefined && { pageUrl: config.baseUrl }),
      logger: { warn: (text: string) => io.stderr(`${text}\n`) },
    });
    yield { source: settings.name, worker };
  }
}

/** A shard knows its own services only: what all of them spend would never reach the limit, without a word. */
function checkBudgets({ rules }: RuleSetup, { index, count }: Shard): void {
  const isOfAll = rules.some((rule) => rule.name === 'budget' && rule.labels.service === undefined);
  if (count === 1 || !isOfAll) return;
  throw new CommandError(`a budget without a service cannot be kept by --shard ${index}/${count}`, {
    hint: 'give it a service, or keep it in the configuration of one more worker without --shard',
    exitCode: 2,
  });
}

function readShard(text: string | undefined): Shard {
  if (text === undefined) return { index: 1, count: 1 };
  const shard = parseShard(text);
  if (shard !== undefined) return shard;
  throw new CommandError(`--shard must be I/N such as 2/8, got ${text}`, { exitCode: 2 });
}

function renderReady(sources: readonly string[], metricsUrl: string | undefined): string {
  const lines = ['Tokenmeter watches.', `  sources  ${sources.join(', ')}`];
  if (metricsUrl !== undefined) lines.push(`  metrics  ${metricsUrl}/metrics`);
  return `${lines.join('\n')}\n  (Ctrl-C stops)\n`;
}

function untilStopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((done) => {
    stop.addEventListener('abort', () => done(), { once: true });
  });
}
