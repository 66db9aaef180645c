import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startReplayProvider } from '@tokenmeter/testkit';
import { Cleanup } from './cleanup.ts';
import { bringPrograms, launchCollector, launchPrometheus } from './collector-parts.ts';
import type { DemoIo } from './demo.ts';
import { launchApp, launchUp } from './launch.ts';
import { createProviderPlan } from './provider-plan.ts';
import { createPythonReplay } from './python-replay.ts';
import { createRandom } from './random.ts';
import { isSameUsd, readPrometheusUsd, readServerUsd } from './read-totals.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const CAPTURED = new URL('../../../test/dialects/captured/', import.meta.url);
const REPLAY_EVERY_MS = 700;
const SHOW_EVERY_MS = 5000;
const GRACE_MS = 15_000;
const EQUAL_WITHIN_MS = 30_000;

/**
 * The helpdesk of the demo, and spans of Python libraries beside it, through a real Collector into real Prometheus and the
 * embedded server at once. Runs for so many seconds, or until it is stopped, then lets everything arrive. Resolves with 0
 * when both show the same dollars.
 */
export async function runCollectorDemo(seconds: number, io: DemoIo): Promise<number> {
  const cleanup = new Cleanup();
  try {
    return await runParts(seconds, io, cleanup);
  } catch (error) {
    io.print(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return io.stop.aborted ? 0 : 1;
  } finally {
    await cleanup.run();
  }
}

async function runParts(seconds: number, io: DemoIo, cleanup: Cleanup): Promise<number> {
  io.print('Tokenmeter demo: one Collector, two backends, the same dollars.');
  const programs = bringPrograms();
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-demo-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const webhook = await startWebhookReceiver(() => {});
  cleanup.add(() => webhook[Symbol.asyncDispose]());
  const { env, stop } = io;
  const up = await launchUp({
    dataDir: folder,
    port: undefined,
    webhook,
    env,
    onLine: () => {},
    stop,
  });
  cleanup.add(() => up.child.stop(GRACE_MS));
  const prometheus = await launchPrometheus(programs.prometheus, folder);
  cleanup.add(() => prometheus.stop());
  const collector = await launchCollector(programs.collector, {
    folder,
    prometheusUrl: prometheus.url,
    upUrl: up.url,
  });
  cleanup.add(() => collector.child.stop(GRACE_MS));
  const app = await launchHelpdesk(collector.url, io, cleanup);
  const replay = createPythonReplay(CAPTURED);
  for (const line of [
    `  page        ${up.url}`,
    `  prometheus  ${prometheus.url}`,
    `  collector   ${collector.url}`,
    '  helpdesk    real calls, metered in the process; the Collector passes them on',
    `  replay      captured spans of ${replay.libraries} Python set-ups, normalised, priced and metered in the Collector`,
    `  stop        ${Number.isFinite(seconds) ? `after ${seconds} s` : 'Ctrl-C'}`,
  ]) {
    io.print(line);
  }
  const read = async (): Promise<Totals> => ({
    server: await readServerUsd(up.url),
    prometheus: await readPrometheusUsd(prometheus.url),
  });
  await replayUntil(seconds, io, { replay, url: collector.url, read });
  await app.stop(GRACE_MS);
  return await compareAtEnd(read, io);
}

interface Totals {
  readonly server: number;
  readonly prometheus: number;
}

async function launchHelpdesk(
  url: string,
  io: DemoIo,
  cleanup: Cleanup,
): Promise<ReturnType<typeof launchApp>> {
  const provider = { plan: createProviderPlan(createRandom(2)), logLimit: 100 };
  const openai = await startReplayProvider(provider);
  cleanup.add(() => openai[Symbol.asyncDispose]());
  const anthropic = await startReplayProvider(provider);
  cleanup.add(() => anthropic[Symbol.asyncDispose]());
  const never = Number.POSITIVE_INFINITY;
  const app = launchApp({
    upUrl: url,
    openaiUrl: openai.url,
    anthropicUrl: anthropic.url,
    schedule: {
      launchEpochMs: never,
      promptEpochMs: never,
      cacheEpochMs: never,
      fallbackEpochMs: never,
    },
    seed: 3,
    env: io.env,
  });
  cleanup.add(() => app.stop(GRACE_MS));
  return app;
}

async function replayUntil(
  seconds: number,
  io: DemoIo,
  parts: {
    readonly replay: ReturnType<typeof createPythonReplay>;
    readonly url: string;
    readonly read: () => Promise<Totals>;
  },
): Promise<void> {
  const started = Date.now();
  let shown = started;
  while (!io.stop.aborted && Date.now() - started < seconds * 1000) {
    await parts.replay.sendNext(parts.url);
    if (Date.now() - shown >= SHOW_EVERY_MS) {
      shown = Date.now();
      io.print(describe(await parts.read()));
    }
    await sleep(REPLAY_EVERY_MS, undefined, { signal: io.stop }).catch(() => {});
  }
}

function describe({ server, prometheus }: Totals): string {
  return `  now         server $${server.toFixed(6)}   Prometheus $${prometheus.toFixed(6)}`;
}

/** What is on its way arrives first: the application's last counters, the journal's flush. */
async function compareAtEnd(read: () => Promise<Totals>, io: DemoIo): Promise<number> {
  const deadline = Date.now() + EQUAL_WITHIN_MS;
  let before = Number.NaN;
  for (;;) {
    const totals = await read();
    const isEqual = isSameUsd(totals.server, totals.prometheus) && totals.server > 0;
    if (isEqual && totals.server === before) {
      io.print(describe(totals).replace('now ', 'end '));
      io.print('Both show the same dollars.');
      return 0;
    }
    before = totals.server;
    if (Date.now() > deadline) {
      io.print(describe(totals).replace('now ', 'end '));
      io.print('They differ.');
      return 1;
    }
    await sleep(3000);
  }
}
